"""What the contacts tell of objections, answers and observations."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from interactions.contacts.models import Interaction
from interactions.contacts.talk_models import Objection, ObjectionAnswer, Observation

OVERCOME = Q(objection_result=Interaction.ObjectionResult.OVERCOME)
TOLD = ~Q(objection_result="")


@dataclass(frozen=True)
class AnswerRow:
    """An answer: how often it was used, and in how many talks of known result it overcame it."""

    answer: ObjectionAnswer
    used: int
    told: int
    overcome: int

    @property
    def success(self) -> Decimal | None:
        return Decimal(self.overcome) / self.told if self.told else None


@dataclass(frozen=True)
class ObjectionRow:
    objection: Objection
    named: int
    overcome: int
    answers: list[AnswerRow] = field(default_factory=list)


def objections(contacts: QuerySet, only: int | None = None) -> list[ObjectionRow]:
    """Objections in use with their answers, what helped most often on top. `contacts`: those the reader may see."""
    chosen = {"pk": only} if only else {}
    rows = Objection.objects.filter(is_active=True, **chosen)
    answers = ObjectionAnswer.objects.filter(is_active=True, **({"objection": only} if only else {}))
    named = contacts.filter(objection=only) if only else contacts.filter(objection__isnull=False)
    counted = {
        each["objection"]: each
        for each in named.order_by()
        .values("objection")
        .annotate(named=Count("pk"), overcome=Count("pk", filter=OVERCOME))
    }
    used = {
        each["answer"]: each
        for each in named.filter(answer__isnull=False)
        .order_by()
        .values("answer")
        .annotate(used=Count("pk"), told=Count("pk", filter=TOLD), overcome=Count("pk", filter=OVERCOME))
    }
    by_objection: dict[int, list[AnswerRow]] = {}
    for each in answers:
        found = used.get(each.pk, {})
        row = AnswerRow(each, found.get("used", 0), found.get("told", 0), found.get("overcome", 0))
        by_objection.setdefault(each.objection_id, []).append(row)
    return [
        ObjectionRow(
            each,
            counted.get(each.pk, {}).get("named", 0),
            counted.get(each.pk, {}).get("overcome", 0),
            sorted(by_objection.get(each.pk, []), key=_most_helpful_first),
        )
        for each in rows
    ]


def observations(contacts: QuerySet) -> list[tuple[Observation, int]]:
    """How often each was ticked, the most frequent first."""
    counted = dict(
        contacts.filter(observations__isnull=False).order_by().values_list("observations").annotate(count=Count("pk"))
    )
    rows = [(each, counted[each.pk]) for each in Observation.objects.all() if each.pk in counted]
    return sorted(rows, key=lambda row: -row[1])


def _most_helpful_first(row: AnswerRow) -> tuple[Decimal, int, str]:
    return (-(row.success if row.success is not None else Decimal(-1)), -row.used, row.answer.code)
