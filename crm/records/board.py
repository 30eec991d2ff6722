"""Boards: the records of a kind as cards in columns by one of its attributes, moved by hand, key or form.

A room declares a `Board`, registers it and adds `board_urls(board)` to its urls; the page, its filters, counts, the way
of a card and what is asked on the way come from here.

    BOARD = boards.register(
        Board(
            kind="complaint",
            column="status",
            fields=("customer", "severity", "due_at", "staff"),
            transitions={"open": ("in_work", "closed"), "in_work": ("open", "closed"), "closed": ("open",)},
            asks={"closed": "interactions.cases.forms.CloseForm", ("closed", "open"): "….ReopenForm"},
            move=move_case,
        )
    )
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import Unit, User
from crm.records import privacy, services, values
from crm.records.attributes import Attribute, Text, Type
from crm.records.kinds import Kind, kinds
from crm.records.templatetags.shell import tone_of
from crm.records.views import Listing, RecordView

SCRIPT = "X-Board"  # the header by which the script asks for JSON


@dataclass(frozen=True)
class Column:
    code: str
    label: Text
    tone: str = ""


@dataclass(frozen=True)
class Board:
    """How a kind becomes a board.

    column       key of the attribute whose value is the column; `columns` gives them where its choices do not
    fields       keys of the attributes shown on a card;  title  key of its heading, empty: the kind's link
    transitions  code -> codes a card may go to from there; empty: from everywhere to everywhere
    asks         target code, or (from, target) -> dotted path of a form asked on the way: Form(data, record=, user=)
    move         move(record, target=, user=, answers=, expected_version=) writes it; ValidationError refuses with words
    order_by     expressions that order a column, the first card on top
    hides        code -> keys of fields that say nothing in that column, such as the deadline of what is closed
    recent       code -> (field, days): a column that would grow for ever shows the last days only
    staff, unit  fields of the filters "mine", "unassigned" and "my department"; empty: no such filter
    measure      key of a number summed per column, such as the amount of deals
    late         property of the record that paints a card red
    limit        cards shown per column; the count beside the heading is of all
    """

    kind: str
    column: str
    fields: tuple[str, ...]
    move: Callable[..., Any]
    transitions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asks: Mapping[str | tuple[str, str], str] = field(default_factory=dict)
    columns: Callable[[], list[Column]] | None = None
    title: str = ""
    order_by: tuple[Any, ...] = ("-pk",)
    hides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recent: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    staff: str = "staff"
    unit: str = "unit"
    measure: str = ""
    late: str = "is_overdue"
    limit: int = 25

    @property
    def of(self) -> Kind:
        return kinds[self.kind]

    @property
    def attribute(self) -> Attribute:
        return self.of.attribute(self.column)

    def all_columns(self) -> list[Column]:
        if self.columns:
            return self.columns()
        return [Column(code, label, tone_of(code)) for code, label in self.attribute.choice_pairs()]

    @property
    def measure_label(self) -> Text:
        return self.of.attribute(self.measure).label if self.measure else ""

    def code_of(self, record: Any) -> str:
        """The column of a record: a choice's code, or the id of a related row."""
        value = getattr(record, f"{self.attribute.source}_id", None)
        return str(getattr(record, self.attribute.source) if value is None else value)

    def targets(self, code: str) -> list[Column]:
        """Where a card may go from a column, in the order of the columns."""
        columns = [each for each in self.all_columns() if each.code != code]
        if not self.transitions:
            return columns
        return [each for each in columns if each.code in self.transitions.get(code, ())]

    def form_for(self, source: str, target: str) -> type[forms.Form] | None:
        """What is asked on the way from one column to another."""
        dotted = self.asks.get((source, target)) or self.asks.get(target)
        return import_string(dotted) if dotted else None


class Boards:
    def __init__(self) -> None:
        self._boards: dict[str, Board] = {}

    def register(self, board: Board) -> Board:
        if board.kind in self._boards:
            raise ValueError(f"Kind {board.kind} has a board already.")
        self._boards[board.kind] = board
        return board

    def get(self, kind_key: str) -> Board | None:
        return self._boards.get(kind_key)

    def __iter__(self) -> Iterator[Board]:
        return iter(self._boards.values())


boards = Boards()


@dataclass(frozen=True)
class Fact:
    """One line of a card. `moment` is shown as how long ago, `code` as a badge, anything else as its text."""

    label: Text
    text: str
    moment: Any = None
    code: str = ""


@dataclass
class Card:
    record: Any
    title: str
    facts: list[Fact]
    is_late: bool
    may_move: bool
    targets: list[Column]
    before: Column | None
    after: Column | None
    asking: str
    move_url: str

    @property
    def codes(self) -> str:
        return " ".join(each.code for each in self.targets)


