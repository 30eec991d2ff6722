"""What must hold of every report, whatever it counts."""

import datetime
from typing import Any

import pytest

from analytics.reports import engine, registry
from analytics.reports.builders import Cohorts, Concentration, CrossTable
from analytics.reports.vocabulary import Type
from crm.accounts.models import User
from tests.analytics.reports.facts import SmallFacts

REPORTS = [report.slug for report in registry.reports()]
CROSS_TABLES = [report for report in registry.reports() if isinstance(report.builder, CrossTable)]
SPLITS = {report.slug: [key for key in report.by if key != "customer"] for report in CROSS_TABLES}
COUNTS = {"customers", "orders", "complaints", "enquiries", "contacts", "open", "closed", "solved", "not_solved"}
COUNTS |= {"partly_solved", "outbound", "inbound", "answered", "with_loyalty"}
COUNTS |= {"after_sales", "deliveries", "on_time", "late", "overdue", "paid", "payment_overdue", "drafts_confirmed"}
OF_ONE_PERIOD = {"retention"}  # its totals are of the last period alone, in which one customer bought


def test_the_reports_are_there() -> None:
    assert set(REPORTS) >= {
        *("orders-summary", "pareto", "abc", "rfm", "value-tiers", "retention-cohorts", "product-distribution"),
        *("churn-alerts", "loyalty", "complaints", "enquiries", "contacts", "after-sales"),
        *("product-ranking", "channels", "price-effect", "deliveries", "settlement", "order-handling"),
    }


@pytest.mark.parametrize("slug", REPORTS)
def test_the_json_has_its_shape(company: SmallFacts, slug: str) -> None:
    shape = engine.run(slug, user=None).as_dict()
    assert list(shape) == [
        *("report", "as_of", "period", "filters", "by", "snapshot", "columns", "rows", "totals", "notes"),
    ]
    keys = [column["key"] for column in shape["columns"]]
    assert shape["rows"]
    assert all(set(row) == set(keys) for row in shape["rows"])
    assert all(set(column) == {"key", "label", "type", "unit"} for column in shape["columns"])
    for column in shape["columns"]:
        if column["key"] == "margin":
            continue  # of a loss it is below zero
        # On the net basis a curve may rise above the whole before customers with returns alone lower it again.
        if column["type"] == Type.RATIO and column["key"] != "cumulative_share":
            values = [row[column["key"]] for row in shape["rows"] if row[column["key"]] is not None]
            assert all(0 <= value <= 1 for value in values), column
        if column["type"] == Type.MONEY:
            assert column["unit"] == "CNY"


@pytest.mark.parametrize("slug", SPLITS)
def test_additive_figures_add_up_to_the_total(company: SmallFacts, slug: str) -> None:
    for key in SPLITS[slug][:3]:
        _adds_up(slug, key)


@pytest.mark.slow
@pytest.mark.parametrize("slug", SPLITS)
def test_additive_figures_add_up_to_the_total_in_every_split(company: SmallFacts, slug: str) -> None:
    for key in SPLITS[slug][3:]:
        _adds_up(slug, key)


def _adds_up(slug: str, key: str) -> None:
    result = engine.run(slug, user=None, by=[key])
    for measure in result.report.builder.measures:
        if measure.is_additive:
            total = sum(row[measure.key] for row in result.rows)
            assert round(total, 2) == round(result.totals[measure.key], 2), measure.key


def _cell(result: Any, row: dict[str, Any]) -> dict[str, str]:
    from analytics.reports.vocabulary import vocabulary

    found = {}
    for key in result.arguments.by:
        value = row[vocabulary.dimension(key).out]
        found[key] = "" if value is None else str(value)
    return found


@pytest.mark.parametrize("slug", SPLITS)
def test_the_records_behind_a_count_are_as_many(company: SmallFacts, slug: str) -> None:
    for key in SPLITS[slug][:2]:
        _has_as_many_records(slug, key)


@pytest.mark.slow
@pytest.mark.parametrize("slug", SPLITS)
def test_the_records_behind_a_count_are_as_many_in_every_split(company: SmallFacts, slug: str) -> None:
    for key in SPLITS[slug][2:]:
        _has_as_many_records(slug, key)


def _has_as_many_records(slug: str, key: str) -> None:
    asked = engine.ask(slug, user=None, by=[key])
    result = engine.answer(asked)
    for measure in result.report.builder.measures:
        if measure.key not in COUNTS:
            continue
        for row in result.rows:
            behind = engine.records(asked, measure=measure.key, cell=_cell(result, row))
            ids = behind.page(offset=0, limit=1000)
            assert behind.count() == len(ids) == len(set(ids)) == row[measure.key], (measure.key, row)
        behind = engine.records(asked, measure=measure.key)
        assert behind.count() == result.totals[measure.key], measure.key


