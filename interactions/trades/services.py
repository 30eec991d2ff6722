"""Loading a template and taking it back. Nothing that the company has or changed is touched."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from crm.accounts import settled
from crm.accounts.models import User
from crm.records.custom import registry
from interactions.trades.lists import BY_KEY, LISTS, List
from interactions.trades.models import TradeItem
from interactions.trades.templates import Template, in_own_language


class State(StrEnum):
    NEW = "new"  # loading adds it
    OWN = "own"  # the company has one of this code or name: it stays as it is
    LOADED = "loaded"  # the template put it there, and it can be taken back
    CHANGED = "changed"  # put there by the template, made the company's own since
    USED = "used"  # records name it
    GONE = "gone"  # put there once, and taken away by the company: loading does not bring it back


@dataclass(frozen=True)
class Item:
    list: List
    code: str
    content: Any
    state: State
    row: Any = None
    item: TradeItem | None = None

    @property
    def name(self) -> str:
        return in_own_language(self.list.names_of(self.content))


@dataclass(frozen=True)
class Plan:
    """What a template holds and what has become of it here."""

    template: Template
    items: list[Item]

    def of(self, *states: State) -> list[Item]:
        return [each for each in self.items if each.state in states]

    @property
    def new(self) -> list[Item]:
        return self.of(State.NEW)

    @property
    def removable(self) -> list[Item]:
        return self.of(State.LOADED)

    @property
    def is_loaded(self) -> bool:
        return any(each.item for each in self.items)

    @property
    def groups(self) -> list[tuple[List, list[Item]]]:
        found = [(each, [item for item in self.items if item.list is each]) for each in LISTS]
        return [(each, items) for each, items in found if items]


def plan(template: Template) -> Plan:
    """Look only. Rows are looked up one by one: a template has some thirty."""
    held = {(each.list, each.code): each for each in TradeItem.objects.filter(trade=template.slug)}
    return Plan(template, list(_items(template, held)))


def load(template: Template, *, user: User | None) -> int:
    """Add what is not there; how many rows. Doing it again adds nothing."""
    with transaction.atomic():
        found = plan(template).new
        for each in found:
            row = each.list.add(each.code, each.content)
            TradeItem.objects.create(
                trade=template.slug, list=each.list.key, code=each.code, object_id=row.pk, loaded_by=user
            )
        settled.changed()
    registry.load()
    return len(found)


def take_back(template: Template, *, user: User | None) -> int:
    """Remove what the template put there, what nobody uses or changed; how many rows."""
    with transaction.atomic():
        found = plan(template).removable
        for each in found:
            each.row.delete()
        TradeItem.objects.filter(pk__in=[each.item.pk for each in found if each.item]).delete()
        # What is gone already may come back with the next loading: the template as a whole was taken back.
        gone = [each.item.pk for each in plan(template).of(State.GONE) if each.item]
        TradeItem.objects.filter(pk__in=gone).delete()
        settled.changed()
    registry.load()
    return len(found)


def _items(template: Template, held: dict[tuple[str, str], TradeItem]) -> Iterator[Item]:
    for each in LISTS:
        for code, content in template.parts.get(each.key, {}).items():
            item = held.get((each.key, code))
            if item is not None:
                row = each.model._base_manager.filter(pk=item.object_id).first()
                yield Item(each, code, content, _state(each, row, content), row, item)
            else:
                row = each.find(code, content)
                yield Item(each, code, content, State.OWN if row else State.NEW, row)


def _state(of: List, row: Any, content: Any) -> State:
    if row is None:
        return State.GONE
    if of.is_used(row):
        return State.USED
    return State.CHANGED if of.is_changed(row, content) else State.LOADED


__all__ = ["BY_KEY", "Item", "Plan", "State", "load", "plan", "take_back"]
