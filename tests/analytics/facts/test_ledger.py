"""The accounts of customers: every record once, entries shared to the cent, the same for whoever looks."""

import datetime
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from analytics.analysis.profitability import CostTerms, allotted
from analytics.costs.models import CostEntry
from analytics.facts import contract, cost_shares, engine, ledger, store
from analytics.facts.refresh import reconcile, refresh, with_run
from analytics.models import Segment, SegmentMembership
from interactions.models import AfterSales, Complaint, Enquiry, Interaction, OpinionType
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db
DAY = datetime.date


def taken() -> engine.Reader:
    """The house's view of a snapshot with its shares, as a run makes it."""
    snapshot = refresh()
    with engine.Reader(snapshot, None) as facts:
        part = store.write_table("cost_shares", "1", cost_shares.cost_shares(facts))
    return engine.Reader(with_run(snapshot, 1, {"cost_shares": part}, save=False), None)


def entry(amount: str, at: str = "2024-03-05", **given: object) -> CostEntry:
    target = next((name for name in ("customer", "segment") if given.get(name)), "all")
    return CostEntry.objects.create(
        title="Fair", amount=Decimal(amount), occurred_at=records.moment(at), target=target, **given
    )


def bought(*days: str) -> object:
    buyer = records.customer()
    for day in days:
        records.order({"unit_price": 100}, customer=buyer, at=day)
    return buyer


def shares(facts: engine.Reader, of: CostEntry) -> dict[int, int]:
    found = facts.rows("SELECT customer_id, amount FROM cost_shares WHERE entry_id = $id", {"id": of.pk})
    return {row["customer_id"]: row["amount"] for row in found}


def test_every_kind_of_record_is_on_the_account_once():
    records.company()
    buyer = records.customer()
    order = records.order(
        {"quantity": 2, "unit_price": 100, "discount": "10", "unit_cost": 60, "product": records.product()},
        {"quantity": 1, "unit_price": 5, "kind": "fee"},
        customer=buyer,
    )
    records.order({"unit_price": 999})  # nobody's
    at = records.moment("2024-03-06")
    contact = Interaction.objects.create(customer=buyer, subject="Call", occurred_at=at, minutes_spent=30)
    other = Interaction.objects.create(customer=buyer, subject="Call", occurred_at=at)
    kind = OpinionType.objects.create(code="x", name="X")
    complaint = Complaint.objects.create(
        customer=buyer, title="Torn", opinion_type=kind, occurred_at=at, minutes_spent=90
    )
    enquiry = Enquiry.objects.create(customer=buyer, title="When?", occurred_at=at, minutes_spent=0)
    repair = AfterSales.objects.create(customer=buyer, title="Handle", cost=Decimal("12.50"), occurred_at=at)
    spent = entry("7.00", "2024-03-07", customer=buyer)
    with taken() as facts:
        rows = facts.rows("SELECT * FROM ledger ORDER BY part, record_id, revenue DESC")
        assert {name for row in rows for name in row} == set(contract.LEDGER)
        told = [
            (row["part"], row["record_id"], row["net_amount"], row["minutes"], row["is_timed"], row["service_cost"])
            for row in rows
        ]
        assert told == [
            ("after_sales", repair.pk, 0, 0, False, 0),
            ("complaint", complaint.pk, 0, 90, True, 30_000),
            ("contact", contact.pk, 0, 30, True, 10_000),
            ("contact", other.pk, 0, 10, False, 3_333),
            ("cost_entry", spent.pk, 0, 0, False, 0),
            ("enquiry", enquiry.pk, 0, 0, True, 0),
            ("order", order.pk, 18_000, 0, False, 0),
            ("order", order.pk, 500, 0, False, 0),
        ]
        sums = facts.rows(
            "SELECT sum(revenue) AS revenue, sum(discounts) AS discounts, sum(cost_of_goods) AS goods,"
            " sum(after_sales_cost) AS after_sales, sum(marketing_cost) AS marketing, sum(profit) AS profit FROM ledger"
        )[0]
        assert sums == {
            "revenue": 20_500,
            "discounts": 2_000,
            "goods": 12_000,
            "after_sales": 1_250,
            "marketing": 700,
            "profit": 20_500 - 2_000 - 12_000 - 43_333 - 1_250 - 700,
        }
        assert facts.value("SELECT sum(net_amount) FROM ledger") == facts.value(
            "SELECT sum(net_amount) FROM orders WHERE customer_id IS NOT NULL"
        )


def test_the_columns_have_their_types_also_when_empty():
    with taken() as facts:
        facts.rows("SELECT * FROM ledger")
        for name, columns in (("ledger", contract.LEDGER), ("cost_shares", contract.COST_SHARES)):
            described = facts.connection.execute(f"DESCRIBE {name}").fetchall()
            assert {row[0]: row[1] for row in described} == columns


