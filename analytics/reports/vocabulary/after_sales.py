"""What may be counted of returns, repairs, visits and support."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import MONEY, Measure, vocabulary

NOT_DONE = "(f.done_on IS NULL OR f.done_on > :as_of)"

vocabulary.add(
    # after-sales
    Measure("after_sales", _("After-sales records"), "after_sales", "COUNT(*)", is_additive=True),
    Measure(
        "customers",
        _("Customers"),
        "after_sales",
        "COUNT(DISTINCT f.customer_id)",
        records="f.customer_id IS NOT NULL",
        drill="customer",
    ),
    Measure(
        "open",
        _("Open"),
        "after_sales",
        f"COUNT(CASE WHEN {NOT_DONE} THEN 1 END)",
        records=NOT_DONE,
        is_additive=True,
        help=_("Not done on the day of the report"),
    ),
    Measure(
        "after_sales_cost",
        _("Cost"),
        "after_sales",
        "SUM(f.cost)",
        **MONEY,
        records="f.cost <> 0",
        is_additive=True,
        help=_("What the work cost us; what customers got back is in the net amount of orders"),
    ),
    Measure(
        "mean_cost",
        _("Mean cost"),
        "after_sales",
        "AVG(f.cost)",
        **MONEY,
        records="f.cost IS NOT NULL",
        help=_("Cost / records, those without a cost included"),
    ),
)
