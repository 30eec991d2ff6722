"""Writing after-sales records: what is left out follows from the order and its line."""

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import Company, User
from crm.records import services
from interactions.aftersales.models import AfterSales
from interactions.orders.models import Order
from interactions.orders.services import record_return

LONGEST_TITLE = 200


def save_after_sales(record: AfterSales, *, user: User | None, expected_version: int | None = None) -> AfterSales:
    """Save an after-sales record; order and product follow the order's line, a done one has its day."""
    if record.order_line_id and record.order_line:
        record.order = record.order or record.order_line.order
        record.product = record.product or record.order_line.product
    record.fill_from_customer()
    if not record.title:
        record.title = _title(record)
    if record.done_on:
        record.status = AfterSales.Status.DONE
    elif record.status == AfterSales.Status.DONE:
        record.done_on = max(Company.objects.current().today(), record.occurred_on)
    return services.save(record, user=user, expected_version=expected_version)


def take_back(
    order: Order,
    *,
    quantities: Mapping[int, Decimal],
    user: User | None,
    occurred_at: datetime.datetime | None = None,
    note: str = "",
    cost: Decimal = Decimal(0),
) -> Order:
    """Record goods that come back: the return with its money, and the after-sales record with its reason and cost.

    quantities: id of the order's line -> how much comes back. A sale without a customer has no after-sales record.
    """
    with transaction.atomic():
        back = record_return(order, quantities=quantities, user=user, occurred_at=occurred_at, note=note)
        if back.customer_id is None:
            return back
        lines = list(back.lines.select_related("product", "source_line"))
        only = lines[0] if len(lines) == 1 else None
        record = AfterSales(
            type=AfterSales.Type.RETURN,
            status=AfterSales.Status.DONE,
            customer=back.customer,
            order=order,
            order_line=only.source_line if only else None,
            product=only.product if only else None,
            return_order=back,
            occurred_at=back.occurred_at,
            done_on=back.occurred_on,
            staff=back.staff,
            unit=back.unit,
            region=back.region,
            channel=back.channel,
            cost=cost,
            note=note,
        )
        save_after_sales(record, user=user)
        return back


def _title(record: AfterSales) -> str:
    about = record.product or (record.order.number if record.order else None)
    said = _("%(what)s: %(about)s") % {"what": record.get_type_display(), "about": about} if about else ""
    return (said or str(record.get_type_display()))[:LONGEST_TITLE]
