"""Writing deals: the pipeline, its history, the next step as a task, and the order that a won deal becomes."""

import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts.models import Company, User
from crm.records import services
from interactions.deals.models import Deal, DealLine, DealPhase, DealStage, stages
from interactions.orders.models import CENT, Order, OrderLine
from interactions.orders.services import complete, rate_of, save_order
from interactions.work.models import Task
from interactions.work.services import create_task, finish_task

DUE_HOUR = 18  # a next step is due at the end of the working day


def save_deal(
    deal: Deal,
    *,
    user: User | None,
    lines: Iterable[DealLine] | None = None,
    removed: Iterable[DealLine] = (),
    expected_version: int | None = None,
) -> Deal:
    """Save a deal: status and probability follow its stage, amounts its lines, and the next step becomes a task.

    lines: all lines the deal has from now on, in their order; None leaves those it has.
    """
    with transaction.atomic():
        before = Deal.objects.filter(pk=deal.pk).first() if deal.pk else None
        deal.fill_from_customer()
        kept = None if lines is None else list(lines)
        if kept:
            complete(kept, rate=rate_of(deal.currency, deal.occurred_on))
            for line in kept:
                line.amount = line.reckoned_amount()
            deal.amount = sum((line.amount for line in kept), Decimal(0)).quantize(CENT, ROUND_HALF_UP)
        if deal.stage_id is None:
            deal.stage = first_stage()
        _follow_stage(deal, before)
        _reckon(deal)

        def write_parts() -> None:
            if kept is not None:
                DealLine.objects.filter(deal=deal, pk__in=[each.pk for each in removed if each.pk]).delete()
                for position, line in enumerate(kept, 1):
                    line.deal, line.position = deal, position
                    line.save()
            _note_phase(deal, before, user)

        deal = services.save(deal, user=user, expected_version=expected_version, related=write_parts)
        _follow_up(deal, before, user)
        return deal


def move(
    deal: Deal,
    *,
    stage: DealStage,
    user: User | None,
    expected_version: int | None = None,
    **values: object,
) -> Deal:
    """Take a deal to another stage; `values` are fields set on the way, such as the reason for losing it."""
    deal.stage = stage
    for name, value in values.items():
        setattr(deal, name, value)
    return save_deal(deal, user=user, expected_version=expected_version)


def make_order(deal: Deal, *, user: User | None) -> Order:
    """The order that a won deal becomes: a draft with its lines, made once.

    A deal without lines gives one line of its whole amount. An order in the recycle bin no longer counts.
    """
    with transaction.atomic():
        # its order is read by a question of its own: joined, it would be that of before the wait for the lock
        deal = Deal.objects.select_for_update(of=("self",)).get(pk=deal.pk)
        if deal.status != Deal.Status.WON:
            raise ValidationError(_("Only a won deal becomes an order."))
        if deal.order is not None and not deal.order.is_deleted:
            raise ValidationError(_("This deal has become order %(number)s already.") % {"number": deal.order.number})
        order = Order(
            customer=deal.customer,
            status=Order.Status.DRAFT,
            staff=deal.staff,
            unit=deal.unit,
            region=deal.region,
            channel=deal.channel,
            currency=deal.currency,
            note=_("From deal %(number)s: %(title)s") % {"number": deal.number, "title": deal.title},
        )
        order = save_order(order, lines=_lines_of_order(deal), user=user)
        deal.order = order
        services.save(deal, user=user)
        return order


def first_stage() -> DealStage:
    found = next((each for each in stages() if each.outcome == Deal.Status.OPEN), None)
    if found is None:
        raise ValidationError(_("There is no open stage. Ask an administrator to add one in the settings of deals."))
    return found


def _lines_of_order(deal: Deal) -> list[OrderLine]:
    lines = [
        OrderLine(**{name: getattr(line, name) for name in DealLine.COPIED})
        for line in deal.lines.select_related("product", "price_rule")
    ]
    return lines or [OrderLine(description=deal.title, quantity=Decimal(1), unit_price=deal.amount)]


def _follow_stage(deal: Deal, before: Deal | None) -> None:
    stage = deal.stage
    deal.status = stage.outcome
    if not deal.is_open:
        deal.probability = 100 if stage.is_won else 0
        deal.closed_on = deal.closed_on or Company.objects.current().today()
    else:
        deal.closed_on = None
        has_moved = before is None or before.stage_id != deal.stage_id
        is_untouched = before is not None and before.probability == deal.probability
        if deal.probability is None or (has_moved and is_untouched):
            deal.probability = stage.probability
    if not stage.is_lost:
        deal.lost_reason = None
    elif deal.lost_reason_id is None:
        raise ValidationError({"lost_reason": _("Say why the deal was lost.")})


def _reckon(deal: Deal) -> None:
    base = deal.amount * rate_of(deal.currency, deal.occurred_on)
    deal.base_amount = base.quantize(CENT, ROUND_HALF_UP)
    deal.weighted_amount = (base * deal.probability / 100).quantize(CENT, ROUND_HALF_UP)


def _note_phase(deal: Deal, before: Deal | None, user: User | None) -> None:
    if before is not None and before.stage_id == deal.stage_id:
        return
    now = deal.occurred_at if before is None and deal.occurred_at < timezone.now() else timezone.now()
    DealPhase.objects.filter(deal=deal, left_at__isnull=True).update(left_at=now)
    DealPhase.objects.create(deal=deal, stage=deal.stage, entered_at=now, base_amount=deal.base_amount, user=user)


def _follow_up(deal: Deal, before: Deal | None, user: User | None) -> None:
    """One open task for the next step; it moves with the step and ends with the deal."""
    about = {"about_type__app_label": "interactions", "about_type__model": "deal", "about_id": deal.pk}
    task = Task.objects.kept().open().filter(source=Task.Source.FOLLOW_UP, **about).first()
    is_wanted = deal.is_open and deal.next_step_on is not None
    if not is_wanted:
        if task is not None:
            finish_task(task, user=user, cancelled=True)
        return
    assert deal.next_step_on is not None
    due_at = datetime.datetime.combine(
        deal.next_step_on, datetime.time(DUE_HOUR), tzinfo=Company.objects.current().zone
    )
    title = (deal.next_step or deal.title)[:200]
    if task is not None:
        if (task.due_at, task.title) != (due_at, title):
            task.due_at, task.title = due_at, title
            services.save(task, user=user)
        return
    step = (deal.next_step, deal.next_step_on)
    if before is not None and (before.next_step, before.next_step_on) == step and before.is_open:
        return  # done already
    create_task(
        title=title,
        customer=deal.customer,
        user=user,
        staff=deal.staff or user,
        due_at=due_at,
        source=Task.Source.FOLLOW_UP,
        about=deal,
    )
