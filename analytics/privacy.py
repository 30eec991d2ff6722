"""What analysis holds of a customer: figures and codes, which stay, and words of an alert, which go."""

from analytics.facts.erasing import empty_facts
from customers.privacy import erasing
from customers.privacy.holdings import declare


def register() -> None:
    declare(
        "analytics.CustomerFigures",
        keeps=(
            "rfm_segment",
            "abc_class",
            "value_tier",
            "lifecycle_stage",
            "churn_risk",
            "loyalty_band",
            "main_concern",
            "value_class",
        ),  # codes
    )
    declare("analytics.StageChange", keeps=("from_stage", "to_stage"))
    declare("analytics.SegmentMembership")
    declare("analytics.CostEntry", not_handed_out=("amount",))
    declare("analytics.Alert", keeps=("reasons",))  # codes and figures
    erasing.register_step(empty_facts)