@dataclass
class Lane:
    """A column with its cards."""

    column: Column
    cards: list[Card]
    count: int
    total: Any
    days: int | None

    @property
    def hidden(self) -> int:
        return self.count - len(self.cards)


def board_urls(board: Board) -> list[URLPattern]:
    """The board and the way of a card: `<modelname>_board`, `<modelname>_board_move`."""
    kind = board.of
    shared = {"kind": kind, "board": board}
    return [
        path(f"{kind.path}/board/", BoardView.as_view(**shared), name=f"{kind.model_name}_board"),
        path(f"{kind.path}/<int:pk>/move/", MoveView.as_view(**shared), name=f"{kind.model_name}_board_move"),
    ]


class BoardView(RecordView):
    board: Board = None  # type: ignore[assignment]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not privacy.may_read(self.kind, self.board.attribute, self.user):
            raise Http404
        query = request.GET.copy()
        whose = (query.pop("whose", None) or [""])[-1]
        listing = Listing(self.kind, self.user, query, self.rows, request)
        rows = _whose(self.board, listing.filter.qs, whose, self.user)
        context = {
            "board": self.board,
            "lanes": _lanes(self.board, rows, self.user),
            "filter": listing.filter,
            "whose": whose,
            "choices": self._choices(whose),
            "board_url": self.kind.url("board"),
            "query": query.urlencode(),
            "errors": listing.errors,
        }
        return self.page("records/record_board.html", context, status=listing.status)

    def _choices(self, whose: str) -> list[dict[str, Any]]:
        known = [("", _("All"))]
        if self.board.staff:
            known.append(("mine", _("Mine")))
        if self.board.unit and self.user.unit_id:
            known.append(("unit", _("My department")))
        if self.board.staff:
            known.append(("unassigned", _("Unassigned")))
        return [{"code": code, "label": label, "is_current": code == whose} for code, label in known]


