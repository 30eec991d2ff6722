"""What may be counted of orders: one row per order or return."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import MONEY, RATE, Measure, Unit, vocabulary

DELIVERED = "(f.delivered_on IS NOT NULL AND f.delivered_on <= :as_of)"
ON_TIME = f"({DELIVERED} AND f.days_late <= 0)"
LATE = f"({DELIVERED} AND f.days_late > 0)"
OVERDUE = f"(NOT {DELIVERED} AND f.promised_on < :as_of)"
PAID = "(f.paid_on IS NOT NULL AND f.paid_on <= :as_of)"
PAYABLE = f"(NOT {PAID} AND f.due_on < :as_of)"

vocabulary.add(
    # orders: one row per order or return
    Measure(
        "customers",
        _("Customers"),
        "orders",
        "COUNT(DISTINCT CASE WHEN f.is_purchase THEN f.customer_id END)",
        records="f.is_purchase AND f.customer_id IS NOT NULL",
        drill="customer",
        help=_("Known customers with at least one purchase"),
    ),
    Measure(
        "orders",
        _("Orders"),
        "orders",
        "COUNT(CASE WHEN f.is_purchase THEN 1 END)",
        records="f.is_purchase",
        is_additive=True,
        help=_("Orders with at least one line sold or charged; returns are not orders"),
    ),
    Measure(
        "gross_amount",
        _("Gross amount"),
        "orders",
        "SUM(f.gross_amount)",
        **MONEY,
        records="f.gross_amount <> 0",
        is_additive=True,
        help=_("Lines sold and fees charged"),
    ),
    Measure(
        "returned_amount",
        _("Returned amount"),
        "orders",
        "SUM(f.gross_amount - f.net_amount)",
        **MONEY,
        records="f.gross_amount <> f.net_amount",
        is_additive=True,
        help=_("Gross less net: goods taken back, fees paid back, corrections of accounts"),
    ),
    Measure(
        "net_amount",
        _("Net amount"),
        "orders",
        "SUM(f.net_amount)",
        **MONEY,
        records="f.net_amount <> 0",
        is_additive=True,
        help=_("All lines, with what was taken back or corrected"),
    ),
    Measure(
        "average_order_value",
        _("Average order"),
        "orders",
        {
            "net": "SUM(f.net_amount) / NULLIF(COUNT(CASE WHEN f.is_purchase THEN 1 END), 0)",
            "gross": "SUM(f.gross_amount) / NULLIF(COUNT(CASE WHEN f.is_purchase THEN 1 END), 0)",
        },
        **MONEY,
        records="f.is_purchase",
        help=_("Amount / orders, on the chosen amount basis"),
    ),
    # orders: delivery
    Measure(
        "deliveries",
        _("Deliveries"),
        "orders",
        f"COUNT(CASE WHEN {DELIVERED} THEN 1 END)",
        records=DELIVERED,
        is_additive=True,
        help=_("Orders with a promised day that were delivered"),
    ),
    Measure(
        "on_time",
        _("On time"),
        "orders",
        f"COUNT(CASE WHEN {ON_TIME} THEN 1 END)",
        records=ON_TIME,
        is_additive=True,
        help=_("Delivered on the promised day or before"),
    ),
    Measure(
        "late",
        _("Late"),
        "orders",
        f"COUNT(CASE WHEN {LATE} THEN 1 END)",
        records=LATE,
        is_additive=True,
        help=_("Delivered after the promised day"),
    ),
    Measure(
        "on_time_share",
        _("On-time rate"),
        "orders",
        f"COUNT(CASE WHEN {ON_TIME} THEN 1 END) / NULLIF(COUNT(CASE WHEN {DELIVERED} THEN 1 END) * 1.0, 0)",
        **RATE,
        records=DELIVERED,
        help=_("Deliveries on time / deliveries"),
    ),
    Measure(
        "mean_days_late",
        _("Mean days late"),
        "orders",
        f"AVG(CASE WHEN {LATE} THEN f.days_late END)",
        unit=Unit.DAYS,
        decimals=1,
        records=LATE,
        help=_("Of the late ones"),
    ),
    Measure(
        "overdue",
        _("Overdue"),
        "orders",
        f"COUNT(CASE WHEN {OVERDUE} THEN 1 END)",
        records=OVERDUE,
        is_additive=True,
        help=_("Promised for a day before that of the report and not delivered yet"),
    ),
    # orders: payment
    Measure(
        "paid",
        _("Paid"),
        "orders",
        f"COUNT(CASE WHEN {PAID} THEN 1 END)",
        records=PAID,
        is_additive=True,
        help=_("Orders with a payment date"),
    ),
    Measure(
        "median_settlement_days",
        _("Median settlement days"),
        "orders",
        f"MEDIAN(CASE WHEN {PAID} THEN f.settlement_days END)",
        unit=Unit.DAYS,
        decimals=1,
        records=PAID,
        help=_("From the invoice, where there is none from the order, to the payment; half of the paid took longer"),
    ),
    Measure(
        "mean_settlement_days",
        _("Mean settlement days"),
        "orders",
        f"AVG(CASE WHEN {PAID} THEN f.settlement_days END)",
        unit=Unit.DAYS,
        decimals=1,
        records=PAID,
    ),
    Measure(
        "paid_in_time_share",
        _("Paid in time"),
        "orders",
        f"COUNT(CASE WHEN {PAID} AND f.paid_on <= f.due_on THEN 1 END)"
        f" / NULLIF(COUNT(CASE WHEN {PAID} AND f.due_on IS NOT NULL THEN 1 END) * 1.0, 0)",
        **RATE,
        records=f"{PAID} AND f.due_on IS NOT NULL",
        help=_("Paid by the due day / paid with a due day"),
    ),
    Measure(
        "payment_overdue",
        _("Payment overdue"),
        "orders",
        f"COUNT(CASE WHEN {PAYABLE} THEN 1 END)",
        records=PAYABLE,
        is_additive=True,
        help=_("Due before the day of the report and not paid"),
    ),
    Measure(
        "overdue_amount",
        _("Overdue amount"),
        "orders",
        f"SUM(CASE WHEN {PAYABLE} THEN f.net_amount ELSE 0 END)",
        **MONEY,
        records=PAYABLE,
        is_additive=True,
    ),
    # orders: from draft to order
    Measure(
        "drafts_confirmed",
        _("Drafts confirmed"),
        "orders",
        "COUNT(f.hours_to_confirm)",
        records="f.hours_to_confirm IS NOT NULL",
        is_additive=True,
        help=_("Orders that began as a draft"),
    ),
    Measure(
        "median_hours_to_confirm",
        _("Median hours to confirm"),
        "orders",
        "MEDIAN(f.hours_to_confirm)",
        unit=Unit.HOURS,
        decimals=1,
        records="f.hours_to_confirm IS NOT NULL",
        help=_("From the draft to its confirmation; half took longer"),
    ),
)
