"""Stock on hand: what counts find, and what orders take out and bring back."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from crm.accounts.models import Company, User
from crm.records import services
from interactions.catalogue.models import Product
from interactions.orders.models import Order, OrderLine
from interactions.orders.stock_models import StockMovement

NOTHING = Decimal(0)


def stock_of(products: Iterable[int]) -> dict[int, Decimal]:
    """Stock on hand by id of the product; products of which none is kept are left out."""
    moved = StockMovement.objects.counted().filter(product__in=list(products)).order_by().values_list("product")
    return dict(moved.annotate(total=Sum("quantity")))


def count_stock(product: Product, *, counted: Decimal, user: User | None, note: str = "") -> StockMovement | None:
    """Enter what a count found: the movement that makes the stock so; None where it is so already."""
    with transaction.atomic():
        Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        difference = counted - stock_of([product.pk]).get(product.pk, NOTHING)
        if difference == 0:
            return None
        movement = StockMovement(
            product=product,
            occurred_on=Company.objects.current().today(),
            quantity=difference,
            reason=StockMovement.Reason.COUNTED,
            note=note,
        )
        return services.save(movement, user=user)


def follow_order(order: Order, lines: Iterable[OrderLine], *, user: User | None) -> None:
    """Move the stock to what an order has taken out or brought back by now.

    Goods leave with the delivery and are back with the return; whatever was moved for the order before and no longer
    holds is moved back. Products of which no stock is kept are left alone.
    """
    wanted = _moved_by(order, lines)
    before = (
        dict(
            StockMovement.objects.kept().filter(order=order).order_by().values_list("product").annotate(Sum("quantity"))
        )
        if order.pk
        else {}
    )
    kept_stock = set(stock_of(wanted)) | set(before)
    for product in sorted(kept_stock):
        difference = wanted.get(product, NOTHING) - before.get(product, NOTHING)
        if difference:
            movement = StockMovement(
                product_id=product,
                occurred_on=order.delivered_on or Company.objects.current().today(),
                quantity=difference,
                reason=StockMovement.Reason.RETURNED if difference > 0 else StockMovement.Reason.DELIVERED,
                order=order,
            )
            services.save(movement, user=user)


def _moved_by(order: Order, lines: Iterable[OrderLine]) -> dict[int, Decimal]:
    is_out = order.type == Order.Type.SALE and order.status == Order.Status.DELIVERED
    is_back = order.type == Order.Type.RETURN and order.status in Order.COUNTED
    moved: dict[int, Decimal] = {}
    for line in lines if is_out or is_back else ():
        if line.product_id and line.product and not line.product.is_fee:
            moved[line.product_id] = moved.get(line.product_id, NOTHING) - line.quantity
    return moved
