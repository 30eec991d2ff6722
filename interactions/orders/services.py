"""Writing orders and returns with their lines.

Lines are in the order's currency; the order's amounts are in the base currency at the rate of its day.
"""

import datetime
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company, ExchangeRate, User
from crm.records import services
from interactions.orders import stock
from interactions.orders.models import CENT, Order, OrderLine, PricedLine
from interactions.pricing.services import in_currency, quotes


def line_kind(order: Order, line: OrderLine) -> str:
    """How a line counts, from what it is: the type of its order, its product, the signs of quantity and price."""
    kinds = OrderLine.Kind
    is_fee = bool(line.product and line.product.is_fee)
    if order.type == Order.Type.CORRECTION:
        return kinds.CORRECTION
    if order.type == Order.Type.RETURN:
        return kinds.CANCELLED_FEE if is_fee else kinds.RETURN
    if line.quantity < 0:
        return kinds.CANCELLED_FEE if is_fee else kinds.ADJUSTMENT
    if line.unit_price <= 0:
        return kinds.FREE
    return kinds.FEE if is_fee else kinds.SALE


def rate_of(currency: str, day: datetime.date) -> Decimal:
    """What one unit was worth in the base currency that day; ValidationError where nobody has entered it."""
    if not currency or currency == Company.objects.current().currency:
        return Decimal(1)
    found = ExchangeRate.objects.filter(currency=currency, valid_from__lte=day).order_by("-valid_from").first()
    if found is None:
        raise ValidationError(
            _("There is no exchange rate for %(currency)s on %(day)s. Ask an administrator to enter it.")
            % {"currency": currency, "day": day.isoformat()}
        )
    return found.rate


def save_order(
    order: Order,
    *,
    lines: Iterable[OrderLine],
    removed: Iterable[OrderLine] = (),
    user: User | None,
    expected_version: int | None = None,
) -> Order:
    """Save an order with its lines, in their order, and reckon what it comes to.

    New lines get list price and cost of their product, the stock follows deliveries and returns, and a draft that
    becomes an order keeps the moment.
    """
    kept = list(lines)
    with transaction.atomic():
        order.fill_from_customer()
        _note_confirmation(order)
        if not order.country and order.customer_id and order.customer:
            order.country = order.customer.country
        complete(kept, rate=rate_of(order.currency, order.occurred_on))
        for line in kept:
            line.kind, line.amount = line_kind(order, line), line.reckoned_amount()
        reckon(order, kept)

        def write_parts() -> None:
            OrderLine.objects.filter(order=order, pk__in=[each.pk for each in removed]).delete()
            for position, line in enumerate(kept, 1):
                line.order, line.position = order, position
                line.save()
            stock.follow_order(order, kept, user=user)

        return services.save(order, user=user, expected_version=expected_version, related=write_parts)


def complete(lines: Iterable[PricedLine], *, rate: Decimal) -> None:
    """List price and unit cost of new lines from their product, in the currency that is worth `rate` of the base."""
    for line in lines:
        product = line.product  # type: ignore[attr-defined]
        if product is None or line.pk:
            continue
        if line.list_price is None:
            line.list_price = in_currency(product.price, rate)
        if line.unit_cost is None and product.unit_cost is not None:
            line.unit_cost = in_currency(product.unit_cost, rate)