def test_terms_of_the_run_say_what_an_hour_costs():
    records.company()
    Interaction.objects.create(customer=records.customer(), subject="Call", occurred_at=records.moment("2024-03-06"))
    with taken() as facts:
        snapshot = facts.snapshot
    terms = ledger.terms_of({"profitability": {"hourly_rate": 60, "contact_minutes": 20}})
    assert terms == {"hourly_rate": 60, "contact_minutes": 20, "complaint_minutes": 45, "enquiry_minutes": 15}
    kept = store.save(replace(snapshot, terms=terms))
    with engine.reader(kept.id, user=None) as facts:
        assert facts.value("SELECT service_cost FROM ledger") == 2_000


def test_an_entry_for_all_is_shared_by_those_who_had_bought_by_its_day():
    records.company()
    early, same_day = bought("2024-01-05"), bought("2024-03-05 18:00")
    bought("2024-03-06")
    records.customer()
    spent = entry("0.03")
    with taken() as facts:
        assert shares(facts, spent) == {early.pk: 1, same_day.pk: 2}


def test_winning_customers_is_borne_by_those_won_in_the_month():
    records.company()
    bought("2024-02-29", "2024-03-09")
    won, later = bought("2024-03-01"), bought("2024-03-31")
    spent = entry("100.01", purpose="acquisition")
    nobody = entry("50", "2024-05-05", purpose="acquisition")
    with taken() as facts:
        assert shares(facts, spent) == {won.pk: 5_000, later.pk: 5_001}
        assert shares(facts, nobody) == {}


def test_an_entry_for_a_segment_is_shared_by_its_members_of_the_day():
    records.company()
    first, second, left = (records.customer() for _each in range(3))
    segment = Segment.objects.create(name="Key", code="key", purpose="x")
    for member, entered, gone in ((first, "2024-02-01", None), (second, "2024-03-01", None), (left, "2024-02-01", 3)):
        SegmentMembership.objects.create(
            segment=segment, customer=member, entered_on=entered, left_on=gone and DAY(2024, gone, 1)
        )
    spent, earlier = entry("10", segment=segment), entry("8", "2023-12-01", segment=segment)
    with taken() as facts:
        assert shares(facts, spent) == {first.pk: 500, second.pk: 500}
        assert shares(facts, earlier) == {first.pk: 400, left.pk: 400}


@pytest.mark.parametrize("customers", [1, 3, 7])
def test_parts_in_sql_are_those_of_the_definition(customers):
    records.company()
    for _each in range(customers):
        bought("2024-01-05")
    spent = [entry(f"{cents / 100:.2f}") for cents in (1, 99, 100_003)]
    with taken() as facts:
        for each in spent:
            assert list(shares(facts, each).values()) == allotted(int(each.amount * 100), customers).tolist()


def test_changed_and_deleted_entries_are_found_by_the_next_refresh():
    records.company()
    buyer = bought("2024-01-05")
    spent = entry("10", customer=buyer)
    first = refresh()
    spent.amount = Decimal(20)
    spent.save()
    second = refresh()
    assert (second.base, second.rebuilt["cost_entries"]) == (first.id, 1)
    with engine.Reader(second, None) as facts:
        assert facts.value("SELECT amount FROM cost_entries") == 2_000
    CostEntry.objects.filter(pk=spent.pk).update(deleted_at=records.moment("2024-06-01"), version=3)
    differing, third = reconcile()
    assert differing == {"cost_entries": ["2024-03"]}
    with engine.Reader(third, None) as facts:
        assert facts.value("SELECT count(*) FROM cost_entries") == 0


def test_changed_minutes_are_found_by_the_next_refresh():
    records.company()
    contact = Interaction.objects.create(
        customer=records.customer(), subject="Call", occurred_at=records.moment("2024-03-06")
    )
    refresh()
    contact.minutes_spent = 25
    contact.save()
    with engine.Reader(refresh(), None) as facts:
        assert facts.value("SELECT minutes_spent FROM contacts") == 25


def test_the_ledger_of_who_may_not_see_a_part_has_no_profit():
    link = duckdb.connect()
    for table in ledger.TABLES[:-1]:
        typed = ", ".join(f"{name} {kind}" for name, kind in contract.TABLES[table].columns.items())
        link.execute(f"CREATE TABLE {table} ({typed})")
    typed = ", ".join(f"{name} {kind}" for name, kind in contract.COST_SHARES.items())
    link.execute(f"CREATE TABLE cost_shares ({typed})")
    link.execute(
        "INSERT INTO order_lines (order_id, customer_id, amount, list_amount, cost, is_gross)"
        " VALUES (1, 1, 9, 10, 5, TRUE)"
    )
    for given, told in (
        ({}, (5, 0, 4)),
        ({"sees_costs": False}, (None, 0, None)),
        ({"sees_marketing": False}, (5, None, None)),
        ({"sees_everything": False}, (5, 0, None)),
    ):
        sql = ledger.ledger_sql(CostTerms(), **given)
        assert link.sql(f"SELECT cost_of_goods, marketing_cost, profit FROM ({sql})").fetchall() == [told]
