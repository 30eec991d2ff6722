"""Every analysis that can be set, with the limits of each setting. Defaults are those of the analysis itself."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.reports.vocabulary import RFM_SEGMENTS
from analytics.tuning.fields import Faults, Grid, Number, Numbers, Section, Setting, Weights

COUNT = Number(least=0, is_whole=True)
DAYS = Number(least=1, most=3650, is_whole=True)
SHARE = Number(least=0, most=1)
MONEY = Number(is_money=True)
COMPONENTS = {
    "trust": gettext_lazy("Trust"),
    "contact_frequency": gettext_lazy("Contact frequency"),
    "service_effect": gettext_lazy("Service effect"),
    "satisfaction": gettext_lazy("Satisfaction"),
    "continue_likelihood": gettext_lazy("Likelihood to continue"),
}
FROM_DATA = gettext_lazy("Empty: the 20, 40, 60 and 80 % limits of all customers who ever bought")


def sections() -> tuple[Section, ...]:
    """In the order they are shown in. Made when asked for: the analyses are only imported then."""
    from analytics.analysis import rfm

    return (
        Section(
            "rfm",
            gettext_lazy("RFM scores and segments"),
            (
                Setting("recency_days", gettext_lazy("Limits of recency in days"), Numbers(COUNT, 4), None, FROM_DATA),
                Setting("frequency", gettext_lazy("Limits of frequency"), Numbers(COUNT, 4), None, FROM_DATA),
                Setting("monetary_value", gettext_lazy("Limits of monetary value"), Numbers(MONEY, 4), None, FROM_DATA),
                Setting(
                    "rules",
                    gettext_lazy("Segments by scores"),
                    Grid(dict(RFM_SEGMENTS()), _check_rules),
                    [
                        {"segment": str(each.segment), "r": each.r, "f": each.f, "m": each.m}
                        for each in rfm.DEFAULT_RULES
                    ],
                    gettext_lazy("From the top; the first rule that fits all three scores names the segment"),
                ),
            ),
            gettext_lazy("A value equal to a limit belongs to the band below it."),
        ),
        Section(
            "abc",
            gettext_lazy("ABC classes"),
            (
                Setting("a", gettext_lazy("Cumulative share of class A"), SHARE, 0.7),
                Setting("b", gettext_lazy("Cumulative share of classes A and B"), SHARE, 0.9),
            ),
            agree=lambda values: _in_order(values, ("a", "b"), strictly_above=0),
        ),
        Section(
            "value_tiers",
            gettext_lazy("Value tiers"),
            (
                Setting("orders", gettext_lazy("Orders in 12 months for 1 and 2 points"), Numbers(COUNT, 2), (4, 12)),
                Setting(
                    "amount_quantiles",
                    gettext_lazy("Place among active customers for 1 and 2 points"),
                    Numbers(SHARE, 2),
                    (0.4, 0.8),
                ),
                Setting(
                    "amounts",
                    gettext_lazy("Amounts in 12 months for 1 and 2 points"),
                    Numbers(MONEY, 2),
                    None,
                    gettext_lazy("Empty: by the place among active customers"),
                    "amount_cents",
                ),
                Setting(
                    "satisfaction",
                    gettext_lazy("Mean satisfaction for 1 and 2 points"),
                    Numbers(Number(1, 5), 2),
                    (3.0, 4.0),
                ),
                Setting("mid_share", gettext_lazy("Share of the points for a middle customer"), SHARE, 0.5),
                Setting("high_share", gettext_lazy("Share of the points for a high customer"), SHARE, 0.75),
            ),
            agree=lambda values: _in_order(values, ("mid_share", "high_share"), strictly_above=0),
        ),
        Section(
            "purchase_cycle",
            gettext_lazy("Purchase cycle"),
            (
                Setting(
                    "minimum_orders", gettext_lazy("Orders for a cycle of one's own"), Number(2, 100, is_whole=True), 3
                ),
                Setting(
                    "minimum_intervals",
                    gettext_lazy("Intervals in the company for an assumed cycle"),
                    Number(1, 100_000, is_whole=True),
                    30,
                ),
            ),
        ),
        Section(
            "churn",
            gettext_lazy("Churn warning"),
            (
                Setting("medium_ratio", gettext_lazy("Silence / cycle for a medium risk"), Number(0.1, 100), 1.5),
                Setting("high_ratio", gettext_lazy("Silence / cycle for a high risk"), Number(0.1, 100), 2.0),
                Setting("lost_cycles", gettext_lazy("Cycles of silence until lost"), Number(0.1, 1000), 6.0),
                Setting("least_lost_days", gettext_lazy("Lost after at least so many days"), DAYS, 90),
                Setting("most_lost_days", gettext_lazy("Lost after at most so many days"), DAYS, 365),
            ),
            agree=lambda values: [
                *_in_order(values, ("medium_ratio", "high_ratio")),
                *_in_order(values, ("least_lost_days", "most_lost_days")),
            ],
        ),
        Section(
            "lifecycle",
            gettext_lazy("Lifecycle stages"),
            (
                Setting(
                    "maintenance_orders", gettext_lazy("Orders until maintenance"), Number(1, 100, is_whole=True), 3
                ),
                Setting("warning_ratio", gettext_lazy("Silence / cycle for the churn warning"), Number(0.1, 100), 2.0),
            ),
        ),
        Section(
            "loyalty",
            gettext_lazy("Loyalty"),
            (
                Setting(
                    "weights",
                    gettext_lazy("Weights of the components"),
                    Weights(COMPONENTS),
                    dict.fromkeys(COMPONENTS, 20.0),
                    gettext_lazy(
                        "Only their proportions matter; a component without data gives its weight to the others"
                    ),
                ),
                Setting(
                    "bands",
                    gettext_lazy("Very loyal, loyal, wavering from"),
                    Numbers(Number(0, 100), 3, falls=True),
                    (80.0, 60.0, 40.0),
                ),
            ),
        ),
        Section(
            "forecast",
            gettext_lazy("Forecasts"),
            (
                Setting("horizon_months", gettext_lazy("Months of predicted value"), Number(1, 120, is_whole=True), 12),
                Setting("yearly_discount", gettext_lazy("Discount a year"), Number(0, 10), 0.1),
                Setting("order_days", gettext_lazy("Days of the probability of an order"), DAYS, 90),
                Setting(
                    "margin",
                    gettext_lazy("Margin"),
                    Number(-1, 1),
                    None,
                    gettext_lazy("Empty: told from the unit costs of the last 365 days"),
                ),
                Setting(
                    "minimum_customers", gettext_lazy("Customers for a model"), Number(2, 1_000_000, is_whole=True), 30
                ),
            ),
        ),
        *_of_value(),
    )


def _of_value() -> tuple[Section, ...]:
    """What customers bring and are worth."""
    from analytics.analysis.customer_value import ContributionWeights, GrowthRule, ValueBands
    from analytics.analysis.profitability import CostTerms, SpendTerms

    costs, spend, bands, weights, growth = CostTerms(), SpendTerms(), ValueBands(), ContributionWeights(), GrowthRule()
    minutes = Number(0, 10_000, is_whole=True)
    return (
        Section(
            "profitability",
            gettext_lazy("Profitability"),
            (
                Setting(
                    "hourly_rate",
                    gettext_lazy("Cost of an hour of service"),
                    Number(0, 1_000_000),
                    costs.hourly_rate,
                    gettext_lazy("In the base currency"),
                ),
                Setting("contact_minutes", gettext_lazy("Usual minutes of a contact"), minutes, costs.contact_minutes),
                Setting(
                    "complaint_minutes", gettext_lazy("Usual minutes of a complaint"), minutes, costs.complaint_minutes
                ),
                Setting("enquiry_minutes", gettext_lazy("Usual minutes of an enquiry"), minutes, costs.enquiry_minutes),
            ),
            gettext_lazy("Usual minutes count where nobody noted the time that was spent."),
        ),
        Section(
            "spend_cap",
            gettext_lazy("Spend cap"),
            (
                Setting(
                    "allowed_share",
                    gettext_lazy("Share of the net purchase value that marketing may cost"),
                    Number(0.001, 1),
                    spend.allowed_share,
                ),
                Setting(
                    "lower_bound",
                    gettext_lazy("Share of the cap below which too little is spent"),
                    SHARE,
                    spend.lower_bound,
                ),
            ),
        ),
        Section(
            "value_classes",
            gettext_lazy("Value classes"),
            (
                Setting("top", gettext_lazy("Share of customers in the top class"), Number(0.001, 1), bands.top),
                Setting(
                    "middle",
                    gettext_lazy("Share of customers in the top and middle class"),
                    Number(0.001, 1),
                    bands.middle,
                ),
            ),
            agree=lambda values: _in_order(values, ("top", "middle")),
        ),
        Section(
            "economic_contribution",
            gettext_lazy("Economic contribution"),
            (
                Setting("power", gettext_lazy("Weight of purchasing power"), Number(0, 1000), weights.power),
                Setting("loyalty", gettext_lazy("Weight of loyalty"), Number(0, 1000), weights.loyalty),
                Setting("lifetime", gettext_lazy("Weight of lifetime value"), Number(0, 1000), weights.lifetime),
            ),
            agree=lambda values: (
                [] if any(values.values()) else [("power", _("at least one weight must be above zero"))]
            ),
        ),
        Section(
            "growth",
            gettext_lazy("Growth customers"),
            (
                Setting(
                    "growth",
                    gettext_lazy("Forecast above the last 12 months by at least"),
                    Number(0, 100),
                    growth.growth,
                ),
                Setting(
                    "change",
                    gettext_lazy("Half year above the one before by at least"),
                    Number(0, 100),
                    growth.change,
                ),
                Setting(
                    "least_amount",
                    gettext_lazy("Least forecast of 12 months"),
                    Number(0, is_money=True),
                    growth.least_amount,
                    gettext_lazy("In the base currency"),
                ),
            ),
            gettext_lazy("Shares as fractions: 0.25 is a quarter more."),
        ),
    )


def _check_rules(rules: list[dict[str, Any]]) -> None:
    from analytics.analysis import rfm

    rfm.check_rules(
        [
            rfm.SegmentRule(**{name: tuple(v) if isinstance(v, list) else v for name, v in each.items()})
            for each in rules
        ]
    )


def _in_order(values: Mapping[str, Any], names: tuple[str, str], *, strictly_above: float | None = None) -> Faults:
    low, high = (values[name] for name in names)
    if strictly_above is not None and low <= strictly_above:
        return [(names[0], _("must be above %(limit)s") % {"limit": f"{strictly_above:g}"})]
    if low > high:
        return [(names[0], _("must not be above “%(name)s”") % {"name": names[1]})]
    return []
