"""A refresh is equal to a full rebuild, whatever happened in between."""

import datetime
import random
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.facts import engine, extract, refresh, store
from analytics.facts.contract import DAILY_SALES, DIMENSIONS, TABLES
from crm.accounts.models import ExchangeRate
from customers.models import Customer
from interactions.models import (
    Category,
    Complaint,
    Interaction,
    OpinionType,
    Order,
    OrderLine,
    Product,
)
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company(monkeypatch):
    monkeypatch.setattr(refresh, "OVERLAP", datetime.timedelta(0))
    return records.company()


def contents(snapshot: store.Snapshot) -> dict[str, list]:
    with engine.reader(snapshot.id, user=None) as facts:
        return {
            name: sorted(map(repr, facts.rows(f"SELECT * FROM {name}")))
            for name in (*TABLES, *DIMENSIONS, DAILY_SALES.name)
        }


def assert_like_a_full_rebuild(snapshot: store.Snapshot) -> None:
    found, expected = contents(snapshot), contents(refresh.refresh(full=True))
    for name in expected:
        assert found[name] == expected[name], name


class Life:
    """A company in which random things happen."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.categories = [Category.objects.create(name=f"Category {n}") for n in range(3)]
        self.products = [records.product(name=f"Product {n}", category=self.categories[n % 3]) for n in range(5)]
        self.customers = [records.customer(name=f"Customer {n}") for n in range(6)]
        self.opinion = OpinionType.objects.first() or OpinionType.objects.create(name="Quality", code="quality")
        for _ in range(12):
            self.new_order()

    def moment(self) -> datetime.datetime:
        return records.moment("2023-11-01") + datetime.timedelta(minutes=self.chance.randrange(60 * 24 * 200))

    def happen(self) -> None:
        acts = (
            self.new_order,
            self.new_order,
            self.move_order,
            self.delete_order,
            self.restore_order,
            self.cancel_order,
            self.change_line,
            self.give_to_another,
            self.change_customer,
            self.recategorise,
            self.new_contact,
            self.new_complaint,
            self.solve_complaint,
        )
        self.chance.choice(acts)()

    def any_of(self, model: type) -> object:
        rows = list(model.objects.order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def new_order(self) -> None:
        lines = [
            {
                "product": self.chance.choice([*self.products, None]),
                "quantity": self.chance.randrange(-2, 9),
                "unit_price": Decimal(self.chance.randrange(1, 99999)) / 1000,
                "kind": self.chance.choice(["sale", "sale", "fee", "return"]),
            }
            for _ in range(self.chance.randrange(1, 4))
        ]
        order = records.order(*lines, customer=self.chance.choice([*self.customers, None]))
        order.occurred_at = self.moment()
        order.currency = self.chance.choice(["", "", "", "USD"])
        order.save()

    def move_order(self) -> None:
        order = self.any_of(Order)
        order.occurred_at = self.moment()
        order.save()

    def delete_order(self) -> None:
        order = self.any_of(Order)
        order.deleted_at = timezone.now()
        order.save()

    def restore_order(self) -> None:
        for order in Order.objects.filter(deleted_at__isnull=False)[:1]:
            order.deleted_at = None
            order.save()

    def cancel_order(self) -> None:
        order = self.any_of(Order)
        order.status = self.chance.choice(Order.Status.values)
        order.save()

    def change_line(self) -> None:
        line = self.any_of(OrderLine)
        line.quantity = self.chance.randrange(1, 9)
        line.product = self.chance.choice(self.products)
        line.save()
        line.order.save()

    def give_to_another(self) -> None:
        order = self.any_of(Order)
        order.customer = self.chance.choice(self.customers)
        order.save()

    def change_customer(self) -> None:
        customer = self.any_of(Customer)
        customer.city = self.chance.choice(["Wuhan", "Leeds", ""])
        customer.deleted_at = self.chance.choice([None, None, timezone.now()])
        customer.save()

    def recategorise(self) -> None:
        product = self.any_of(Product)
        product.category = self.chance.choice(self.categories)
        product.is_fee = self.chance.choice([False, False, True])
        product.save()

    def new_contact(self) -> None:
        Interaction.objects.create(
            customer=self.chance.choice(self.customers), occurred_at=self.moment(), subject="Call"
        )

    def new_complaint(self) -> None:
        due = self.chance.choice([None, self.moment(), timezone.now() + datetime.timedelta(milliseconds=20)])
        Complaint.objects.create(
            customer=self.chance.choice(self.customers),
            occurred_at=self.moment(),
            received_at=self.moment(),
            title="Broken",
            opinion_type=self.opinion,
            due_at=due,
        )

    def solve_complaint(self) -> None:
        complaint = self.any_of(Complaint)
        if complaint:
            complaint.status, complaint.outcome, complaint.resolved_at = "closed", "solved", self.moment()
            complaint.save()


@pytest.mark.parametrize("seed", range(2))
def test_refreshing_is_the_same_as_rebuilding(seed):
    life = Life(seed)
    ExchangeRate.objects.create(currency="USD", valid_from="2024-01-01", rate="0.79")
    refresh.refresh()
    for round_number in range(4):
        for _ in range(5):
            life.happen()
        snapshot = refresh.refresh()
        assert snapshot.base
        if round_number % 2:  # a full rebuild is what the next refresh extends: leave some to extend each other
            assert_like_a_full_rebuild(snapshot)


def test_nothing_new_shares_every_part():
    records.order(customer=records.customer())
    first = refresh.refresh()
    second = refresh.refresh()
    assert second.is_unchanged
    assert second.tables == first.tables
    assert second.taken_at > first.taken_at


def test_a_moved_order_makes_only_its_two_months_anew():
    for month in range(1, 7):
        records.order(at=f"2024-{month:02d}-10", number=f"O-{month}")
    first = refresh.refresh()
    moved = Order.objects.get(number="O-2")
    moved.occurred_at = records.moment("2024-05-10")
    moved.save()
    second = refresh.refresh()
    kept = {name for name, part in second.tables["orders"].items() if first.tables["orders"].get(name) == part}
    assert (set(second.tables["orders"]), kept) == (
        {"2024-01", "2024-03", "2024-04", "2024-05", "2024-06"},
        {"2024-01", "2024-03", "2024-04", "2024-06"},
    )
    assert second.rebuilt["orders"] == second.rebuilt["order_lines"] == 2


def test_reconcile_finds_what_no_watermark_shows():
    keep, gone = records.order(at="2024-01-10"), records.order(at="2024-02-10")
    edited = records.order(at="2024-03-10")
    customer = records.customer()
    refresh.refresh()
    assert refresh.reconcile() == ({}, None)
    Order.objects.filter(pk=gone.pk).delete()
    OrderLine.objects.filter(order=edited).update(amount=77)
    Order.objects.bulk_create(
        [Order(number="late", occurred_at=records.moment("2023-07-01"), modified_at=records.moment("2023-07-01"))]
    )
    Customer.objects.filter(pk=customer.pk).delete()
    differing, repaired = refresh.reconcile()
    assert differing == {
        "customers": ["000000"],
        "orders": ["2023-07", "2024-02"],
        "order_lines": ["2024-02", "2024-03"],
    }
    assert repaired.rows("customers") == 0
    with engine.reader(repaired.id, user=None) as facts:
        assert [row["order_id"] for row in facts.rows("SELECT order_id FROM orders WHERE year = '2024'")] == [
            keep.pk,
            edited.pk,
        ]
        assert facts.value("SELECT sum(net_amount) FROM orders WHERE month = '2024-03'") == 7700
    assert_like_a_full_rebuild(repaired)
    assert refresh.reconcile() == ({}, None)


def test_another_zone_makes_everything_anew(company):
    records.order(at="2024-01-31 23:30")
    refresh.refresh()
    company.time_zone = "Asia/Shanghai"
    company.save()
    again = refresh.refresh()
    assert (again.base, list(again.tables["orders"])) == ("", ["2024-02"])


def test_a_late_rate_brings_its_orders_into_the_facts():
    records.order({"unit_price": 10}, currency="USD")
    before = refresh.refresh()
    assert (before.rows("orders"), [note["code"] for note in before.notes]) == (0, ["missing_rate"])
    ExchangeRate.objects.create(currency="USD", valid_from="2024-01-01", rate="0.8")
    after = refresh.refresh()
    assert (after.rows("orders"), after.notes) == (1, [])


def test_an_open_case_is_late_once_it_fell_due(monkeypatch):
    customer = records.customer()
    opinion = OpinionType.objects.first() or OpinionType.objects.create(name="Quality", code="quality")
    now = timezone.now()
    Complaint.objects.create(
        customer=customer,
        occurred_at=now,
        title="Broken",
        opinion_type=opinion,
        due_at=now + datetime.timedelta(hours=2),
    )
    sql = "SELECT is_solved_in_time FROM complaints"
    first = refresh.refresh()
    with engine.reader(first.id, user=None) as facts:
        assert facts.value(sql) is None
    monkeypatch.setattr(timezone, "now", lambda: now + datetime.timedelta(hours=3))
    with engine.reader(refresh.refresh().id, user=None) as facts:
        assert facts.value(sql) is False


def test_clean_up_keeps_what_is_wanted_and_what_is_newest():
    records.order(at="2024-01-10", number="O-1")
    first = refresh.refresh()
    order = Order.objects.get()
    snapshots = [first]
    for _ in range(3):
        order.save()
        snapshots.append(refresh.refresh())
    store.clean_up([first.id], grace_seconds=-1)
    alive = {path.stem for path in (store.root() / "manifests").glob("*.json")}
    assert alive == {first.id, snapshots[-1].id}
    for snapshot in (first, snapshots[-1]):
        with engine.reader(snapshot.id, user=None) as facts:
            assert facts.value("SELECT count(*) FROM order_lines") == 1
    parts = list((store.root() / "parts" / "orders").glob("*/*.parquet"))
    assert len(parts) == 2


def test_all_tables_of_a_snapshot_come_from_one_source(monkeypatch):
    opened = []
    original = extract.opened

    def counted():
        opened.append(1)
        return original()

    monkeypatch.setattr(extract, "opened", counted)
    refresh.refresh()
    assert opened == [1]
