"""Reports on what is bought together and one after the other."""

import datetime

import pytest

from analytics.reports import engine, source
from analytics.reports.errors import ReportError
from tests.analytics.reports.facts import SmallFacts, time

A, B, C, FEE = 21, 22, 23, 29


def a_thousand_orders() -> SmallFacts:
    """100 orders with A, 60 of them with B, 200 with B in all, 760 with C alone; and postage in every one."""
    facts = SmallFacts()
    facts.add(
        "products",
        {"product_id": A, "code": "A", "name": "Printer", "name_zh_hans": "打印机", "is_fee": False},
        {"product_id": B, "code": "B", "name": "Toner", "is_fee": False},
        {"product_id": C, "code": "C", "name": "Paper", "is_fee": False},
        {"product_id": FEE, "code": "POST", "name": "Postage", "is_fee": True},
    )
    facts.connection.execute(
        f"""
        INSERT INTO order_lines (line_id, order_id, customer_id, occurred_at, occurred_on, kind, is_gross, is_product,
                                 product_id, quantity, amount)
        SELECT 10 * o + p, o, o // 2, TIMESTAMP '2026-05-01 10:00:00' + INTERVAL (o) MINUTE, DATE '2026-05-01',
               CASE WHEN p = {FEE} THEN 'fee' ELSE 'sale' END, TRUE, p <> {FEE}, p, 1, 100
        FROM range(1000) AS orders(o),
             unnest([{A}, {B}, {C}, {FEE}]) AS lines(p)
        WHERE p = {FEE} OR (p = {A} AND o < 100) OR (p = {B} AND (o < 60 OR o BETWEEN 100 AND 239))
              OR (p = {C} AND o >= 240)
        """  # noqa: S608
    )
    # a return of A and an order of nothing but postage are no baskets
    shared = {**time("2026-05-02"), "customer_id": 1, "quantity": -1, "amount": -100}
    facts.add("order_lines", {"line_id": 90001, "order_id": 5001, "kind": "return", "is_gross": False,
                              "is_product": True, "product_id": A, **shared})  # fmt: skip
    facts.add("order_lines", {"line_id": 90002, "order_id": 5002, "kind": "fee", "is_gross": True,
                              "is_product": False, "product_id": FEE, **shared})  # fmt: skip
    return facts


@pytest.fixture(scope="module")
def thousand() -> SmallFacts:
    return a_thousand_orders()


@pytest.fixture
def company_of_a_thousand(company: SmallFacts, thousand: SmallFacts, monkeypatch: pytest.MonkeyPatch) -> SmallFacts:
    monkeypatch.setattr(source.Source, "reader", lambda self, user: thousand.reader(None))
    return thousand


def test_R_062_the_rule_of_the_worked_example(company_of_a_thousand: SmallFacts) -> None:
    asked = engine.ask("product-rules", user=None, filters={"min_support": "0.05", "min_confidence": "0.6"})
    result = engine.answer(asked)
    assert result.totals == {"rules": 1, "baskets": 1000, "items": 3}
    row = result.rows[0]
    assert {key: row[key] for key in ("left", "right", "baskets", "support", "confidence", "lift")} == {
        "left": "A",
        "right": "B",
        "baskets": 60,
        "support": 0.06,
        "confidence": 0.6,  # exactly the limit
        "lift": 3.0,
    }
    assert result.as_dict()["filters"]["min_confidence"] == 0.6
    behind = engine.records(asked, measure="baskets", cell={"left": "A", "right": "B"})
    assert behind.kind == "order"
    assert sorted(behind.page(offset=0, limit=100)) == list(range(60))
    assert engine.records(asked, measure="baskets").count() == 1000


def test_R_062_both_directions_and_what_is_not_enough(company_of_a_thousand: SmallFacts) -> None:
    rows = engine.run("product-rules", user=None, filters={"min_support": "6%"}).rows
    assert [(row["left"], row["right"], row["confidence"]) for row in rows] == [("A", "B", 0.6), ("B", "A", 0.3)]
    assert rows[0]["q_value"] < 0.000001
    assert not engine.run("product-rules", user=None, filters={"min_support": "0.0601"}).rows


def test_baskets_may_be_customers(company_of_a_thousand: SmallFacts) -> None:
    asked = engine.ask("product-rules", user=None, filters={"basket": "customer", "min_confidence": "0.5"})
    result = engine.answer(asked)
    assert result.totals["baskets"] == 500
    row = next(row for row in result.rows if (row["left"], row["right"]) == ("A", "B"))
    assert (row["baskets"], row["confidence"]) == (30, 0.6)
    behind = engine.records(asked, measure="baskets", cell={"left": "A", "right": "B"})
    assert behind.kind == "customer"
    assert sorted(behind.page(offset=0, limit=100)) == list(range(30))


def test_names_are_those_of_the_readers_language(company_of_a_thousand: SmallFacts) -> None:
    from django.utils import translation

    with translation.override("zh-hans"):
        result = engine.run("product-rules", user=None, filters={"min_confidence": "0.6"})
        assert result.label(result.columns[0], "A") == "打印机"
        assert result.label(result.columns[1], "B") == "Toner"


def test_unknown_products_and_limits_are_refused_in_words(company_of_a_thousand: SmallFacts) -> None:
    asked = engine.ask("product-rules", user=None)
    with pytest.raises(ReportError, match="Z-9"):
        engine.records(asked, measure="baskets", cell={"left": "Z-9", "right": "A"})
    with pytest.raises(ReportError, match="Products in a rule"):
        engine.ask("product-rules", user=None, filters={"max_items": "5"})


def test_what_is_bought_next(company: SmallFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = SmallFacts()
    facts.add("products", {"product_id": A, "code": "A", "name": "Tea"}, {"product_id": B, "code": "B", "name": "Cup"})
    start = datetime.date(2026, 1, 1)
    for customer, gap in ((1, 5), (2, 10), (3, 31), (4, None)):
        for product, day in ((A, 0), (B, gap)):
            if day is not None:
                shared = time((start + datetime.timedelta(days=day)).isoformat())
                facts.add("order_lines", {"line_id": customer * 10 + product, "order_id": customer * 10 + product,
                                          "customer_id": customer, **shared, "kind": "sale", "is_gross": True,
                                          "is_product": True, "product_id": product})  # fmt: skip
    monkeypatch.setattr(source.Source, "reader", lambda self, user: facts.reader(None))
    asked = engine.ask("product-sequences", user=None, filters={"within_days": "30"})
    result = engine.answer(asked)
    assert [(row["first"], row["then"], row["customers"], row["confidence"]) for row in result.rows] == [
        ("A", "B", 2, 0.5)
    ]
    assert result.rows[0]["median_days"] == 7.5
    behind = engine.records(asked, measure="customers", cell={"first": "A", "then": "B"})
    assert sorted(behind.page(offset=0, limit=10)) == [1, 2]
    assert engine.records(asked, measure="customers").count() == result.totals["customers"] == 4
