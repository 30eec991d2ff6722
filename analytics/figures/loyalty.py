"""Loyalty and the components it is made of."""

import numpy as np

from analytics.analysis import loyalty
from analytics.figures.work import Columns, FigureSet, Work, codes
from customers.standards.models import contact_intervals

RECORDED = ["customer_id", "invoices", "invoices_on_time", "cases_due", "cases_solved_in_time"]


def _loyalty(work: Work) -> Columns:
    given = work.settings("loyalty")
    intervals = given.get("contact_interval_days", contact_intervals())
    raw = work.known[RECORDED].assign(
        contacts_last_180=work.known["contacts_180_days"],
        contact_interval_days=work.known["relation_class"].map(intervals),
        silence_ratio=np.asarray(work.columns["silence_ratio"], dtype=np.float64),
        continue_probability=np.asarray(work.columns["probability_of_order"], dtype=np.float64),
    )
    parts = loyalty.components(raw)
    rule = loyalty.LoyaltySettings(**{name: given[name] for name in ("weights", "bands") if name in given})
    whole = loyalty.composite(parts, rule)
    return {
        **{name: parts[name] for name in loyalty.COMPONENTS},
        "loyalty": whole["loyalty_score"],
        "loyalty_coverage": whole["coverage"],
        "loyalty_band": codes(whole["loyalty_band"]),
    }


LOYALTY = FigureSet("loyalty", _loyalty)
