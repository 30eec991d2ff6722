"""The boards of complaints and enquiries by status."""

from typing import Any

from django.db.models import F

from crm.accounts.models import User
from crm.records.board import Board, boards, check
from interactions.cases.models import Case, Complaint, Enquiry
from interactions.cases.services import close, reopen, save_case

Status = Case.Status
CLOSED_DAYS = 14
TRANSITIONS = {
    Status.OPEN: (Status.IN_WORK, Status.WAITING, Status.CLOSED),
    Status.IN_WORK: (Status.OPEN, Status.WAITING, Status.CLOSED),
    Status.WAITING: (Status.IN_WORK, Status.CLOSED),
    Status.CLOSED: (Status.OPEN,),
}
ASKS = {
    Status.CLOSED: "interactions.cases.desk_forms.CloseForm",
    (Status.CLOSED, Status.OPEN): "interactions.cases.desk_forms.ReopenForm",
}


def move_case(
    record: Complaint | Enquiry,
    *,
    target: str,
    user: User,
    answers: dict[str, Any],
    expected_version: int | None = None,
) -> Complaint | Enquiry:
    """Take a case to another status, with what was asked for it. Where it stands already nothing happens."""
    check(boards_of[record.Access.kind], record, target)
    if target == record.status:
        return record
    if target == Status.CLOSED:
        return close(record, user=user, expected_version=expected_version, **answers)
    if record.status == Status.CLOSED:
        return reopen(record, user=user, expected_version=expected_version, **answers)
    record.status = target
    return save_case(record, user=user, expected_version=expected_version)


def _board(kind: str, *fields: str) -> Board:
    return boards.register(
        Board(
            kind=kind,
            column="status",
            fields=("customer", *fields, "due_at", "staff"),
            transitions=TRANSITIONS,
            asks=ASKS,
            move=move_case,
            order_by=(F("due_at").asc(nulls_last=True), "-pk"),
            hides={Status.CLOSED: ("due_at",)},
            recent={Status.CLOSED: ("resolved_at", CLOSED_DAYS)},
            unit="receiving_unit",
            late="is_late",
        )
    )


COMPLAINT_BOARD = _board("complaint", "severity")
ENQUIRY_BOARD = _board("enquiry", "topic")
boards_of = {"complaint": COMPLAINT_BOARD, "enquiry": ENQUIRY_BOARD}
