"""Two customers into one, and back.

Both rows are locked in the order of their ids, so two merges at once wait for each other and nothing is moved twice.
What a merge changed is written down with it; it is taken back as long as nothing it left behind was changed since.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.models import User
from crm.records import privacy, search, services
from crm.records.kinds import kinds
from crm.records.models import Record
from customers.duplicates import relations
from customers.duplicates.models import CustomerMerge, DuplicatePair
from customers.duplicates.relations import Relation
from customers.models import Customer
from customers.privacy import consents

CHUNK = 2_000
NEVER_CHOSEN = {  # of the record itself, or settled by the merge
    "id", "number", "created_at", "created_by", "modified_at", "version", "deleted_at", "deleted_by", "batch",
    "merged_into", "custom", "consents", "problems", "erased_at",
}  # fmt: skip
LONGEST_WAY = 50  # steps from a customer to what it is part of by now


class MergeRefused(Exception):
    """Cannot be merged, or not be taken back; the message says why."""


def fields() -> list[str]:
    """The fields of a customer of which a merge keeps one value."""
    return [each.name for each in Customer._meta.concrete_fields if each.name not in NEVER_CHOSEN]


def proposed(survivor: Customer, duplicate: Customer) -> dict[str, Customer]:
    """Whose value to keep, by field: the survivor's, or the duplicate's where the survivor has none."""
    found = {}
    for name in fields():
        mine, theirs = getattr(survivor, name), getattr(duplicate, name)
        found[name] = duplicate if _is_empty(mine) and not _is_empty(theirs) else survivor
    since = [each for each in (survivor, duplicate) if each.became_customer_on]
    if len(since) == 2:
        found["became_customer_on"] = min(since, key=lambda each: each.became_customer_on)
    return found


def choosable(user: User | None) -> list[str]:
    """Fields whose value this user may choose; of the others the proposed one is taken."""
    kind = kinds["customer"]
    by_source = {each.source: each for each in kind.attributes}
    return [name for name in fields() if name in by_source and privacy.may_write(kind, by_source[name], user)]


def merge(
    *,
    survivor: Customer,
    duplicate: Customer,
    user: User | None,
    take: Iterable[str] = (),
    keep: Iterable[str] = (),
    versions: Mapping[int, int] | None = None,
) -> CustomerMerge:
    """Make `duplicate` part of `survivor`.

    take, keep: fields whose value is the duplicate's, the survivor's; the others as `proposed`
    versions: of both customers as the user saw them, by id; MergeRefused when one was changed since
    """
    if survivor.pk == duplicate.pk:
        raise MergeRefused(_("A customer cannot be merged with itself."))
    with transaction.atomic():
        survivor, duplicate = _locked(survivor.pk, duplicate.pk)
        for each in (survivor, duplicate):
            if each.is_deleted:
                raise MergeRefused(_("%(customer)s was deleted or merged meanwhile.") % {"customer": each})
            if versions and versions.get(each.pk, each.version) != each.version:
                raise MergeRefused(_("%(customer)s was changed meanwhile. Look at it once more.") % {"customer": each})
        if survivor.is_erased or duplicate.is_erased:
            raise MergeRefused(
                _("The personal data of one of the two was erased: nobody can tell whether they are one.")
            )
        changed = _choose(survivor, duplicate, set(take), set(keep))
        moved = [_moved(relation, duplicate, survivor, user) for relation in relations.all_relations()]
        moved += _moved_custom(duplicate.pk, survivor.pk, user)
        duplicate.merged_into, duplicate.deleted_at, duplicate.deleted_by = survivor, timezone.now(), user
        survivor.consents = consents.holding(survivor.pk)
        _save(survivor, duplicate, user)
        search.remove(kinds["customer"], [duplicate.pk])
        _decide_pairs(survivor, duplicate, user)
        return CustomerMerge.objects.create(
            survivor=survivor,
            duplicate=duplicate,
            merged_by=user,
            fields=changed,
            moved=[each for each in moved if each["ids"] or each["settled"]],
        )


def undo(merge: CustomerMerge, *, user: User | None) -> Customer:
    """Take a merge back: the duplicate as it was, with what came from it. What was added since stays."""
    with transaction.atomic():
        survivor, duplicate = _locked(merge.survivor_id, merge.duplicate_id)
        merge = CustomerMerge.objects.select_for_update().get(pk=merge.pk)
        against = _contradictions(merge, survivor, duplicate)
        if against:
            raise MergeRefused(" ".join(against))
        for entry in merge.moved:
            _moved_back(entry, duplicate, survivor, user)
        for name, (before, _after) in merge.fields.items():
            field = Customer._meta.get_field(name)
            setattr(survivor, field.attname, _value(field, before))  # type: ignore[union-attr]
        duplicate.merged_into = duplicate.deleted_at = duplicate.deleted_by = None
        survivor.consents = consents.holding(survivor.pk)
        _save(survivor, duplicate, user)
        search.index("customer", [duplicate])
        merge.undone_at, merge.undone_by = timezone.now(), user
        merge.save(update_fields=["undone_at", "undone_by"])
        pair = DuplicatePair.objects.between(survivor.pk, duplicate.pk).filter(status=DuplicatePair.Status.MERGED)
        pair.update(status=DuplicatePair.Status.OPEN, decided_at=None, decided_by=None)
    return duplicate


def why_not_undone(merge: CustomerMerge) -> list[str]:
    """What speaks against taking a merge back, in words; empty when nothing does."""
    return _contradictions(merge, merge.survivor, merge.duplicate)


def survivor_of(known_as: str, user: User | None) -> Customer | None:
    """What a merged customer, by id or number, is part of by now, if this user may see it."""
    rows = Customer.objects.filter(merged_into__isnull=False)
    is_id = known_as.isascii() and known_as.isdigit() and len(known_as) < 19
    found = rows.filter(pk=int(known_as)).first() if is_id else rows.filter(number=known_as[:40]).first()
    for _step in range(LONGEST_WAY):
        if found is None or found.merged_into_id is None:
            break
        found = found.merged_into
    if found is None or not Customer.objects.visible_to(user).filter(pk=found.pk).exists():
        return None
    return found


def gather(user: User | None = None) -> int:
    """Move what was written to a merged customer by somebody who had read it before; how many rows."""
    count = 0
    merged = Customer.objects.filter(merged_into__isnull=False)
    for relation in relations.all_relations():
        if relation.rule.stays or not issubclass(relation.model, Record):
            continue
        stragglers = relation.model._base_manager.filter(
            **dict(relation.condition), **{f"{relation.column}__in": merged.values("pk")}
        )
        for customer_id in set(stragglers.order_by().values_list(relation.column, flat=True)):
            survivor = survivor_of(str(customer_id), None)
            if survivor is not None:
                with transaction.atomic():
                    entry = _moved(relation, Customer(pk=customer_id), survivor, user)
                count += len(entry["ids"])
    return count


def _save(survivor: Customer, duplicate: Customer, user: User | None) -> None:
    """Both, with who did it in their history also where no request says so."""
    survivor._history_user = duplicate._history_user = user  # type: ignore[attr-defined]
    services.save(survivor, user=user)
    duplicate.save(update_fields={"merged_into", "deleted_at", "deleted_by"})


def _locked(*ids: int) -> tuple[Customer, Customer]:
    rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = {each.pk: each for each in rows}
    return found[ids[0]], found[ids[1]]


# values ---------------------------------------------------------------------------------------------------------------


def _choose(survivor: Customer, duplicate: Customer, take: set[str], keep: set[str]) -> dict[str, list[Any]]:
    """Give the survivor the chosen values; {field: [before, after]} of those that changed."""
    chosen = proposed(survivor, duplicate)
    changed = {}
    for name in fields():
        source = duplicate if name in take else survivor if name in keep else chosen[name]
        field = Customer._meta.get_field(name)
        before, after = getattr(survivor, field.attname), getattr(source, field.attname)  # type: ignore[union-attr]
        if before != after:
            changed[name] = [_plain(before), _plain(after)]
            setattr(survivor, field.attname, after)  # type: ignore[union-attr]
    custom = {**duplicate.custom, **survivor.custom}
    if custom != survivor.custom:
        changed["custom"] = [survivor.custom, custom]
        survivor.custom = custom
    return changed


def _is_empty(value: Any) -> bool:
    return value is None or str(value) == ""


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    return str(value)


def _value(field: Any, plain: Any) -> Any:
    return plain if plain is None or isinstance(plain, dict) else field.to_python(plain)


# rows -----------------------------------------------------------------------------------------------------------------


def _moved(relation: Relation, duplicate: Customer, survivor: Customer, user: User | None) -> dict[str, Any]:
    """Move the rows of one relation; what was moved, and what was changed so that it could be."""
    entry: dict[str, Any] = {"relation": relation.name, "ids": [], "settled": []}
    if relation.rule.stays:
        return entry
    against = list(relation.contradicting(duplicate.pk, survivor.pk).order_by("pk").values_list("pk", flat=True))
    rows = relation.rows(duplicate.pk)
    if against and relation.rule.settle:
        settled = relation.rule.settle()
        kept = relation.model._base_manager.filter(pk__in=against)
        names = list(settled)
        before = [
            [pk, {name: _plain(value) for name, value in zip(names, values, strict=True)}]
            for pk, *values in kept.values_list("pk", *names)
        ]
        kept.update(**settled)
        entry["settled"] = before
    elif against:
        rows = rows.exclude(pk__in=against)
    entry["ids"] = list(rows.order_by("pk").values_list("pk", flat=True))
    _point(relation, entry["ids"], survivor.pk, user)
    return entry


def _moved_back(entry: Mapping[str, Any], duplicate: Customer, survivor: Customer, user: User | None) -> None:
    if entry["relation"].startswith("custom:"):
        _point_custom(entry, duplicate.pk, user)
        return
    relation = relations.find(entry["relation"])
    if relation is None:
        return  # a room that this installation no longer has
    _point(relation, entry["ids"], duplicate.pk, user)
    for pk, values in entry["settled"]:
        model_fields = {name: relation.model._meta.get_field(name) for name in values}
        old = {name: _value(model_fields[name], value) for name, value in values.items()}
        relation.model._base_manager.filter(pk=pk).update(**old)


def _point(relation: Relation, ids: list[int], customer_id: int, user: User | None) -> None:
    values: dict[str, Any] = {relation.column: customer_id}
    is_record = issubclass(relation.model, Record)
    if is_record:
        values |= {"version": F("version") + 1, "modified_at": timezone.now()}
    for start in range(0, len(ids), CHUNK):
        rows = relation.model._base_manager.filter(pk__in=ids[start : start + CHUNK])
        rows.update(**values)
        if is_record:
            _written(relation.model, list(rows), user)


def _written(model: Any, records: list[Any], user: User | None) -> None:
    """History and search of records that were moved past `services.save`."""
    if hasattr(model, "history"):
        model.history.bulk_history_create(records, update=True, batch_size=500, default_user=user)
    kind = kinds.of(model)
    if any(kind.attribute(key).source.startswith("customer") for key in kind.search):
        search.index(kind, [each for each in records if not each.is_deleted])


def _moved_custom(duplicate_id: int, survivor_id: int, user: User | None) -> list[dict[str, Any]]:
    """Custom fields that point at a customer."""
    moved = []
    for kind in kinds:
        for attribute in kind.attributes:
            if not getattr(attribute, "is_custom", False) or attribute.related != Customer.Access.kind:
                continue
            name = attribute.name  # type: ignore[attr-defined]
            rows = kind.model._base_manager.filter(**{f"custom__{name}": duplicate_id})
            entry = {
                "relation": f"custom:{kind.key}:{name}",
                "ids": list(rows.order_by("pk").values_list("pk", flat=True)),
                "settled": [],
            }
            _point_custom(entry, survivor_id, user)
            moved.append(entry)
    return moved


def _point_custom(entry: Mapping[str, Any], customer_id: int, user: User | None) -> None:
    _custom, key, name = entry["relation"].split(":")
    for record in kinds[key].model._base_manager.filter(pk__in=entry["ids"]):
        record.custom = {**record.custom, name: customer_id}  # type: ignore[attr-defined]
        record.save(update_fields={"custom"})


def _contradictions(merge: CustomerMerge, survivor: Customer, duplicate: Customer) -> list[str]:
    if merge.undone_at is not None or duplicate.merged_into_id != survivor.pk:
        return [_("This merge was taken back already.")]
    if survivor.is_erased:
        return [_("The personal data was erased since.")]
    if survivor.is_deleted:
        return [_("%(customer)s was deleted or merged since. Take that back first.") % {"customer": survivor}]
    against = []
    changed = [
        str(Customer._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name, (_before, after) in merge.fields.items()
        if _plain(getattr(survivor, Customer._meta.get_field(name).attname)) != after  # type: ignore[union-attr]
    ]
    if changed:
        against.append(_("Changed since: %(fields)s.") % {"fields": ", ".join(changed)})
    elsewhere = sum(_count_elsewhere(entry, survivor.pk) for entry in merge.moved)
    if elsewhere:
        text = ngettext(
            "%(count)s record that came with the merge belongs to another customer by now.",
            "%(count)s records that came with the merge belong to another customer by now.",
            elsewhere,
        )
        against.append(text % {"count": elsewhere})
    return against


def _count_elsewhere(entry: Mapping[str, Any], survivor_id: int) -> int:
    relation = relations.find(entry["relation"])
    if relation is None:
        return 0
    rows = (
        relation.model._base_manager.filter(pk__in=entry["ids"][start : start + CHUNK]).exclude(
            **{relation.column: survivor_id}
        )
        for start in range(0, len(entry["ids"]), CHUNK)
    )
    return sum(each.count() for each in rows)


def _decide_pairs(survivor: Customer, duplicate: Customer, user: User | None) -> None:
    """The pair is merged; of whom it was said that they are not the duplicate, they are not the survivor either."""
    now = timezone.now()
    Status = DuplicatePair.Status  # noqa: N806
    of_two = DuplicatePair.objects.between(survivor.pk, duplicate.pk)
    of_two.update(status=Status.MERGED, decided_at=now, decided_by=user)
    dismissed = DuplicatePair.objects.filter(Q(first=duplicate) | Q(second=duplicate), status=Status.DISMISSED)
    for pair in dismissed:
        other = pair.second_id if pair.first_id == duplicate.pk else pair.first_id
        first, second = sorted((other, survivor.pk))
        if first != second:
            values = {"score": pair.score, "reasons": pair.reasons, "used": pair.used, "status": Status.DISMISSED}
            DuplicatePair.objects.update_or_create(
                first_id=first, second_id=second, defaults={**values, "decided_at": now, "decided_by": user}
            )