def confirm(order: Order, *, user: User | None, expected_version: int | None = None) -> Order:
    """Make an order of a draft. It counts from today on: a draft that lay about does not change the past."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if order.status != Order.Status.DRAFT:
            raise ValidationError(_("Only a draft can be confirmed."))
        order.status = Order.Status.CONFIRMED
        order.occurred_at = timezone.now()
        return save_order(
            order,
            lines=order.lines.select_related("product", "price_rule"),
            user=user,
            expected_version=expected_version,
        )


def order_again(order: Order, *, user: User | None) -> Order:
    """A draft with what is still sold of an order, at today's prices for its customer."""
    today = Company.objects.current().today()
    sold = [
        line
        for line in order.lines.select_related("product__category")
        if line.quantity > 0 and line.product and line.product.is_active and line.product.deleted_at is None
    ]
    if order.type != Order.Type.SALE or not sold:
        raise ValidationError(_("Nothing of this order is sold any more."))
    rate = rate_of(order.currency, today)
    offered = quotes([line.product for line in sold if line.product], customer=order.customer, day=today, rate=rate)
    lines = [
        OrderLine(
            product=line.product,
            description=line.description,
            quantity=line.quantity,
            list_price=offered[line.product_id or 0].list_price,
            unit_price=offered[line.product_id or 0].unit_price,
            discount=offered[line.product_id or 0].discount,
            price_rule=offered[line.product_id or 0].rule,
        )
        for line in sold
    ]
    draft = Order(
        customer=order.customer,
        status=Order.Status.DRAFT,
        staff=order.staff,
        unit=order.unit,
        region=order.region,
        channel=order.channel,
        country=order.country,
        currency=order.currency,
    )
    return save_order(draft, lines=lines, user=user)


def _note_confirmation(order: Order) -> None:
    """The moment a draft becomes an order; one that was never a draft has none."""
    if order.pk and order.status in Order.COUNTED and order.confirmed_at is None:
        was_draft = Order.objects.filter(pk=order.pk, status=Order.Status.DRAFT).exists()
        order.confirmed_at = timezone.now() if was_draft else None


def reckon(order: Order, lines: Iterable[OrderLine]) -> None:
    """Gross and net amount of an order from its lines, in the base currency."""
    rate = rate_of(order.currency, order.occurred_on)
    gross = net = Decimal(0)
    for line in lines:
        net += line.amount
        gross += line.amount if line.kind in OrderLine.GROSS_KINDS else 0
    order.gross_amount = (gross * rate).quantize(CENT, ROUND_HALF_UP)
    order.net_amount = (net * rate).quantize(CENT, ROUND_HALF_UP)


def returnable(order: Order, lines: Iterable[OrderLine] | None = None) -> dict[int, Decimal]:
    """What of each line of an order has not been taken back yet, by id of the line.

    lines: those of the order, where the caller has read them already
    """
    returned = {
        each["source_line"]: -each["quantity"]
        for each in OrderLine.objects.filter(
            order__return_of=order, order__deleted_at__isnull=True, source_line__isnull=False
        )
        .exclude(order__status=Order.Status.CANCELLED)
        .values("source_line")
        .annotate(quantity=Sum("quantity"))
        .order_by()
    }
    return {
        line.pk: line.quantity - returned.get(line.pk, Decimal(0))
        for line in (order.lines.all() if lines is None else lines)
        if line.quantity > 0
    }


def record_return(
    order: Order,
    *,
    quantities: Mapping[int, Decimal],
    user: User | None,
    occurred_at: datetime.datetime | None = None,
    note: str = "",
) -> Order:
    """Take back some of an order: a return with negative lines at the prices of the order.

    quantities: id of the order's line -> how much comes back. More than was sold and is still out is refused.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if order.type != Order.Type.SALE:
            raise ValidationError(_("Only an order can be returned, not a return or a correction."))
        left = returnable(order)
        wanted = {pk: quantity for pk, quantity in quantities.items() if quantity}
        if not wanted:
            raise ValidationError(_("Enter how many come back."))
        for pk, quantity in wanted.items():
            if pk not in left or quantity < 0 or quantity > left[pk]:
                raise ValidationError(_("No more can come back than was sold and is not returned yet."))
        sold = {line.pk: line for line in order.lines.select_related("product", "price_rule")}
        back = Order(
            customer=order.customer,
            type=Order.Type.RETURN,
            status=Order.Status.CONFIRMED,
            return_of=order,
            occurred_at=occurred_at or timezone.now(),
            unit=order.unit,
            staff=order.staff,
            region=order.region,
            channel=order.channel,
            country=order.country,
            currency=order.currency,
            note=note,
        )
        lines = [
            OrderLine(
                **{name: getattr(sold[pk], name) for name in OrderLine.COPIED if name != "quantity"},
                source_line=sold[pk],
                quantity=-quantity,
            )
            for pk, quantity in wanted.items()
        ]
        return save_order(back, lines=lines, user=user)
