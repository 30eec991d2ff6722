"""What the pipeline page shows, counted from the deals of a reader as they are now."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from crm.accounts.models import Company
from interactions.deals.models import Deal, DealPhase, DealStage, Status, stages

GOES_ON = (Status.OPEN, Status.WON)


@dataclass(frozen=True)
class Pipeline:
    """Open deals: how many, their amount, their amount × probability, how many are past their date."""

    count: int
    amount: Decimal
    weighted: Decimal
    overdue: int


@dataclass(frozen=True)
class StageRow:
    """One stage: what stands in it now; of the deals that ever left it the share that went on, and the mean stay."""

    stage: DealStage
    count: int
    amount: Decimal
    weighted: Decimal
    entered: int
    went_on: Decimal | None
    days: Decimal | None


@dataclass(frozen=True)
class WinRow:
    code: str
    label: str
    won: int
    lost: int

    @property
    def rate(self) -> Decimal | None:
        """Won of those that ended; None before any did."""
        ended = self.won + self.lost
        return Decimal(self.won) / ended if ended else None


def pipeline(deals: QuerySet) -> Pipeline:
    today = Company.objects.current().today()
    found = deals.order_by().aggregate(
        count=Count("pk", filter=Q(status=Status.OPEN)),
        amount=Sum("base_amount", filter=Q(status=Status.OPEN)),
        weighted=Sum("weighted_amount", filter=Q(status=Status.OPEN)),
        overdue=Count("pk", filter=Q(status=Status.OPEN, expected_on__lt=today)),
    )
    return Pipeline(found["count"], found["amount"] or Decimal(0), found["weighted"] or Decimal(0), found["overdue"])


def by_stage(deals: QuerySet) -> list[StageRow]:
    """Every stage in its order. A deal went on from one when it ever stood further along and not in a lost one."""
    standing = {
        each["stage"]: each
        for each in deals.order_by()
        .values("stage")
        .annotate(count=Count("pk"), amount=Sum("base_amount"), weighted=Sum("weighted_amount"))
    }
    phases = DealPhase.objects.filter(deal__in=deals.order_by().values("pk"))
    stay = ExpressionWrapper(F("left_at") - F("entered_at"), output_field=DurationField())
    stays = {
        each["stage"]: each
        for each in phases.order_by().values("stage").annotate(entered=Count("deal", distinct=True), stay=Avg(stay))
    }
    further = Q(deal__phases__stage__rank__gt=F("stage__rank"), deal__phases__stage__outcome__in=GOES_ON)
    left = phases.filter(left_at__isnull=False).order_by().values("stage")
    moved = {
        each["stage"]: each
        for each in left.annotate(left=Count("deal", distinct=True), on=Count("deal", distinct=True, filter=further))
    }
    rows = []
    for stage in stages():
        now, ever, ways = standing.get(stage.pk, {}), stays.get(stage.pk, {}), moved.get(stage.pk, {})
        stay_of = ever.get("stay")
        rows.append(
            StageRow(
                stage,
                now.get("count", 0),
                now.get("amount") or Decimal(0),
                now.get("weighted") or Decimal(0),
                ever.get("entered", 0),
                Decimal(ways["on"]) / ways["left"] if ways.get("left") and stage.outcome == Status.OPEN else None,
                Decimal(stay_of.total_seconds()) / 86_400 if stay_of and stage.outcome == Status.OPEN else None,
            )
        )
    return rows


def win_rates(deals: QuerySet, field: str = "origin") -> list[WinRow]:
    """Won and lost deals by a choice field, those without it last."""
    counted: dict[str, Any] = {
        each[field]: each
        for each in deals.order_by()
        .values(field)
        .annotate(won=Count("pk", filter=Q(status=Status.WON)), lost=Count("pk", filter=Q(status=Status.LOST)))
    }
    labels = {**dict(Deal._meta.get_field(field).flatchoices), "": _("not given")}
    rows = [
        WinRow(code, str(labels[code]), counted[code]["won"], counted[code]["lost"])
        for code in labels
        if code in counted
    ]
    return [each for each in rows if each.won or each.lost]