@pytest.mark.parametrize("slug", [report.slug for report in CROSS_TABLES])
def test_records_follow_filters_and_period(company: SmallFacts, slug: str) -> None:
    report = registry.get(slug)
    period = {"from": "2026-05-01"} if report.has_period else None
    asked = engine.ask(slug, user=None, filters={"region": "south"}, period=period)
    result = engine.answer(asked)
    for measure in result.report.builder.measures:
        if measure.key in COUNTS:
            assert engine.records(asked, measure=measure.key).count() == result.totals[measure.key]


def test_money_opens_onto_the_orders_that_make_it(company: SmallFacts) -> None:
    asked = engine.ask("product-distribution", user=None, by=["region", "product"], period={"from": "2026-05-01"})
    behind = engine.records(asked, measure="quantity", cell={"region": "east", "product": "TEA"})
    assert behind.kind == "order"
    assert sorted(behind.page(offset=0, limit=10)) == [2, 3, 6]


def test_margins_are_counted_anew(company: SmallFacts) -> None:
    asked = engine.ask("product-distribution", user=None, by=["region", "product"], period={"from": "2026-05-01"})
    margins = engine.margins(asked)
    assert margins["region"]["east"] == {"quantity": 140, "amount": 1700.01, "orders": 2, "customers": 2}
    assert margins["product"]["TEA"]["quantity"] == 130
    assert margins["product"]["TEA"]["customers"] == 3
    for key, code in (("region", "east"), ("product", "TEA")):
        behind = engine.records(asked, measure="customers", cell={key: code})
        assert behind.count() == margins[key][code]["customers"]


def test_every_cohort_opens_onto_its_customers(company: SmallFacts) -> None:
    asked = engine.ask("retention-cohorts", user=None)
    assert isinstance(asked.report.builder, Cohorts)
    result = engine.answer(asked)
    by_cell = {(row["cohort"], row["period_number"]): row for row in result.rows}
    assert by_cell["2026-03", 2]["customers"] == 1
    assert by_cell["2026-03", 2]["retention_rate"] == 1.0
    assert by_cell["2026-03", 2]["is_partial"]
    assert by_cell["2026-05", 0]["cohort_size"] == 2
    for row in result.rows:
        cell = {"cohort": row["cohort"], "period": row["period"]}
        assert engine.records(asked, measure="customers", cell=cell).count() == row["customers"]
        size = engine.records(asked, measure="cohort_size", cell={"cohort": row["cohort"]}).count()
        assert size == row["cohort_size"]
    assert engine.records(asked, measure="customers").count() == result.totals["customers"]


@pytest.mark.parametrize("basis", ["net", "gross"])
def test_every_pareto_figure_opens_onto_its_customers(company: SmallFacts, basis: str) -> None:
    asked = engine.ask("pareto", user=None, by=["customer"], filters={"amount_basis": basis})
    assert isinstance(asked.report.builder, Concentration)
    result = engine.answer(asked)
    for key in ("customers", "customers_for_80_percent", "top_20_percent_customers"):
        assert engine.records(asked, measure=key).count() == result.totals[key]
    for row in result.rows:
        assert engine.records(asked, measure="customers", cell={"rank": str(row["rank"])}).count() == row["rank"]
    core = engine.records(asked, measure="customers_for_80_percent").page(offset=0, limit=10)
    assert core == [1, 2, 3, 4][: len(core)]


@pytest.mark.parametrize("slug", REPORTS)
def test_a_rep_never_counts_more_than_own_rows(company: SmallFacts, rep: User, slug: str) -> None:
    everything, own = engine.run(slug, user=None), engine.run(slug, user=rep)
    keys = [key for key in ("customers", "baskets", "complaints", "enquiries", "contacts") if key in everything.totals]
    assert keys
    for key in keys:
        assert own.totals[key] < everything.totals[key] or slug in OF_ONE_PERIOD and own.totals[key] == 1
    asked = engine.ask(slug, user=rep)
    behind = engine.records(asked, measure=keys[0])
    assert behind.count() == own.totals[keys[0]]


@pytest.mark.parametrize("slug", REPORTS)
def test_an_empty_company_is_answered(company: SmallFacts, monkeypatch: pytest.MonkeyPatch, slug: str) -> None:
    from analytics.reports import source

    empty = SmallFacts()
    monkeypatch.setattr(source.Source, "reader", lambda self, user: empty.reader(None))
    for as_of in (None, datetime.date(2026, 1, 1)):
        result = engine.run(slug, user=None, as_of=as_of)
        assert not any(result.totals.values())
    asked = engine.ask(slug, user=None)
    assert engine.records(asked).count() == 0
