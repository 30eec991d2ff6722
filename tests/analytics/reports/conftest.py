"""A company of six customers: two regions, three products, a fee, returns, a sale to nobody known."""

import datetime

import pytest

from analytics.models import Publication, Run
from analytics.reports import source
from crm.accounts.models import AccessRule, FieldRight, Role, User
from tests.analytics.reports.facts import SmallFacts, time

AS_OF = datetime.date(2026, 5, 20)
EAST, SOUTH, SOUTH_TOWN = 1, 2, 3
TEA, COFFEE, POSTAGE = 1, 2, 3


def _order(facts: SmallFacts, number: int, customer: int | None, day: str, region: int, lines: list[tuple]) -> None:
    """lines: (product, kind, quantity, cents)"""
    staff = 11 if customer in (1, 2) else 12
    gross = sum(line[3] for line in lines if line[1] in ("sale", "fee"))
    shared = {
        "customer_id": customer,
        **time(day),
        "region_id": region,
        "channel_id": 1 if number % 2 else 2,
        "staff_id": staff,
        "unit_id": 1,
        "country": "CN",
    }
    facts.add(
        "orders",
        {
            "order_id": number,
            "number": f"O-{number}",
            "type": "sale" if gross else "return",
            **shared,
            "is_purchase": gross > 0,
            "gross_amount": gross,
            "net_amount": sum(line[3] for line in lines),
            "promised_on": _later(day, 4) if gross else None,
            "delivered_on": _later(day, 6 if number == 3 else 3) if gross and number != 5 else None,
            "days_late": (2 if number == 3 else -1) if gross and number != 5 else None,
            "carrier": "SF" if number % 2 else "",
            "due_on": _later(day, 10) if gross else None,
            "paid_on": _later(day, 5 * number) if gross and number < 3 else None,
            "settlement_days": 5 * number if gross and number < 3 else None,
            "hours_to_confirm": 4.0 * number if number in (1, 2, 4) else None,
        },
    )
    for position, (product, kind, quantity, amount) in enumerate(lines):
        facts.add(
            "order_lines",
            {
                "line_id": number * 100 + position,
                "order_id": number,
                **shared,
                "kind": kind,
                "is_gross": kind in ("sale", "fee"),
                "product_id": product,
                "category_id": None if product == POSTAGE else product,
                "is_product": product in (TEA, COFFEE),
                "novelty": "new" if product == COFFEE else "established",
                "quantity": quantity,
                "amount": amount,
                "list_amount": amount + 1_000 * (product == TEA and kind == "sale"),
                "cost": None if product == POSTAGE else amount // 2,
            },
        )


def _later(day: str, days: int) -> str:
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=days)).isoformat()


def _names(facts: SmallFacts) -> None:
    facts.add(
        "regions",
        {"region_id": EAST, "code": "east", "name": "East", "name_zh_hans": "华东", "path": "/1/"},
        {"region_id": SOUTH, "code": "south", "name": "South", "name_zh_hans": "华南", "path": "/2/"},
        {"region_id": SOUTH_TOWN, "code": "south_town", "name": "South town", "path": "/2/3/"},
    )
    facts.add(
        "products",
        {"product_id": TEA, "code": "TEA", "name": "Tea", "name_zh_hans": "茶", "category_id": 1, "is_fee": False},
        {"product_id": COFFEE, "code": "COF", "name": "Coffee", "category_id": 2, "is_fee": False},
        {"product_id": POSTAGE, "code": "POST", "name": "Postage", "is_fee": True},
    )
    facts.add(
        "categories",
        {"category_id": 1, "code": "tea", "name": "Tea", "path": "/1/"},
        {"category_id": 2, "code": "coffee", "name": "Coffee", "path": "/2/"},
    )
    facts.add(
        "channels", {"channel_id": 1, "code": "web", "name": "Web"}, {"channel_id": 2, "code": "shop", "name": "Shop"}
    )
    facts.add("staff", {"staff_id": 11, "code": "lin", "name": "Lin"}, {"staff_id": 12, "code": "wang", "name": "Wang"})
    facts.add("units", {"unit_id": 1, "code": "sales", "name": "Sales", "path": "/1/"})
    facts.add(
        "opinion_types",
        {"opinion_type_id": 1, "code": "delivery", "name": "Delivery"},
        {"opinion_type_id": 2, "code": "quality", "name": "Quality"},
    )
    facts.add("failure_causes", {"failure_cause_id": 1, "code": "part", "name": "Part unavailable"})


