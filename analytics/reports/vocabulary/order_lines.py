"""What may be counted of the lines of orders."""

from django.utils.translation import gettext_lazy as _

from analytics.reports.vocabulary.terms import MONEY, RATE, Measure, vocabulary

vocabulary.add(
    # order lines
    Measure(
        "quantity",
        _("Quantity"),
        "order_lines",
        {
            "net": "SUM(CASE WHEN f.is_product AND f.kind <> 'adjustment' THEN f.quantity ELSE 0 END)",
            "gross": "SUM(CASE WHEN f.is_product AND f.is_gross THEN f.quantity ELSE 0 END)",
        },
        records={
            "net": "f.is_product AND f.kind <> 'adjustment' AND f.quantity <> 0",
            "gross": "f.is_product AND f.is_gross",
        },
        is_additive=True,
        decimals=3,
        help=_("Pieces of products sold; on the net basis less those taken back. Fees have no quantity."),
    ),
    Measure(
        "amount",
        _("Amount"),
        "order_lines",
        {"net": "SUM(f.amount)", "gross": "SUM(CASE WHEN f.is_gross THEN f.amount ELSE 0 END)"},
        **MONEY,
        records={"net": "f.amount <> 0", "gross": "f.is_gross"},
        is_additive=True,
        help=_("Net: all lines. Gross: lines sold and fees charged only."),
    ),
    Measure(
        "orders",
        _("Orders"),
        "order_lines",
        "COUNT(DISTINCT CASE WHEN f.is_gross THEN f.order_id END)",
        records="f.is_gross",
        help=_("Orders with such a line; an order with several counts once"),
    ),
    Measure(
        "customers",
        _("Customers"),
        "order_lines",
        "COUNT(DISTINCT CASE WHEN f.is_gross THEN f.customer_id END)",
        records="f.is_gross AND f.customer_id IS NOT NULL",
        drill="customer",
        help=_("Known customers who bought; a customer in several rows counts once in the total"),
    ),
    # order lines: what they cost us, and what discounts take away; lines of unknown cost are in no margin.
    # They are nothing rather than zero where nobody may see costs.
    Measure(
        "cost",
        _("Cost of goods"),
        "order_lines",
        {"net": "SUM(f.cost)", "gross": "SUM(CASE WHEN f.is_gross THEN f.cost END)"},
        **MONEY,
        records={"net": "f.cost <> 0", "gross": "f.is_gross AND f.cost <> 0"},
        help=_("Quantity × unit cost at the time of the sale"),
    ),
    Measure(
        "margin",
        _("Margin"),
        "order_lines",
        {
            "net": "SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount - f.cost END)",
            "gross": "SUM(CASE WHEN f.is_gross AND f.cost IS NOT NULL THEN f.amount - f.cost END)",
        },
        **MONEY,
        records={"net": "f.cost IS NOT NULL", "gross": "f.is_gross AND f.cost IS NOT NULL"},
        help=_("Amount less cost of goods, of lines whose cost is known"),
    ),
    Measure(
        "margin_rate",
        _("Margin rate"),
        "order_lines",
        {
            "net": "SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount - f.cost END)"
            " / NULLIF(SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount END) * 1.0, 0)",
            "gross": "SUM(CASE WHEN f.is_gross AND f.cost IS NOT NULL THEN f.amount - f.cost END)"
            " / NULLIF(SUM(CASE WHEN f.is_gross AND f.cost IS NOT NULL THEN f.amount END) * 1.0, 0)",
        },
        **RATE,
        records={"net": "f.cost IS NOT NULL", "gross": "f.is_gross AND f.cost IS NOT NULL"},
        help=_("Margin / amount"),
    ),
    Measure(
        "list_amount",
        _("Amount at list price"),
        "order_lines",
        "SUM(f.list_amount)",
        **MONEY,
        records="f.list_amount <> 0",
        is_additive=True,
        help=_("Quantity × list price: what it would have come to without a discount"),
    ),
    Measure(
        "discount_amount",
        _("Discounts given"),
        "order_lines",
        "SUM(f.list_amount - f.amount)",
        **MONEY,
        records="f.list_amount <> f.amount",
        is_additive=True,
        help=_("Amount at list price less what was charged"),
    ),
    Measure(
        "discount_rate",
        _("Discount rate"),
        "order_lines",
        "SUM(f.list_amount - f.amount) / NULLIF(SUM(f.list_amount) * 1.0, 0)",
        **RATE,
        records="f.list_amount <> f.amount",
        help=_("Discounts given / amount at list price"),
    ),
    Measure(
        "margin_before",
        _("Margin before discounts"),
        "order_lines",
        "SUM(CASE WHEN f.cost IS NOT NULL THEN f.list_amount - f.cost END)",
        **MONEY,
        records="f.cost IS NOT NULL",
        help=_("Amount at list price less cost of goods, of lines whose cost is known"),
    ),
    Measure(
        "margin_after",
        _("Margin after discounts"),
        "order_lines",
        "SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount - f.cost END)",
        **MONEY,
        records="f.cost IS NOT NULL",
        help=_("What was charged less cost of goods, of lines whose cost is known"),
    ),
    Measure(
        "margin_effect",
        _("Effect on the margin"),
        "order_lines",
        "SUM(CASE WHEN f.cost IS NOT NULL THEN f.amount - f.list_amount END)",
        **MONEY,
        records="f.cost IS NOT NULL AND f.amount <> f.list_amount",
        help=_("Margin after discounts less margin before"),
    ),
)
