"""The board of deals: one column per stage, with what the deals in it are worth by probability."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from django.db.models import F

from crm.accounts.models import User
from crm.records.board import Board, Column, boards, check
from interactions.deals.models import Deal, Status, stages
from interactions.deals.services import make_order
from interactions.deals.services import move as move_to

T = TypeVar("T")
CLOSED_DAYS = 30
FORMS = {Status.WON: "interactions.deals.forms.WonForm", Status.LOST: "interactions.deals.forms.LostForm"}
TONES = {Status.WON: "green", Status.LOST: "grey"}
OPEN_TONES = ("blue", "azure", "indigo", "purple", "teal")


class ByStage(Mapping[Any, T]):
    """What a board says of a column, looked up in the stages of the company whenever it is asked."""

    def __init__(self, read: Callable[[], dict[Any, T]]) -> None:
        self._read = read

    def __getitem__(self, code: Any) -> T:
        return self._read()[code]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


def columns() -> list[Column]:
    """Stages in their order; open ones are coloured in turn."""
    return [
        Column(str(each.pk), each.local_name, TONES.get(Status(each.outcome), OPEN_TONES[at % len(OPEN_TONES)]))
        for at, each in enumerate(stages())
    ]


def move_deal(
    record: Deal,
    *,
    target: str,
    user: User,
    answers: dict[str, Any],
    expected_version: int | None = None,
) -> Deal:
    """Take a deal to another stage, with what was asked for it. Where it stands already nothing happens."""
    check(DEAL_BOARD, record, target)
    stage = next(each for each in stages() if str(each.pk) == target)
    if stage.pk == record.stage_id:
        return record
    with_order = answers.pop("with_order", False)
    deal = move_to(record, stage=stage, user=user, expected_version=expected_version, **answers)
    if with_order:
        make_order(deal, user=user)
    return deal


DEAL_BOARD = boards.register(
    Board(
        kind="deal",
        column="stage",
        columns=columns,
        fields=("customer", "base_amount", "expected_on", "staff"),
        asks=ByStage(lambda: {str(each.pk): FORMS[Status(each.outcome)] for each in stages() if each.outcome in FORMS}),
        move=move_deal,
        order_by=(F("expected_on").asc(nulls_last=True), "-pk"),
        recent=ByStage(
            lambda: {str(each.pk): ("closed_on", CLOSED_DAYS) for each in stages() if each.outcome != Status.OPEN}
        ),
        measure="weighted_amount",
    )
)
