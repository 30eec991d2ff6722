"""The demo company's records, drawn as columns: any number of customers in one go, the same for the same seed.

Days are whole days from the first day of the plan; moments are made of them later. Nothing here touches the database.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics.demo import habits, names
from analytics.demo.plan import Plan

Columns = dict[str, Any]
SHANGHAI_UTC_HOURS = 8


@dataclass
class Draft:
    """Everything drawn, before ids: positions refer to rows of the other frames."""

    customers: Columns
    orders: Columns
    lines: Columns
    contacts: Columns
    complaints: Columns
    enquiries: Columns
    facts: dict[str, Any] = field(default_factory=dict)


def draw(plan: Plan, *, reps_by_area: dict[str, list[int]], over_contacting: int) -> Draft:
    """All records of the plan.

    reps_by_area     area code -> positions of its sales representatives;  over_contacting  the one who calls too much
    """
    random = np.random.default_rng(plan.seed)
    customers = _customers(plan, random, reps_by_area)
    orders = _orders(plan, random, customers, over_contacting)
    lines = _lines(plan, random, customers, orders)
    habits.plant(plan, customers, orders, lines)
    orders, lines = _with_returns(plan, random, orders, lines)
    contacts = _contacts(plan, random, customers, orders, over_contacting)
    complaints = _complaints(plan, random, orders, lines)
    enquiries = _enquiries(plan, random, customers)
    _leave_waiting(plan, complaints, plan.waiting_complaints, stream=1)
    _leave_waiting(plan, enquiries, plan.waiting_enquiries, stream=2)
    return Draft(customers, orders, lines, contacts, complaints, enquiries)


def _customers(plan: Plan, random: np.random.Generator, reps_by_area: dict[str, list[int]]) -> Columns:
    count = plan.customers
    area = random.choice(len(names.AREAS), size=count, p=names.AREA_SHARES)
    city = np.zeros(count, dtype=int)
    rep = np.zeros(count, dtype=int)
    for position, (code, *_labels, cities) in enumerate(names.AREAS):
        chosen = np.flatnonzero(area == position)
        city[chosen] = random.integers(0, len(cities), len(chosen))
        rep[chosen] = random.choice(reps_by_area[code], len(chosen))
    is_firm = random.random(count) < 0.22
    # more customers come in every year than in the year before
    start = (plan.days * np.sqrt(random.random(count))).astype(int)
    start = np.where(random.random(count) < 0.3, random.integers(0, 60, count), start)
    start = np.minimum(start, plan.days - 2)
    once = random.random(count) < np.where(is_firm, 0.05, 0.2)
    cycle = np.where(is_firm, random.gamma(6, 4, count), random.gamma(5, 8.5, count)) + 6
    scale = np.exp(random.normal(0, 0.55, count)) * np.where(is_firm, 3.2, 1.0)
    leaves = np.zeros(count, dtype=int) + 10**6
    leaving = (area == [each[0] for each in names.AREAS].index(plan.competitor_area)) & (
        random.random(count) < plan.competitor_share
    )
    leaving &= (start < plan.days - plan.competitor_from_days - 120) & ~once
    leaves[leaving] = plan.days - random.integers(plan.competitor_to_days, plan.competitor_from_days, leaving.sum())
    return {
        "area": area, "city": city, "rep": rep, "is_firm": is_firm, "start": start, "once": once, "cycle": cycle,
        "scale": scale, "leaves_for_competitor_on": leaves, "is_leaving": leaving,
        "favourite": random.integers(0, len(names.CATEGORIES), count),
        "is_prospect": random.random(count) < 0.06,
        "sex": random.integers(0, 2, count), "age_days": random.integers(21 * 365, 68 * 365, count),
        "name_draw": random.integers(0, 2**31, (count, 4)), "in_english": random.random(count) < 0.25,
        "relation": np.where(is_firm & (scale > 4.5), 1, np.where(is_firm, 2, 0)),
        "income": random.choice(4, size=count, p=(0.25, 0.45, 0.22, 0.08)),
        "channel": random.choice(4, size=count, p=(0.3, 0.4, 0.2, 0.1)),
        "occupation": random.integers(0, len(names.OCCUPATIONS), count),
    }  # fmt: skip


def _orders(plan: Plan, random: np.random.Generator, customers: Columns, over_contacting: int) -> Columns:
    """One order after the other for all customers at once, until the last has left or the days are over."""
    slipping = customers["area"] == [each[0] for each in names.AREAS].index(plan.slipping_area)
    leave = np.where(customers["rep"] == over_contacting, plan.over_leave_after_order, plan.leave_after_order)
    alive = np.flatnonzero(~customers["is_prospect"])
    day = customers["start"].astype(float)
    kept_customers, kept_days = [], []
    while len(alive):
        today = day[alive].astype(int)
        in_time = (today < plan.days) & (today < customers["leaves_for_competitor_on"][alive])
        alive, today = alive[in_time], today[in_time]
        slipped = (
            slipping[alive] & (today >= plan.days - plan.slip_days) & (random.random(len(alive)) < plan.slip_share)
        )
        kept_customers.append(alive[~slipped])
        kept_days.append(today[~slipped])
        stays = (random.random(len(alive)) >= leave[alive]) & ~customers["once"][alive]
        alive = alive[stays]
        cycle = customers["cycle"][alive]
        day[alive] += np.maximum(1, random.gamma(7, cycle / 7))
    customer = np.concatenate(kept_customers)
    on = np.concatenate(kept_days)
    order = np.lexsort((customer, on))
    customer, on = customer[order], on[order]
    count = len(on)
    firm = customers["is_firm"][customer]
    late = random.random(count) < 0.12
    pays_after = np.where(firm, np.maximum(1, random.normal(26, 6, count)) + np.where(late, 18, 0), 0).astype(int)
    return {
        "customer": customer, "day": on, "minute": random.integers(9 * 60, 20 * 60, count),
        "channel": np.where(random.random(count) < 0.7, customers["channel"][customer], random.integers(0, 4, count)),
        "is_return": np.zeros(count, dtype=bool), "return_of": np.full(count, -1),
        "pays_after": pays_after, "delivered_after": random.integers(1, 6, count),
        "promised_after": np.full(count, 4),
    }  # fmt: skip


def _lines(plan: Plan, random: np.random.Generator, customers: Columns, orders: Columns) -> Columns:
    count = len(orders["day"])
    firm = customers["is_firm"][orders["customer"]]
    per_order = 1 + random.poisson(np.where(firm, 1.6, 0.8))
    order = np.repeat(np.arange(count), per_order)
    lines = len(order)
    category_of = {each[0]: position for position, each in enumerate(names.CATEGORIES)}
    product_category = np.array([category_of[each[0]] for each in names.PRODUCTS])
    popularity = np.array([each[6] for each in names.PRODUCTS], dtype=float)
    favourite = customers["favourite"][orders["customer"][order]]
    product = np.zeros(lines, dtype=int)
    from_favourite = random.random(lines) < 0.6
    for category in range(len(names.CATEGORIES)):
        weights = popularity * (product_category == category)
        chosen = np.flatnonzero(from_favourite & (favourite == category))
        product[chosen] = random.choice(len(popularity), len(chosen), p=weights / weights.sum())
    others = np.flatnonzero(~from_favourite)
    product[others] = random.choice(len(popularity), len(others), p=popularity / popularity.sum())
    first = np.datetime64(plan.day(plan.days - 1), "D")
    month = (first + orders["day"][order]).astype("datetime64[M]").astype(int) % 12
    season = np.array([each[4] for each in names.CATEGORIES])[product_category[product], month]
    mean = customers["scale"][orders["customer"][order]] * season * np.where(firm[order], 4.0, 1.1)
    price = np.array([each[4] for each in names.PRODUCTS], dtype=float)[product]
    cost = np.array([each[5] for each in names.PRODUCTS], dtype=float)[product]
    discount = np.where(firm[order], random.choice([0, 5, 8, 10], lines, p=(0.4, 0.3, 0.2, 0.1)), 0)
    discount = np.where(~firm[order] & (random.random(lines) < 0.15), 10, discount)
    quantity = 1 + random.poisson(mean)
    return {
        "order": order,
        "product": product,
        "quantity": quantity,
        "price": price,
        "cost": cost,
        "discount": discount,
    }


def _with_returns(plan: Plan, random: np.random.Generator, orders: Columns, lines: Columns) -> tuple[Columns, Columns]:
    """Some lines come back a few days later, as an order of type return."""
    day = orders["day"][lines["order"]] + random.integers(3, 25, len(lines["order"]))
    back = np.flatnonzero((random.random(len(day)) < 0.018) & (day < plan.days))
    count = len(orders["day"])
    of = lines["order"][back]
    returned = np.minimum(lines["quantity"][back], 1 + random.poisson(0.6, len(back)))
    new_orders = {
        "customer": orders["customer"][of], "day": day[back], "minute": random.integers(9 * 60, 18 * 60, len(back)),
        "channel": orders["channel"][of], "is_return": np.ones(len(back), dtype=bool), "return_of": of,
        "pays_after": np.zeros(len(back), dtype=int), "delivered_after": np.zeros(len(back), dtype=int),
        "promised_after": np.zeros(len(back), dtype=int),
    }  # fmt: skip
    new_lines = {
        "order": count + np.arange(len(back)), "product": lines["product"][back], "quantity": -returned,
        "price": lines["price"][back], "cost": lines["cost"][back], "discount": lines["discount"][back],
    }  # fmt: skip
    return (
        {key: np.concatenate([orders[key], new_orders[key]]) for key in orders},
        {key: np.concatenate([lines[key], new_lines[key]]) for key in lines},
    )


def _contacts(
    plan: Plan, random: np.random.Generator, customers: Columns, orders: Columns, over_contacting: int
) -> Columns:
    """Contacts by the owner at a rate of their own, and those in which a leaving customer names the competitor."""
    over = customers["rep"] == over_contacting
    months = (plan.days - customers["start"]) / 30.4
    # contacts keep up with a customer for as long as there are orders, and half a year more
    last = np.full(plan.customers, -1)
    np.maximum.at(last, orders["customer"], orders["day"])
    until = np.minimum(plan.days - 1, np.where(last >= 0, last + 180, customers["start"] + 120))
    months = np.maximum(until - customers["start"], 1) / 30.4
    rate = np.where(over, plan.over_contacts_a_month, plan.contacts_a_month) * np.where(customers["is_firm"], 1.5, 1.0)
    number = random.poisson(rate * months)
    customer = np.repeat(np.arange(plan.customers), number)
    count = len(customer)
    day = customers["start"][customer] + (random.random(count) * (until - customers["start"])[customer]).astype(int)
    answered = random.random(count) < np.where(over[customer], plan.over_answered_share, plan.answered_share)
    competitor = np.zeros(count, dtype=bool)

    leaving = np.repeat(np.flatnonzero(customers["is_leaving"]), 2)
    extra_day = customers["leaves_for_competitor_on"][leaving] - random.integers(-20, 30, len(leaving))
    customer = np.concatenate([customer, leaving])
    day = np.concatenate([day, np.clip(extra_day, 0, plan.days - 1)])
    answered = np.concatenate([answered, np.ones(len(leaving), dtype=bool)])
    competitor = np.concatenate([competitor, np.ones(len(leaving), dtype=bool)])
    count = len(customer)
    return {
        "customer": customer, "day": day, "minute": random.integers(9 * 60, 18 * 60, count), "answered": answered,
        "competitor": competitor, "channel": random.choice(4, count, p=(0.45, 0.25, 0.12, 0.18)),
        "inbound": random.random(count) < 0.22, "subject": random.integers(0, 10, count),
        "concern": np.where(competitor, 1, random.choice(6, count, p=(0.16, 0.3, 0.14, 0.18, 0.12, 0.1))),
        "has_concern": (random.random(count) < 0.35) | competitor,
        "product": random.integers(0, len(names.PRODUCTS), count),
    }  # fmt: skip


def _complaints(plan: Plan, random: np.random.Generator, orders: Columns, lines: Columns) -> Columns:
    sold = lines["quantity"] > 0
    fault = [each[1] for each in names.PRODUCTS].index(plan.fault_product)
    day = orders["day"][lines["order"]]
    faulty = (lines["product"] == fault) & (day >= plan.days - plan.fault_days)
    share = np.where(faulty, plan.fault_complaint_share, plan.complaint_share)
    after = random.integers(2, 20, len(day))
    chosen = np.flatnonzero(sold & (random.random(len(day)) < share) & (day + after < plan.days))
    count = len(chosen)
    # delivery, quality, billing, service: positions of records.CASE_LISTS
    about = np.where(faulty[chosen], 1, random.choice(4, count, p=(0.42, 0.26, 0.17, 0.15)))
    hours = random.gamma(2.2, 14, count) + 1
    return {
        "order": lines["order"][chosen], "customer": orders["customer"][lines["order"][chosen]],
        "product": lines["product"][chosen], "day": (day + after)[chosen],
        "minute": random.integers(9 * 60, 18 * 60, count), "about": about, "is_fault": faulty[chosen],
        "severity": random.choice(3, count, p=(0.25, 0.55, 0.2)), "hours": hours,
        "outcome": np.where(random.random(count) < np.where(faulty[chosen], 0.55, 0.82), 0,
                            random.choice([1, 2], count, p=(0.5, 0.5))),
        "cause": random.integers(0, 4, count), "agent": random.integers(0, 3, count), "text": random.integers(0, 3, count),
    }  # fmt: skip


def _enquiries(plan: Plan, random: np.random.Generator, customers: Columns) -> Columns:
    number = random.poisson(np.where(customers["is_prospect"], 1.2, 0.5), plan.customers)
    customer = np.repeat(np.arange(plan.customers), number)
    count = len(customer)
    start = customers["start"][customer]
    return {
        "customer": customer, "day": start + (random.random(count) * (plan.days - start)).astype(int),
        "minute": random.integers(9 * 60, 18 * 60, count), "topic": random.choice(5, count, p=(0.4, 0.25, 0.2, 0.1, 0.05)),
        "product": random.integers(0, len(names.PRODUCTS), count), "hours": random.gamma(1.6, 7, count) + 0.3,
        "outcome": np.where(random.random(count) < 0.9, 0, 2), "agent": random.integers(0, 3, count),
        "text": random.integers(0, 3, count),
    }  # fmt: skip


def _leave_waiting(plan: Plan, cases: Columns, share: float, *, stream: int) -> None:
    """Some cases of the last days are solved only after the last day; a stream of their own keeps all other draws."""
    random = np.random.default_rng((plan.seed, stream))
    age = plan.days - cases["day"]
    waits = (age <= plan.waiting_days) & (random.random(len(age)) < share)
    cases["hours"] = np.where(waits, (age + 10) * 24.0, cases["hours"])
