"""Reports on who stays, who comes back, and who is about to leave."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import Cohorts, Detail, PeriodRetention, RetentionCurve, Survival, WarnedCustomers
from analytics.reports.builders.cohorts import COUNTED, RATE_OF
from analytics.reports.builders.staying import AHEAD, STEP, UNIT
from analytics.reports.registry import Chart, Report, register
from analytics.reports.vocabulary import Basis, Type, Unit

PLACE = ("region", "country", "channel", "staff", "unit")
CUSTOMER = ("customer_type", "relation_class", "industry")
CLASSES = ("segment", "abc_class", "value_tier")

register(
    Report(
        slug="retention-cohorts",
        subject="retention",
        title=_("Retention by cohort"),
        question=_("Of the customers who first bought in a month, how many come back?"),
        builder=Cohorts(),
        by=("month", "quarter", *PLACE, *CUSTOMER, *CLASSES),
        default_by=("month",),
        filters=(*PLACE, *CUSTOMER, *CLASSES),
        parameters=(COUNTED, RATE_OF),
        basis=Basis.GROSS,
        chart=Chart("heatmap", x="period_number", y=("retention_rate",), series="cohort"),
        formula=_(
            "A customer's cohort is the period of the first purchase. Retention rate = customers of the cohort who"
            " bought in a later period / size of the cohort; or, by choice, those who bought in it or later still, and"
            " of the customers of the period before. A period that has not ended is marked partial. The rate need not"
            " fall steadily, and it is not one minus the churn rate."
        ),
        icon="users-plus",
        most_dimensions=2,
    ),
    Report(
        slug="retention",
        subject="retention",
        title=_("Retention rate"),
        question=_("Of the customers of a period, how many bought again in the next?"),
        builder=PeriodRetention(),
        by=("month", "quarter", *PLACE, *CUSTOMER, *CLASSES),
        default_by=("month",),
        filters=(*PLACE, *CUSTOMER, *CLASSES),
        basis=Basis.GROSS,
        chart=Chart("lines", x="period", y=("retention_rate",)),
        formula=_(
            "Retention rate = customers of a period who bought in the next period as well / customers of the period,"
            " old and new customers alike. While the next period has not ended the rate still rises: it is marked"
            " partial."
        ),
        icon="repeat",
        most_dimensions=2,
    ),
    Report(
        slug="retention-curve",
        subject="retention",
        title=_("Retention curve and projection"),
        question=_("How many of a hundred new customers are still with us after a year, and how many will be?"),
        builder=RetentionCurve(),
        by=(*PLACE, *CUSTOMER, *CLASSES),
        filters=(*PLACE, *CUSTOMER, *CLASSES),
        parameters=(UNIT, AHEAD),
        basis="",
        chart=Chart("lines", x="period_number", y=("survival", "projected"), dashed=("projected",)),
        formula=_(
            "A customer is there up to the last purchase, once silence says that it was the last (six times the own"
            " cycle, 90 to 365 days). Each customer is watched up to the day whose leavers are known by now. Retention"
            " rate = still there in a period / there in the period before and watched in this one; the share still"
            " there is their product. The projection fits the shifted-beta-geometric model: every customer has an own"
            " probability of leaving in a period, spread by a beta distribution."
        ),
        icon="chart-line",
        most_dimensions=1,
    ),
    Report(
        slug="survival",
        subject="retention",
        title=_("Survival of customers"),
        question=_("How long do customers stay, and does one group stay longer than another?"),
        builder=Survival(),
        by=(*PLACE, *CUSTOMER, *CLASSES),
        filters=(*PLACE, *CUSTOMER, *CLASSES),
        parameters=(STEP,),
        basis="",
        chart=Chart("lines", x="duration", y=("survival", "low", "high"), dashed=("low", "high")),
        formula=_(
            "Kaplan-Meier curve over the days from the first to the last purchase. Who has fallen silent for too long"
            " (six times the own cycle, 90 to 365 days) has left with the last purchase; the others are watched up to"
            " the day whose leavers are known by now. The interval is that of Greenwood. Split by something, the groups"
            " are compared by the log-rank test."
        ),
        icon="hourglass",
        most_dimensions=1,
    ),
    Report(
        slug="churn-alerts",
        subject="retention",
        title=_("Customers about to leave"),
        question=_("Which customers should somebody call now, and what would we lose?"),
        builder=WarnedCustomers(
            ("customers", "revenue", "amount_12_months"),
            (
                Detail("churn_risk", _("Risk"), "churn_risk", type=Type.TEXT),
                Detail("recency_days", _("Days since the last purchase"), "recency_days", unit=Unit.DAYS),
                Detail("cycle_days", _("Own cycle"), "cycle_days", unit=Unit.DAYS, decimals=1),
                Detail("silence_ratio", _("Silence / cycle"), "silence_ratio", unit=Unit.RATIO, decimals=2),
                Detail(
                    "amount_12_months",
                    _("Amount of 12 months"),
                    "amount_12_months",
                    type=Type.MONEY,
                    unit=Unit.CURRENCY,
                    decimals=2,
                ),
                Detail("segment", _("RFM segment"), "rfm_segment", type=Type.TEXT),
            ),
            order_by="silence_ratio",
        ),
        by=("churn_risk", "customer", *PLACE, *CUSTOMER, *CLASSES),
        default_by=("churn_risk",),
        filters=("churn_risk", *PLACE, *CUSTOMER, *CLASSES),
        has_period=False,
        is_live=True,
        chart=Chart("bar", x="churn_risk", y=("customers",)),
        formula=_(
            "Silence = days since the last purchase / the customer's own purchase cycle (the median of all where there"
            " are fewer than 3 purchases). From 1.5 medium, from 2 high; an unsolved complaint or a named competitor"
            " lifts the risk by one band."
        ),
        icon="alert-triangle",
    ),
)
