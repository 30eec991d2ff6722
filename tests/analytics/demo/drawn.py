"""The demo company as frames, straight from its draw: large companies for tests of analysis, without a database."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.demo import names, records
from analytics.demo.plan import Plan
from crm.accounts.models import Role

UNTIL = datetime.date(2026, 11, 22)


@dataclass
class Drawn:
    """The frames that `churn_features.history` wants, and the draft they were made of."""

    plan: Plan
    draft: records.Draft
    purchases: pd.DataFrame
    contacts: pd.DataFrame
    complaints: pd.DataFrame

    @property
    def until(self) -> pd.Timestamp:
        return pd.Timestamp(self.plan.until)


def company(*, customers: int, seed: int) -> Drawn:
    plan = Plan(until=UNTIL, customers=customers, seed=seed)
    reps: dict[str, list[int]] = {area[0]: [] for area in names.AREAS}
    for place, (*_name, role, unit) in enumerate(names.PEOPLE):
        if role == Role.SALES_REP:
            reps[unit].append(place)
    draft = records.draw(plan, reps_by_area=reps, over_contacting=rep_place(plan.over_contacting_rep))
    first = np.datetime64(plan.day(plan.days - 1), "D")

    def on(days: np.ndarray) -> np.ndarray:
        return (first + days).astype("datetime64[s]")

    orders, lines, talks, cases = draft.orders, draft.lines, draft.contacts, draft.complaints
    cents = (lines["quantity"] * lines["price"] * (100 - lines["discount"])).round()
    amount = np.bincount(lines["order"], weights=cents, minlength=len(orders["day"])).astype(np.int64)
    purchases = {
        "customer_id": orders["customer"],
        "occurred_on": on(orders["day"]),
        "gross_amount": np.where(orders["is_return"], 0, amount),
        "net_amount": amount,
    }
    contacts = {
        "customer_id": talks["customer"],
        "occurred_on": on(talks["day"]),
        "direction": np.where(talks["inbound"], "inbound", "outbound"),
        "is_answered": talks["answered"],
        "competitor": np.where(talks["competitor"], names.COMPETITOR, ""),
    }
    minutes = cases["minute"] + cases["hours"] * 60
    complaints = {
        "customer_id": cases["customer"],
        "occurred_on": on(cases["day"]),
        "resolved_on": on(cases["day"] + (minutes // 1440).astype(int)),
        "outcome": np.where(cases["outcome"] == 0, "solved", "not_solved"),
        "competitor": "",
    }
    return Drawn(plan, draft, *(pd.DataFrame(each) for each in (purchases, contacts, complaints)))


def rep_place(username: str) -> int:
    return [person[0] for person in names.PEOPLE].index(username)
