"""Who likes what, and what goes with what: habits planted by exchanging the product of lines that were drawn.

No line is added or taken away, so everything else of the company stays as it was drawn. Lamps are left alone: what the
planted quality fault brings is measured on them.
"""

from typing import Any

import numpy as np

from analytics.demo import names
from analytics.demo.plan import Plan

Columns = dict[str, Any]
POSITION = {each[1]: position for position, each in enumerate(names.PRODUCTS)}
CATEGORY = np.array([[each[0] for each in names.CATEGORIES].index(product[0]) for product in names.PRODUCTS])
LIGHTING = [each[0] for each in names.CATEGORIES].index("lighting")
STREAM = 3


def plant(plan: Plan, customers: Columns, orders: Columns, lines: Columns) -> None:
    """Exchange products and the prices that go with them; `lines` is changed."""
    random = np.random.default_rng((plan.seed, STREAM))
    product = lines["product"]
    buyer = orders["customer"][lines["order"]]
    free = CATEGORY[product] != LIGHTING
    _staples(plan, random, customers, product, buyer, free)
    _tastes(plan, random, customers, product, buyer)
    _companions(plan, random, lines["order"], product, free)
    _followers(plan, random, orders, lines["order"], product, free)
    lines["price"] = np.array([each[4] for each in names.PRODUCTS], dtype=float)[product]
    lines["cost"] = np.array([each[5] for each in names.PRODUCTS], dtype=float)[product]


def _staples(plan: Plan, random: Any, customers: Columns, product: Any, buyer: Any, free: Any) -> None:
    """Many who like tea or coffee have one they keep buying."""
    count = len(customers["favourite"])
    staple = np.zeros(count, dtype=int)
    for category in (0, 1):
        goods = np.flatnonzero(category == CATEGORY)
        fans = np.flatnonzero(customers["favourite"] == category)
        staple[fans] = random.choice(goods, len(fans))
    has_one = (customers["favourite"] < 2) & (random.random(count) < plan.staple_share)
    chosen = free & has_one[buyer] & (random.random(len(product)) < plan.staple_line_share)
    product[chosen] = staple[buyer[chosen]]


def _tastes(plan: Plan, random: Any, customers: Columns, product: Any, buyer: Any) -> None:
    """Products that women, the older, or one region prefer among those of their type."""
    is_person = ~customers["is_firm"]
    south = [each[0] for each in names.AREAS].index("south")
    groups = (
        ("Vase Plum blossom", is_person & (customers["sex"] == 0)),
        ("Pu'er ripe cake 357 g", is_person & (customers["age_days"] >= 50 * 365)),
        ("Bamboo steamer, two tiers", customers["area"] == south),
    )
    for name, group in groups:
        wanted = POSITION[name]
        same_type = CATEGORY[product] == CATEGORY[wanted]
        chosen = same_type & group[buyer] & (random.random(len(product)) < plan.taste_share)
        product[chosen] = wanted


def _companions(plan: Plan, random: Any, order: Any, product: Any, free: Any) -> None:
    """Of orders with the first and another line, so many have the second as well."""
    for name, companion in plan.companions:
        has_first = np.isin(order, order[product == POSITION[name]])
        others = free & has_first & (product != POSITION[name])
        _one_of_each(random, order, others, product, POSITION[companion], plan.companion_share)


def _followers(plan: Plan, random: Any, orders: Columns, order: Any, product: Any, free: Any) -> None:
    """Of the customers who bought the first, so many buy the second with their next order."""
    by_customer = np.lexsort((orders["day"], orders["customer"]))
    follows = np.full(len(by_customer), -1)
    same = orders["customer"][by_customer[1:]] == orders["customer"][by_customer[:-1]]
    follows[by_customer[:-1][same]] = by_customer[1:][same]
    for name, follower in plan.followers:
        following = follows[np.unique(order[product == POSITION[name]])]
        chosen = free & np.isin(order, following[following >= 0]) & (product != POSITION[name])
        _one_of_each(random, order, chosen, product, POSITION[follower], plan.follower_share)


def _one_of_each(random: Any, order: Any, possible: Any, product: Any, wanted: int, share: float) -> None:
    """Exchange the first possible line of a share of the orders, unless they have the product already."""
    rows = np.flatnonzero(possible & ~np.isin(order, order[product == wanted]))
    _orders, first = np.unique(order[rows], return_index=True)
    product[rows[first[random.random(len(first)) < share]]] = wanted
