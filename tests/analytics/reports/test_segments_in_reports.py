"""Segments as filter of every report, and a segment beside another or beside everybody."""

import datetime
from typing import Any

import pytest
from django.test import Client

from analytics import snapshots
from analytics.models import Segment, SegmentMembership
from analytics.reports import asking, engine, registry
from analytics.reports.errors import ReportError
from analytics.reports.recordlist import RecordList
from analytics.segments import services
from crm.accounts.models import AccessRule, Company, Role, User
from crm.records.kinds import kinds
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 5, 20)


@pytest.fixture(autouse=True)
def facts_folder(settings: Any, tmp_path: Any) -> None:
    settings.FACTS_DIR = tmp_path / "facts"


@pytest.fixture
def company() -> list[Customer]:
    """A key account and two others; each orders, complains, asks and is called."""
    Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai").save()
    key = factories.a_customer(name="Key", relation_class="key")
    found = [key, factories.a_customer(name="Plain"), factories.a_customer(name="Other")]
    product = factories.a_product(name="Longjing")
    for at, customer in enumerate(found, start=1):
        for number in range(at):
            moment = datetime.datetime(2026, 4, 1 + number, 4, tzinfo=datetime.UTC)
            factories.an_order([(1, 100)], product=product, customer=customer, occurred_at=moment, status="confirmed")
            factories.a_complaint(customer=customer, occurred_at=moment)
        factories.an_enquiry(customer=customer, occurred_at=moment)
        factories.a_contact(customer=customer, occurred_at=moment)
        factories.an_after_sales_record(customer=customer, product=product, occurred_at=moment)
    snapshots.recompute(as_of=DAY)
    return found


@pytest.fixture
def key_accounts(company: list[Customer]) -> Segment:
    """Made after the recompute: reports know it at once."""
    rule = {"attribute": "relation_class", "op": "is", "value": "key"}
    return services.create(name="Key accounts", purpose="x", rule=rule, owner=None, user=None)


def test_R_141_the_complaint_report_of_a_segment_counts_its_complaints_alone(key_accounts: Segment) -> None:
    result = engine.run("complaints", user=None, filters={"member_of": "key-accounts"}, against=["all"])
    assert result.totals["complaints"] == 1
    assert [(code, totals["complaints"]) for code, totals in result.against] == [("all", 6)]
    assert result.as_dict()["filters"]["member_of"] == "key-accounts"
    assert result.as_dict()["against"][0]["totals"]["complaints"] == 6


def test_two_segments_stand_side_by_side_and_every_figure_opens(
    client: Client, company: list[Customer], key_accounts: Segment
) -> None:
    rule = {"not": {"attribute": "relation_class", "op": "is", "value": "key"}}
    services.create(name="Others", purpose="x", rule=rule, owner=None, user=None)
    boss = User.objects.create_user("boss", password="x", role=Role.objects.get(code=Role.ADMINISTRATOR))
    client.force_login(boss)
    response = client.get("/reports/orders-summary/?member_of=key-accounts&against=others")
    beside = response.context["page"].beside
    assert beside["heads"] == ["Key accounts", "Others"]
    orders = next(row for row in beside["rows"] if row["label"] == "Orders")
    assert [cell.text for cell in orders["cells"]] == ["1", "5"]
    for cell, names in zip(orders["cells"], ({"Key"}, {"Plain", "Other"}), strict=True):
        listed = client.get(cell.url).context["listed"]
        assert {kinds["order"].model.objects.get(pk=pk).customer.name for pk in listed[0:10]} == names
    assert client.get("/reports/orders-summary/?member_of=&against=").status_code == 200


@pytest.mark.whole
def test_every_report_of_customers_counts_members_alone(company: list[Customer], key_accounts: Segment) -> None:
    """Whatever a report counts, the records behind its figures are those of the segment."""
    looked_at = 0
    for report in registry.reports():
        if not report.builder.knows_members:
            with pytest.raises(ReportError):
                engine.run(report.slug, user=None, filters={"member_of": "key-accounts"})
            continue
        asked = engine.ask(report.slug, user=None, filters={"member_of": "key-accounts"})
        engine.answer(asked)
        for measure, _label in report.builder.measure_keys():
            try:
                listed = RecordList(asked, measure, {}, None)
            except ReportError:
                continue
            model = listed.kind.model
            path = "pk" if listed.kind.key == "customer" else "customer"
            if path == "customer" and not hasattr(model, "customer"):
                continue
            ids = listed[0 : len(listed)]
            owners = set(model._default_manager.filter(pk__in=ids).values_list(path, flat=True))
            assert owners <= {company[0].pk}, (report.slug, measure)
            looked_at += 1
    assert looked_at > 20


def test_members_are_those_of_the_run_until_a_segment_changes(company: list[Customer], key_accounts: Segment) -> None:
    """The parquet of the run, the members of a segment saved since, and no customer twice."""

    def customers() -> int:
        return engine.run("value-tiers", user=None, filters={"member_of": "key-accounts"}).totals["customers"]

    assert customers() == 1
    snapshots.recompute(as_of=DAY)
    assert customers() == 1
    everybody = {"attribute": "type", "op": "is", "value": "person"}
    segment = Segment.objects.get()
    services.change(segment, name="Key accounts", purpose="x", rule=everybody, owner=None, user=None)
    assert SegmentMembership.objects.filter(left_on__isnull=True).count() == 3
    assert customers() == 3


def test_another_day_says_whose_members_are_counted(key_accounts: Segment) -> None:
    result = engine.run("orders-summary", user=None, as_of="2026-04-10", filters={"member_of": "key-accounts"})
    assert "members_as_now" in {each.code for each in result.notes}


def test_a_segment_that_tells_what_is_masked_is_unknown_to_the_reader(company: list[Customer]) -> None:
    AccessRule.objects.filter(role__code=Role.SERVICE_AGENT, kind="customer").update(view="all")
    agent = User.objects.create_user("may", password="x", role=Role.objects.get(code=Role.SERVICE_AGENT))
    rule = {"attribute": "income_band", "op": "is", "value": "high"}
    services.create(name="Rich", purpose="x", rule=rule, owner=None, user=None)
    assert engine.run("complaints", user=None, filters={"member_of": "rich"}).totals["complaints"] == 0
    for asked in ({"filters": {"member_of": "rich"}}, {"against": ["rich"]}, {"filters": {"member_of": "nobody"}}):
        with pytest.raises(ReportError):
            engine.run("complaints", user=agent, **asked)


def test_a_reader_counts_the_members_in_his_sight(company: list[Customer], key_accounts: Segment) -> None:
    AccessRule.objects.filter(role__code=Role.SALES_REP).update(view="own")
    rep = User.objects.create_user("lin", password="x", role=Role.objects.get(code=Role.SALES_REP))
    assert engine.run("value-tiers", user=rep, filters={"member_of": "key-accounts"}).totals["customers"] == 0
    Customer.objects.filter(pk=company[0].pk).update(owner=rep, version=2)
    assert engine.run("value-tiers", user=rep, filters={"member_of": "key-accounts"}).totals["customers"] == 1


def test_the_question_of_an_address_is_checked(key_accounts: Segment) -> None:
    from django.http import QueryDict

    asked = asking.ask("complaints", QueryDict("member_of=key-accounts&against=all,key-accounts"), user=None)
    assert asked.arguments.against == ("all", "key-accounts")
    with pytest.raises(ReportError):
        asking.ask("complaints", QueryDict("against=drop"), user=None)
    with pytest.raises(ReportError):
        asking.ask("value-models", QueryDict("against=all"), user=None)