def _customers(facts: SmallFacts) -> None:
    for number, region, owner in (
        (1, EAST, 11),
        (2, EAST, 11),
        (3, SOUTH, 12),
        (4, SOUTH_TOWN, 12),
        (5, SOUTH, 12),
        (6, EAST, 12),
    ):
        facts.add(
            "customers",
            {
                "customer_id": number,
                "number": f"C-{number}",
                "type": "person",
                "relation_class": "ordinary",
                "country": "CN",
                "region_id": region,
                "owner_id": owner,
                "unit_id": 1,
                "channel_id": 1,
                "created_on": "2025-01-01",
                "source": "import" if number < 3 else "hand",
                "birth_year": {1: 1990, 2: 1961, 3: 2009}.get(number),
                "sex": "female" if number < 3 else "",
                "lost_on": "2026-05-20" if number in (2, 4) else None,
            },
        )
        for field, is_filled in (("phone", True), ("birth_date", number < 4)):
            facts.add(
                "customer_fields",
                {
                    "customer_id": number,
                    "field": field,
                    "is_filled": is_filled,
                    "problem": "impossible" if (field, number) == ("phone", 4) else None,
                    "is_shared": field == "phone" and number in (1, 2),
                    "changed_on": f"2026-01-{number:02d}",
                },
            )


def _sales(facts: SmallFacts) -> None:
    _order(facts, 1, 1, "2026-03-05", EAST, [(TEA, "sale", 100, 100_000), (POSTAGE, "fee", 1, 500)])
    _order(facts, 2, 1, "2026-05-04", EAST, [(TEA, "sale", 70, 70_000)])
    _order(facts, 3, 2, "2026-05-05", EAST, [(TEA, "sale", 50, 50_000), (COFFEE, "sale", 30, 60_001)])
    _order(facts, 4, 3, "2026-05-06", SOUTH, [(TEA, "sale", 20, 20_000), (COFFEE, "sale", 40, 80_000)])
    _order(facts, 5, 4, "2026-05-07", SOUTH_TOWN, [(COFFEE, "sale", 50, 100_000), (POSTAGE, "fee", 1, 500)])
    _order(facts, 6, 1, "2026-05-08", EAST, [(TEA, "return", -10, -10_000)])
    _order(facts, 7, None, "2026-05-09", EAST, [(TEA, "sale", 5, 5_000)])
    _order(facts, 8, 5, "2026-02-01", SOUTH, [(COFFEE, "return", -1, -2_000)])
    _order(facts, 9, 3, "2026-04-30", SOUTH, [(TEA, "sale", 3, 3_000)])


def _figures(facts: SmallFacts) -> None:
    """What the published run found out."""
    rows = (
        # customer, orders, recency, gross, net, r, f, m, segment, abc, tier, stage, risk, loyalty
        (1, 2, 16, 170_500, 160_500, 4, 4, 5, "champions", "A", "high", "development", "low", 82.0),
        (2, 1, 15, 110_001, 110_001, 4, 2, 4, "promising", "A", "mid", "acquisition", "low", None),
        (3, 2, 14, 103_000, 103_000, 5, 4, 3, "loyal", "B", "mid", "maintenance", "medium", 55.5),
        (4, 1, 13, 100_500, 100_500, 5, 2, 2, "new_customers", "C", "low", "acquisition", "high", 30.0),
        (5, 0, None, 0, -2_000, None, None, None, "", "", "none", "acquisition", "", None),
        (6, 0, None, 0, 0, None, None, None, "", "", "none", "acquisition", "", None),
    )
    for customer, orders, recency, gross, net, r, f, m, segment, abc, tier, stage, risk, loyalty in rows:
        facts.add(
            "figures",
            {
                "customer_id": customer,
                "orders": orders,
                "frequency": orders,
                "first_on": {1: "2026-03-05", 2: "2026-05-05", 3: "2026-04-30", 4: "2026-05-07"}.get(customer),
                "last_on": {1: "2026-05-04", 2: "2026-05-05", 3: "2026-05-06", 4: "2026-05-07"}.get(customer),
                "cycle_is_assumed": True,
                "recency_days": recency,
                "gross_amount": gross,
                "monetary_value": net,
                "amount_12_months": net,
                "orders_12_months": orders,
                "r_score": r,
                "f_score": f,
                "m_score": m,
                "rfm_segment": segment,
                "abc_class": abc,
                "value_tier": tier,
                "lifecycle_stage": stage,
                "churn_risk": risk,
                "silence_ratio": 2.5 if risk == "high" else 1.6 if risk == "medium" else 0.5,
                "cycle_days": 30.0,
                "loyalty": loyalty,
                "loyalty_band": "" if loyalty is None else "very_loyal" if loyalty > 80 else "wavering",
                "loyalty_coverage": None if loyalty is None else 0.6,
                "service_effect": loyalty,
            },
        )