class MoveView(RecordView):
    """Take a card to another column; GET asks what the way needs, POST goes it."""

    board: Board = None  # type: ignore[assignment]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record, target, form_class = self._way(request.GET.get("to", ""))
        return self._shown(record, target, form_class(record=record, user=self.user) if form_class else None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record, target, form_class = self._way(request.POST.get("to", ""))
        form = form_class(self._answers(), record=record, user=self.user) if form_class else None
        if form is not None and not form.is_valid():
            if self._by_script:
                return JsonResponse({"ask": True}, status=422)
            return self._shown(record, target, form)
        try:
            self.board.move(
                record,
                target=target.code,
                user=self.user,
                answers=form.cleaned_data if form else {},
                expected_version=self._version(),
            )
        except ValidationError as error:
            return self._refused(record, target, form, " ".join(error.messages))
        except services.Conflict:
            text = _("Somebody else changed “%(record)s” meanwhile. Look at it and move it again.") % {"record": record}
            return self._refused(record, target, None, text, status=409)
        text = _("“%(record)s” is now: %(column)s.") % {"record": record, "column": target.label}
        if self._by_script:
            return JsonResponse({"text": text})
        messages.success(request, text)
        return self.back(self.kind.url("board"))

    @property
    def _by_script(self) -> bool:
        return SCRIPT in self.request.headers

    def _answers(self) -> Any:
        """A card that is only pushed on has answered nothing yet: the form comes up empty, without complaints."""
        return self.request.POST if "asked" in self.request.POST else None

    def _version(self) -> int | None:
        given = self.request.POST.get("version", "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None

    def _way(self, code: str) -> tuple[Any, Column, type[forms.Form] | None]:
        """The record, where it goes, and what is asked; 404 for a way that does not exist."""
        record = self.changeable()
        source = self.board.code_of(record)
        target = next((each for each in self.board.all_columns() if each.code == code), None)
        if target is None or not privacy.may_write(self.kind, self.board.attribute, self.user):
            raise Http404
        return record, target, self.board.form_for(source, code)

    def _refused(
        self, record: Any, target: Column, form: forms.Form | None, text: str, status: int = 422
    ) -> HttpResponse:
        if self._by_script:
            return JsonResponse({"error": text}, status=status)
        if form is not None:
            form.add_error(None, text)
            return self._shown(record, target, form)
        messages.error(self.request, text)
        return self.back(self.kind.url("board"))

    def _shown(self, record: Any, target: Column, form: forms.Form | None) -> HttpResponse:
        context = {
            "record": record,
            "target": target,
            "form": form,
            "next": self.next,
            "move_url": self.kind.url("board_move", record.pk),
            "board_url": self.kind.url("board"),
        }
        return self.page("records/board_move.html", context)


def check(board: Board, record: Any, target: str) -> None:
    """Raise ValidationError where a record may not go: it moved meanwhile, or there is no such way."""
    source = board.code_of(record)
    if target != source and target not in {each.code for each in board.targets(source)}:
        words = {each.code: str(each.label) for each in board.all_columns()}
        text = _("“%(record)s” cannot go from “%(from)s” to “%(to)s”.")
        raise ValidationError(text % {"record": record, "from": words.get(source, source), "to": words[target]})


def _whose(board: Board, rows: QuerySet, whose: str, user: User) -> QuerySet:
    if whose == "mine" and board.staff:
        return rows.filter(**{board.staff: user})
    if whose == "unassigned" and board.staff:
        return rows.filter(**{f"{board.staff}__isnull": True})
    if whose == "unit" and board.unit:
        return rows.filter(**{f"{board.unit}__in": Unit.objects.below(user.unit)})
    return rows


def _lanes(board: Board, rows: QuerySet, user: User) -> list[Lane]:
    """Three queries whatever there is: counts, the first cards of every column, which of them may be moved."""
    kind, source = board.of, board.attribute.source
    rows = kind.model._default_manager.filter(pk__in=rows.order_by().values("pk")).filter(_recent(board))
    measure = kind.attribute(board.measure).source if board.measure else ""
    if measure and not privacy.may_read(kind, kind.attribute(board.measure), user):
        measure = ""
    figures = {"count": Count("pk")} | ({"total": Sum(measure)} if measure else {})
    counted = {str(each[source]): each for each in rows.order_by().values(source).annotate(**figures)}
    place = Window(RowNumber(), partition_by=[F(source)], order_by=list(board.order_by))
    first = rows.annotate(place=place).filter(place__lte=board.limit)
    cards = list(first.select_related(*kind.select_related).order_by("place"))
    movable = _movable(board, cards, user)
    columns = board.all_columns()
    lanes = []
    for column in columns:
        found = counted.get(column.code, {})
        mine = [
            _card(board, each, columns, user, may_move=each.pk in movable)
            for each in cards
            if board.code_of(each) == column.code
        ]
        days = board.recent.get(column.code, ("", None))[1]
        lanes.append(Lane(column, mine, found.get("count", 0), found.get("total"), days))
    return lanes


def _fact(kind: Kind, attribute: Attribute, record: Any, user: User) -> Fact:
    shown = values.show(kind, attribute, record, user)
    raw = None if shown.is_masked else values.raw(attribute, record)
    if raw and attribute.type in {Type.MOMENT, Type.DATE}:
        return Fact(attribute.label, shown.text, moment=raw)
    code = str(raw) if raw and attribute.type == Type.CHOICE else ""
    return Fact(attribute.label, shown.text, code=code)


def _recent(board: Board) -> Q:
    source = board.attribute.source
    shown = Q()
    for code, (name, days) in board.recent.items():
        since = timezone.now() - datetime.timedelta(days=days)
        shown &= ~Q(**{source: code}) | Q(**{f"{name}__gte": since})
    return shown


def _movable(board: Board, cards: list[Any], user: User) -> set[int]:
    kind = board.of
    if not privacy.may_write(kind, board.attribute, user) or access.scope(kind.key, user, "change").is_nothing:
        return set()
    own = kind.model._default_manager.changeable_by(user)  # type: ignore[attr-defined]
    return set(own.filter(pk__in=[each.pk for each in cards]).values_list("pk", flat=True))


def _card(board: Board, record: Any, columns: list[Column], user: User, *, may_move: bool) -> Card:
    kind = board.of
    code = board.code_of(record)
    targets = board.targets(code) if may_move else []
    places = [each.code for each in columns]
    here = places.index(code)
    left = [each for each in targets if places.index(each.code) < here]
    right = [each for each in targets if places.index(each.code) > here]
    attributes = (kind.attribute(key) for key in board.fields if key not in board.hides.get(code, ()))
    return Card(
        record=record,
        title=values.show(kind, kind.attribute(board.title or kind.link), record, user).text or str(record),
        facts=[_fact(kind, each, record, user) for each in attributes if privacy.may_see(kind, each, user)],
        is_late=bool(board.late and getattr(record, board.late, False)),
        may_move=may_move and bool(targets),
        targets=targets,
        before=left[-1] if left else None,
        after=right[0] if right else None,
        asking=" ".join(each.code for each in targets if board.form_for(code, each.code)),
        move_url=kind.url("board_move", record.pk),
    )


__all__ = ["Board", "Boards", "Column", "board_urls", "boards", "check"]
