"""Deals on the pages of customers and orders; pipeline, lines, project and tasks on the page of a deal."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Sum, Window
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.accounts.models import Company
from crm.records import panels, privacy
from crm.records.kinds import kinds
from crm.records.panels import Panel
from customers.models import Customer
from interactions.deals.boards import DEAL_BOARD
from interactions.deals.kinds import DEAL
from interactions.deals.milestones import MilestoneForm
from interactions.deals.models import Deal, stages
from interactions.orders.models import Order
from interactions.work.models import Task

SHOWN = 6
MOST_TASKS = 20


def deals_panel(request: HttpRequest, customer: Customer) -> Panel:
    """Open deals of a customer, the next to close on top, and what all of them are worth."""
    user: Any = request.user
    rows = list(
        Deal.objects.visible_to(user)
        .open()
        .filter(customer=customer)
        .select_related("stage")
        .annotate(count=Window(Count("pk")), weighted=Window(Sum("weighted_amount")))
        .order_by(F("expected_on").asc(nulls_last=True), "-pk")[:SHOWN]
    )
    may_read = privacy.may_read(DEAL, DEAL.attribute("weighted_amount"), user)
    context = {
        "deals": rows,
        "count": rows[0].count if rows else 0,
        "weighted": rows[0].weighted if rows else 0,
        "may_read": may_read,
        "currency": Company.objects.current().currency,
        "list_url": f"{DEAL.url('list')}?customer={customer.pk}",
        "create_url": f"{DEAL.url('create')}?customer={customer.pk}",
        "may_create": access.may_create(DEAL.key, user),
    }
    return Panel("deals", _("Deals"), "interactions/_deals_panel.html", context, place="side", rank=14)


def origin_panel(request: HttpRequest, order: Order) -> Panel | None:
    """The deal that an order was made of."""
    deal = Deal.objects.visible_to(request.user).filter(order=order).first()  # type: ignore[arg-type]
    if deal is None:
        return None
    return Panel("deal", _("Deal"), "interactions/_origin_panel.html", {"deal": deal}, place="side", rank=5)


def pipeline_panel(request: HttpRequest, deal: Deal) -> Panel:
    """Where a deal stands, where it may go, and how long it stood in each stage."""
    user: Any = request.user
    may_change = privacy.may_act(deal, user, "change") and privacy.may_write(DEAL, DEAL.attribute("stage"), user)
    stays: dict[int, int] = {}
    phases = list(deal.phases.select_related("stage", "user"))
    for each in phases:
        stays[each.stage_id] = stays.get(each.stage_id, 0) + each.days
    code = DEAL_BOARD.code_of(deal)
    context = {
        "deal": deal,
        "steps": [
            {
                "stage": each,
                "is_here": each.pk == deal.stage_id,
                "was_here": each.pk in stays,
                "days": stays.get(each.pk),
                "asks": DEAL_BOARD.form_for(code, str(each.pk)) is not None,
            }
            for each in stages()
        ],
        "phases": phases,
        "may_change": may_change,
        "may_order": may_change and _may_become_order(deal, user),
        "move_url": DEAL.url("board_move", deal.pk),
    }
    return Panel("pipeline", _("Pipeline"), "interactions/_pipeline_panel.html", context, place="portrait", rank=1)


def lines_panel(request: HttpRequest, deal: Deal) -> Panel | None:
    if not privacy.may_read(DEAL, DEAL.attribute("amount"), request.user):  # type: ignore[arg-type]
        return None
    base = Company.objects.current().currency
    context = {
        "deal": deal,
        "lines": list(deal.lines.select_related("product")),
        "currency": deal.currency or base,
        "base_currency": base,
    }
    return Panel("lines", _("Lines"), "interactions/_deal_lines_panel.html", context, rank=5)


def project_panel(request: HttpRequest, deal: Deal) -> Panel:
    may_change = privacy.may_act(deal, request.user, "change")  # type: ignore[arg-type]
    milestones = list(deal.milestones.all())
    context = {
        "deal": deal,
        "milestones": milestones,
        "missed": [each for each in milestones if each.is_missed and each.done_on is None],
        "form": MilestoneForm(auto_id="milestone_%s") if may_change else None,
    }
    return Panel("project", _("Project"), "interactions/_project_panel.html", context, place="side", rank=10)


def tasks_panel(request: HttpRequest, deal: Deal) -> Panel | None:
    user: Any = request.user
    if not access.may_view_any("task", user):
        return None
    about = {"about_type": ContentType.objects.get_for_model(Deal), "about_id": deal.pk}
    rows = Task.objects.visible_to(user).filter(**about).select_related("staff").order_by("-due_at", "-pk")
    context = {"tasks": list(rows[:MOST_TASKS]), "create_url": _new_task(deal, user)}
    return Panel("tasks", _("Tasks"), "interactions/_deal_tasks_panel.html", context, place="side", rank=20)


def _may_become_order(deal: Deal, user: Any) -> bool:
    has_order = deal.order is not None and not deal.order.is_deleted
    return deal.status == Deal.Status.WON and not has_order and access.may_create("order", user)


def _new_task(deal: Deal, user: Any) -> str:
    may = access.may_create("task", user)
    return f"{kinds['task'].url('create')}?customer={deal.customer_id}" if may else ""


panels.register_later(
    "customer",
    panels.Later(
        "deals", _("Deals"), deals_panel, place="side", rank=14, is_for=lambda user: access.may_view_any(DEAL.key, user)
    ),
)
panels.register("order", origin_panel)
for provider in (pipeline_panel, lines_panel, project_panel, tasks_panel):
    panels.register("deal", provider)
