"""Prices for some, stock and after-sales of the demo company.

Drawn from a stream of its own, so that everything else stays as it was for the same seed.
"""

from decimal import Decimal
from typing import Any

from analytics.demo import names
from crm.records import bulk
from crm.records.models import Sequence, numbered
from interactions.aftersales.models import AfterSales
from interactions.orders.stock_models import StockMovement
from interactions.pricing.models import PriceRule

STREAM = 11
PER_ORDER = 0.03  # repairs, visits and support for each order
MOST = 3_000
CARRIERS = ("SF Express", "JD Logistics", "ZTO Express", "YTO Express")
DRAFTS = 5

RULES = (
    # name, value tier, relation class, category, discount
    ("Tea for our best customers", "high", "", "tea", 8),
    ("Coffee for key accounts", "", "key", "coffee", 6),
    ("Companies", "", "organisational", "", 3),
)
WORK = (
    # type, English, Chinese, results
    ("repair", "Lamp flickers", "灯具闪烁", ("Switch replaced", "已更换开关")),
    ("repair", "Handle came off", "把手脱落", ("Glued, sent back", "已修复寄回")),
    ("visit", "Set up in the shop", "上门安装", ("Set up, staff shown", "已安装并培训")),
    ("support", "Grinder settings", "研磨度设置咨询", ("Explained on the phone", "已电话指导")),
    ("support", "Care of the kettle", "水壶保养咨询", ("Care sheet sent", "已发送保养说明")),
)
RETURNED = ("Came back", "退货")


def columns_of_orders(writer: Any, moments: Any, delivered: Any, returned: Any, status: Any) -> dict[str, Any]:
    """Carrier, drafts and the moment drafts were confirmed, for the orders of the demo company."""
    np = writer.np
    count = len(moments)
    random = np.random.default_rng((writer.plan.seed, STREAM))
    carrier = np.array(CARRIERS)[random.choice(4, count, p=(0.4, 0.3, 0.2, 0.1))]
    waited = random.gamma(1.2, 7, count)
    was_draft = (random.random(count) < 0.18) & ~returned
    waiting = np.flatnonzero((status == "confirmed") & ~returned)[-DRAFTS:] if count > 500 else []
    is_draft = np.zeros(count, dtype=bool)
    is_draft[waiting] = True
    confirmed = moments + (waited * 3600).astype("timedelta64[s]")
    return {
        "carrier": np.where(delivered & ~returned, carrier, ""),
        "status": np.where(is_draft, "draft", status),
        "confirmed_at": np.where(was_draft & ~is_draft, confirmed, np.datetime64("NaT")),
    }


def write_price_rules(writer: Any) -> int:
    of_code = {each[0]: product.category for each, product in zip(names.PRODUCTS, writer.house.products, strict=True)}
    first = Sequence.take("PR", len(RULES))
    for at, (name, tier, relation, category, discount) in enumerate(RULES):
        PriceRule.objects.create(
            number=numbered("PR", first + at),
            name=name,
            value_tier=tier,
            relation_class=relation,
            category=of_code.get(category),
            discount=Decimal(discount),
            valid_from=writer.plan.day(200),
            batch=writer.batch,
        )
    return len(RULES)


def write_stock(writer: Any) -> int:
    """What the last count of each product found, and a few deliveries of goods since."""
    np = writer.np
    random = np.random.default_rng((writer.plan.seed, STREAM, 1))
    count = len(writer.product_ids)
    popularity = np.array([each[6] for each in names.PRODUCTS])
    refilled = np.flatnonzero(random.random(count) < 0.4)
    day = np.concatenate([np.full(count, writer.plan.days - 12), np.full(len(refilled), writer.plan.days - 4)])
    on = writer.first_day + day
    total = count + len(refilled)
    found = np.concatenate([random.poisson(popularity * 6 + 2) + 1, 12 * (1 + random.integers(0, 4, len(refilled)))])
    moments = writer.moments(day, np.full(total, 8 * 60))
    return bulk.append(
        StockMovement,
        {
            **writer.shared("S", total, moments), "occurred_on": on, "quantity": found,
            "product_id": np.concatenate([writer.product_ids, writer.product_ids[refilled]]),
            "reason": np.concatenate([np.full(count, "counted"), np.full(len(refilled), "received")]),
        },
    )  # fmt: skip


def write_after_sales(writer: Any) -> int:
    """One record for each return, and repairs, visits and support for some of the other orders."""
    np, plan, drawn = writer.np, writer.plan, writer.draft.orders
    random = np.random.default_rng((plan.seed, STREAM, 2))
    back = np.flatnonzero(drawn["is_return"])
    sold = np.flatnonzero(~drawn["is_return"] & (drawn["day"] < plan.days - 15))
    worked = np.sort(random.choice(sold, min(MOST, int(len(sold) * PER_ORDER)), replace=False)) if len(sold) else sold
    order = np.concatenate([back, worked])
    count = len(order)
    if not count:
        return 0
    is_back = np.arange(count) < len(back)
    later = np.where(is_back, 0, random.integers(5, 60, count))
    day = np.minimum(drawn["day"][order] + later, plan.days - 1)
    about = random.choice(len(WORK), count, p=(0.22, 0.22, 0.16, 0.22, 0.18))
    is_open = ~is_back & (day > plan.days - 10) & (random.random(count) < 0.6)
    customer = drawn["customer"][order]
    english = writer.draft.customers["in_english"][customer]
    lines = writer.draft.lines
    first_line = np.searchsorted(lines["order"], np.arange(len(drawn["day"])))
    product = writer.product_ids[lines["product"][np.minimum(first_line[order], len(lines["product"]) - 1)]]
    cost = np.where(is_back, random.gamma(2, 6, count), random.gamma(2, 30, count)).round(2)
    moments = writer.moments(day, np.full(count, 11 * 60))
    said = [RETURNED if b else WORK[a][1:3] for a, b in zip(about.tolist(), is_back.tolist(), strict=True)]
    result = [WORK[a][3] for a in about.tolist()]
    missing = np.datetime64("NaT")
    agents = np.array([user.pk for user in writer.house.service_agents()])
    return bulk.append(
        AfterSales,
        {
            **writer.shared("AS", count, moments), "occurred_at": moments, **writer.place(customer),
            "staff_id": np.where(is_back, writer.user_ids[writer.draft.customers["rep"][customer]], agents[about % len(agents)]),
            "title": [pair[0 if e else 1] for pair, e in zip(said, english, strict=True)],
            "type": np.where(is_back, "return", np.array([each[0] for each in WORK])[about]),
            "status": np.where(is_open, "open", "done"),
            "order_id": writer.order_ids[np.where(is_back, drawn["return_of"][order], order)],
            "product_id": product,
            "return_order_id": [pk if b else None for pk, b in zip(writer.order_ids[order].tolist(), is_back, strict=True)],
            "cost": np.where(is_open, 0.0, cost),
            "done_on": np.where(is_open, missing, writer.first_day + np.minimum(day + 1, plan.days - 1)),
            "result": ["" if o or b else pair[0 if e else 1]
                       for pair, o, b, e in zip(result, is_open, is_back, english, strict=True)],
        },
    )  # fmt: skip
