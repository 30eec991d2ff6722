"""Taking an import out again, as long as nobody has worked with what it brought."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts import access
from crm.accounts.models import User
from crm.records import search, services
from crm.records.importing.models import ImportChange
from crm.records.kinds import Kind, kinds
from crm.records.models import Batch, Record

AT_ONCE = 500
SHOWN = 200
LOOKED_THROUGH = 2_000  # so many records are looked at before the question; more only when it is done

# How a change of a kind is taken back where its own values are not all that changed; by what `before` holds.
Taker = Callable[[Record, ImportChange], None]
_takers: dict[str, Taker] = {}


@dataclass
class Kept:
    """A record that an undo leaves, and why."""

    kind: str
    id: int
    text: str
    url: str
    reason: str


@dataclass
class Findings:
    """What an undo takes out, puts back and leaves."""

    created: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    kept_in_all: int = 0

    def keep(self, kind: Kind, record: Record, reason: str) -> None:
        self.kept_in_all += 1
        if len(self.kept) < SHOWN:
            self.kept.append(Kept(kind.key, record.pk, str(record), record.get_absolute_url(), reason))  # type: ignore[attr-defined]

    def hide_from(self, user: User | None) -> "Findings":
        """Records that this reader no longer sees are named by nothing but their kind."""
        for key in {each.kind for each in self.kept}:
            mine = [each for each in self.kept if each.kind == key]
            rows = kinds[key].model._default_manager.filter(pk__in=[each.id for each in mine])
            unseen = {each.id for each in mine} - set(
                rows.filter(access.rows(kinds[key].model, user)).values_list("pk", flat=True)
            )
            for each in mine:
                if each.id in unseen:
                    each.text, each.url = str(kinds[key].label), ""
        return self

    def as_dict(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "restored": self.restored,
            "kept": [vars(each) for each in self.kept],
            "kept_in_all": self.kept_in_all,
        }


def register_taker(key: str, taker: Taker) -> None:
    _takers[key] = taker


def findings(batch: Batch, progress: Callable[[int], None] = lambda done: None) -> Findings:
    """What an undo would do now. Nothing is written."""
    found = Findings()
    done = 0
    for kind in _in_order():
        for records in _chunks(kind, batch):
            reasons = _reasons(kind, records, batch)
            for record in records:
                if record.pk in reasons:
                    found.keep(kind, record, reasons[record.pk])
                else:
                    found.created[kind.path] = found.created.get(kind.path, 0) + 1
            done += len(records)
            progress(done)
    for change, kind, record in _changes(batch):
        reason = _why_not_back(change, record)
        if reason and record is not None:
            found.keep(kind, record, reason)
        elif not reason:
            found.restored[kind.path] = found.restored.get(kind.path, 0) + 1
    return found


def undo(
    batch: Batch,
    *,
    user: Any,
    progress: Callable[[int], None] = lambda done: None,
    note: Callable[[Findings], None] = lambda found: None,
) -> Findings:
    """Take out what can be taken out; safe to run again after it was interrupted.

    note: called in the transaction of each step with all that was done until then
    """
    found = Findings()
    done = 0
    for change, kind, record in list(_changes(batch)):
        reason = _why_not_back(change, record)
        if reason:
            if record is not None:
                found.keep(kind, record, reason)
            continue
        with transaction.atomic():
            _put_back(kind, record, change, user)
            change.delete()
            found.restored[kind.path] = found.restored.get(kind.path, 0) + 1
            note(found)
    for kind in _in_order():
        for records in _chunks(kind, batch):
            with transaction.atomic():
                taken = _take_out(kind, records, batch, found)
                if taken:
                    found.created[kind.path] = found.created.get(kind.path, 0) + taken
                note(found)
            done += len(records)
            progress(done)
    return found


def _in_order() -> list[Kind]:
    """Those that others point at last."""
    order: list[Kind] = []

    def visit(kind: Kind, above: tuple[str, ...] = ()) -> None:
        if kind in order or kind.key in above:
            return
        for each in kinds:
            if each is not kind and any(
                relation.remote_field and relation.related_model is kind.model
                for relation in each.model._meta.concrete_fields
                if relation.is_relation
            ):
                visit(each, (*above, kind.key))
        order.append(kind)

    for kind in kinds:
        visit(kind)
    return order


def _chunks(kind: Kind, batch: Batch) -> Iterator[list[Any]]:
    """Records that the batch has made, the newest first: parts below what they belong to."""
    last: int | None = None
    while True:
        rows = kind.model._default_manager.filter(batch=batch).order_by("-pk")
        records = list(rows[:AT_ONCE] if last is None else rows.filter(pk__lt=last)[:AT_ONCE])
        if not records:
            return
        last = records[-1].pk
        yield records


def _reasons(kind: Kind, records: list[Any], batch: Batch) -> dict[int, str]:
    """Why a record has to stay, by its id."""
    found = {}
    ids = [record.pk for record in records]
    used = _used(kind, ids, batch)
    for record in records:
        if record.is_deleted:
            found[record.pk] = _("It has been put into the recycle bin since.")
        elif record.version > 1:
            found[record.pk] = _("It has been changed since.")
        elif record.pk in used:
            label, count = used[record.pk]
            found[record.pk] = ngettext(
                "%(count)d record of another origin belongs to it: %(what)s.",
                "%(count)d records of another origin belong to it: %(what)s.",
                count,
            ) % {"count": count, "what": label}
    return found


def _used(kind: Kind, ids: list[int], batch: Batch) -> dict[int, tuple[str, int]]:
    """Records of other origin, or changed since, that point at these: id -> (what they are, how many)."""
    found: dict[int, tuple[str, int]] = {}
    for relation in kind.model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model: Any = relation.related_model
        holder, way = _record_behind(model, relation.field.name)
        if holder is None:
            continue
        rows = model._default_manager.filter(**{f"{relation.field.name}__in": ids})
        own = models.Q(**{f"{way}batch": batch, f"{way}version": 1})
        counted = rows.exclude(own).order_by().values(relation.field.attname).annotate(count=models.Count("pk"))
        for row in counted:
            found.setdefault(row[relation.field.attname], (str(holder._meta.verbose_name), row["count"]))
    return found


def _record_behind(model: Any, name: str) -> tuple[Any, str]:
    """The kind of record whose row this is, or a part of: a line belongs to its order. (None, "") for what is made
    from records: figures, index rows, history."""
    if issubclass(model, Record):
        return model, ""
    for each in model._meta.concrete_fields:
        target = each.related_model if each.is_relation else None
        if not (isinstance(target, type) and issubclass(target, Record)) or each.name == name:
            continue
        is_pair = target is model._meta.get_field(name).related_model  # two of one kind side by side
        if each.remote_field.on_delete is models.CASCADE and not is_pair:
            return target, f"{each.name}__"
    return None, ""


def _take_out(kind: Kind, records: list[Any], batch: Batch, found: Findings) -> int:
    reasons = _reasons(kind, records, batch)
    free = [record for record in records if record.pk not in reasons]
    for record in records:
        if record.pk in reasons:
            found.keep(kind, record, reasons[record.pk])
    if not free:
        return 0
    ids = [record.pk for record in free]
    try:
        with transaction.atomic():
            _purge(kind, ids)
        return len(ids)
    except ProtectedError:
        pass
    taken = 0
    for record in free:
        try:
            with transaction.atomic():
                _purge(kind, [record.pk])
            taken += 1
        except ProtectedError:
            found.keep(kind, record, _("Other records still belong to it."))
    return taken


def _purge(kind: Kind, ids: list[int]) -> None:
    search.remove(kind, ids)
    kind.model._default_manager.filter(pk__in=ids).delete()
    history = getattr(kind.model, "history", None)
    if history is not None:
        history.filter(id__in=ids).delete()


def _changes(batch: Batch) -> Iterator[tuple[ImportChange, Kind, Any]]:
    last = 0
    while True:
        rows = list(ImportChange.objects.filter(batch=batch, pk__gt=last).order_by("pk")[:AT_ONCE])
        if not rows:
            return
        last = rows[-1].pk
        held: dict[str, dict[int, Any]] = {}
        for key in {row.kind for row in rows}:
            ids = [row.object_id for row in rows if row.kind == key]
            held[key] = kinds[key].model._default_manager.in_bulk(ids)
        for row in rows:
            yield row, kinds[row.kind], held[row.kind].get(row.object_id)


def _why_not_back(change: ImportChange, record: Any) -> str:
    if record is None:
        return _("It no longer exists.")
    if record.is_deleted:
        return _("It has been put into the recycle bin since.")
    return _("It has been changed since.") if record.version != change.version else ""


def _put_back(kind: Kind, record: Any, change: ImportChange, user: Any) -> None:
    for key, taker in _takers.items():
        if key in change.before:
            taker(record, change)
            return
    several: dict[str, list[int]] = {}
    for name, value in change.before.items():
        model_field = record._meta.get_field(name)
        if model_field.many_to_many:
            several[name] = value
        else:
            setattr(record, model_field.attname, model_field.to_python(value) if value is not None else None)

    def related() -> None:
        for name, ids in several.items():
            getattr(record, name).set(ids)

    services.save(record, user=user, expected_version=change.version, related=related)
