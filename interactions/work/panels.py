"""Open work on a customer's page."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.records import panels
from crm.records.panels import Panel
from customers.models import Customer
from interactions.work.kinds import TASK
from interactions.work.models import Task

SHOWN = 10


def work_panel(request: HttpRequest, customer: Customer) -> Panel | None:
    if not access.may_view_any(TASK.key, request.user):
        return None
    rows = Task.objects.visible_to(request.user).open().filter(customer=customer).select_related("staff")
    context = {
        "tasks": list(rows.order_by("due_at", "id")[:SHOWN]),
        "create_url": f"{TASK.url('create')}?customer={customer.pk}&next={customer.get_absolute_url()}",
        "may_create": access.may_create(TASK.key, request.user),
    }
    return Panel("work", _("Open work"), "interactions/_work_panel.html", context, place="side", rank=10)


panels.register("customer", work_panel)