def _service(facts: SmallFacts) -> None:
    cases = (
        # id, customer, day, type, status, outcome, hours, in time, cause
        (1, 1, "2026-05-02", 1, "closed", "solved", 10.0, True, None),
        (2, 1, "2026-05-03", 1, "closed", "solved", 30.0, False, None),
        (3, 3, "2026-05-04", 2, "closed", "not_solved", 50.0, False, 1),
        (4, 4, "2026-05-19", 2, "open", "", None, None, None),
    )
    for key, customer, day, opinion, status, outcome, hours, in_time, cause in cases:
        shared = {
            "case_id": key,
            "customer_id": customer,
            **time(day),
            "region_id": EAST if customer == 1 else SOUTH,
            "staff_id": 11 if customer == 1 else 12,
            "unit_id": 1,
            "status": status,
            "outcome": outcome,
            "received_at": f"{day} 10:00:00",
            "due_at": f"{'2026-05-22' if status == 'open' else day} 23:00:00",
            "resolved_at": None if status == "open" else f"{day} 20:00:00",
            "hours_to_resolve": hours,
            "is_solved_in_time": in_time,
        }
        facts.add("complaints", {**shared, "opinion_type_id": opinion, "severity": "high", "failure_cause_id": cause})
        facts.add("enquiries", {**shared, "topic": "price" if opinion == 1 else "delivery"})
    for key, customer, kind, cost, done_on in (
        (1, 1, "return", 1_250, "2026-05-08"),
        (2, 3, "repair", 8_000, "2026-05-12"),
        (3, 4, "repair", 0, None),
    ):
        facts.add(
            "after_sales",
            {
                "after_sales_id": key,
                "customer_id": customer,
                **time("2026-05-08"),
                "staff_id": 11 if customer == 1 else 12,
                "unit_id": 1,
                "region_id": EAST if customer == 1 else SOUTH,
                "type": kind,
                "status": "done" if done_on else "open",
                "product_id": TEA,
                "category_id": 1,
                "order_id": customer,
                "cost": cost,
                "done_on": done_on,
            },
        )
    for key, customer, direction, answered in (
        (1, 1, "outbound", True),
        (2, 1, "inbound", True),
        (3, 4, "outbound", False),
    ):
        facts.add(
            "contacts",
            {
                "contact_id": key,
                "customer_id": customer,
                **time("2026-05-10"),
                "staff_id": 11 if customer == 1 else 12,
                "channel_id": 1,
                "region_id": EAST if customer == 1 else SOUTH_TOWN,
                "direction": direction,
                "is_answered": answered,
                "concern": "price",
            },
        )


@pytest.fixture(scope="session")
def small_facts() -> SmallFacts:
    facts = SmallFacts()
    for fill in (_names, _customers, _sales, _figures, _service):
        fill(facts)
    return facts


@pytest.fixture
def company(db: None, small_facts: SmallFacts, monkeypatch: pytest.MonkeyPatch) -> SmallFacts:
    """The company published, its facts behind the source of reports."""
    from django.core.cache import cache

    from crm.accounts import access
    from crm.accounts.models import Company

    cache.clear()
    Company.objects.create(name="Tea House", currency="CNY")
    run = Run.objects.create(as_of=AS_OF, facts="small", status=Run.Status.FINISHED)
    Publication.objects.update_or_create(id=1, defaults={"run": run})

    def reader(self: source.Source, user: User | None) -> object:
        sees_all = access.scope("customer", user).is_everything
        return small_facts.reader(None if sees_all else user.pk)

    monkeypatch.setattr(source.Source, "reader", reader)
    return small_facts


@pytest.fixture
def executive(db: None) -> User:
    return User.objects.create_user("boss", password="x", role=Role.objects.get(code=Role.EXECUTIVE))


@pytest.fixture
def rep(db: None) -> User:
    """Sees own records only, but all of their fields. The id is that of the owner in the facts."""
    role = Role.objects.get(code=Role.SALES_REP)
    AccessRule.objects.filter(role=role).exclude(kind="report").update(view=AccessRule.Scope.OWN)
    FieldRight.objects.filter(role=role, sensitivity="finance").update(level=FieldRight.Level.READ)
    return User.objects.create_user("lin", id=11, password="x", role=role)
