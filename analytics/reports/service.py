"""Reports on complaints and enquiries."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.builders import CrossTable
from analytics.reports.registry import Chart, Report, register

TIME = ("day", "week", "month", "quarter", "year", "weekday")
PLACE = ("region", "country", "channel", "staff", "unit", "receiving_unit")
WHAT = ("product", "category", "status", "outcome")
CUSTOMER = ("customer", "customer_type", "relation_class", "segment", "abc_class", "value_tier")
ENDS = ("open", "closed", "solved", "partly_solved", "not_solved")
RATES = ("solved_share", "in_time_share", "median_hours_to_resolve")
FORMULA = _(
    "Counted by the day on which it happened. Solved share = solved / closed. Solved in time = solved within the target"
    " / closed or due. Time to resolve is the median of the closed cases: open ones are not in it, so it is understated"
    " while many are open."
)

register(
    Report(
        slug="complaints",
        subject="service",
        title=_("Complaints"),
        question=_("What do customers complain about, and do we solve it in time?"),
        builder=CrossTable("complaints", ("complaints", *ENDS, *RATES), share_of="complaints"),
        by=("opinion_type", "severity", "failure_cause", *WHAT, *TIME, *PLACE, *CUSTOMER),
        default_by=("opinion_type",),
        filters=("opinion_type", "severity", "failure_cause", *WHAT, *PLACE, *CUSTOMER[1:], "month"),
        basis="",
        known_only=False,
        chart=Chart("bar", x="opinion_type", y=("complaints",)),
        formula=FORMULA,
        icon="alert-triangle",
    ),
    Report(
        slug="enquiries",
        subject="service",
        title=_("Enquiries"),
        question=_("What do customers ask us, and how quickly do we answer?"),
        builder=CrossTable("enquiries", ("enquiries", *ENDS, *RATES), share_of="enquiries"),
        by=("topic", *WHAT, *TIME, *PLACE, *CUSTOMER),
        default_by=("topic",),
        filters=("topic", *WHAT, *PLACE, *CUSTOMER[1:], "month"),
        basis="",
        known_only=False,
        chart=Chart("bar", x="topic", y=("enquiries",)),
        formula=FORMULA,
        icon="help-circle",
    ),
)
