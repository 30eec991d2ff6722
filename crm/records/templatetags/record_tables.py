"""What list and detail templates need of tables and values: heads and rows made once, badges for codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.text import capfirst
from django_tables2 import Table

from crm.records.attributes import Attribute, Type
from crm.records.templatetags.shell import status

register = template.Library()

# Codes shown as a badge; other choices read better as plain words.
BADGES = {
    "status",
    "priority",
    "severity",
    "outcome",
    "relation_class",
    "source",
    "attitude",
    "segment",
    "level",
    "kind",
}
NUMBERS = {Type.NUMBER, Type.MONEY, Type.RATIO}


@dataclass(frozen=True)
class Head:
    """A column's heading. `sort` is the order its link asks for, `aria` how it is sorted now."""

    name: str
    label: str
    css: str
    sort: str
    aria: str
    is_first: bool
    is_editable: bool = False


@dataclass(frozen=True)
class Row:
    record: Any
    url: str
    is_late: bool
    cells: list[tuple[Head, Any]]
    edit_url: str = ""  # where its values are changed one at a time, with the key of a column behind it


@register.simple_tag
def heads_of(table: Table) -> list[Head]:
    """One Head per column; made once, where the table's own attributes would be computed for every cell."""
    visible = [column for column in table.columns.iterall() if column.visible]
    names = [column.name for column in visible if column.name != "selection"]
    link = table.kind.link if hasattr(table, "kind") else ""
    first = link if link in names else next(iter(names), "")
    return [_head(table, column, is_first=column.name == first) for column in visible]


@register.simple_tag
def rows_of(table: Table, heads: list[Head]) -> Iterator[Row]:
    rows = list(table.paginated_rows)
    editing = getattr(table, "cells", None)
    changeable = editing.changeable([row.record for row in rows]) if editing else ()
    for row in rows:
        record = row.record
        cells = [(head, _shown(table, head, record, row.get_cell(head.name))) for head in heads]
        find_url = getattr(record, "get_absolute_url", None)
        edit_url = table.kind.url("update", record.pk) if changeable and record.pk in changeable else ""
        is_late = bool(getattr(record, "is_overdue", False))
        yield Row(record, find_url() if find_url else "", is_late, cells, edit_url)


@register.simple_tag
def shown_value(shown: Any, record: Any) -> Any:
    """A value of the detail page: codes as badges, everything else as it stands."""
    return _as_badge(shown.attribute, record, shown.text) if not shown.is_masked else shown.text


@register.simple_tag
def fact(sections: list, key: str) -> Any:
    """One value of the detail page by its key, masked as there; None where it is empty or hidden from the reader."""
    found = (shown for section in sections for shown in section.fields if shown.key == key)
    return next((shown for shown in found if shown.text), None)


@register.simple_tag
def page_numbers(page: Any) -> list[int | None]:
    """Numbers for the pager with None for the gaps: 1 … 4 5 6 … 40."""
    last, here = page.paginator.num_pages, page.number
    wanted = sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)})
    found: list[int | None] = []
    for number in wanted:
        if found and number - (found[-1] or 0) > 1:
            found.append(number - 1 if number - (found[-1] or 0) == 2 else None)
        found.append(number)
    return found


def _head(table: Table, column: Any, *, is_first: bool) -> Head:
    kind_of_value = getattr(column.column, "type", "")
    is_number = kind_of_value in NUMBERS
    styles = {
        "num": is_number,
        "cell-date": kind_of_value in {Type.DATE, Type.MOMENT},
        "cell-code": column.name in {"number", "phone"} or (kind_of_value == Type.RELATION and not is_first),
        "cell-first": is_first,
    }
    css = " ".join(name for name, applies in styles.items() if applies)
    editing = getattr(table, "cells", None)
    may_edit = bool(editing) and column.name in editing.keys
    if not column.orderable:
        return Head(column.name, capfirst(str(column.header)), css, "", "", is_first, may_edit)
    alias = table.order_by.get(column.name, None) if table.order_by else None
    aria = "" if alias is None else "descending" if str(alias).startswith("-") else "ascending"
    # Numbers and dates are asked for largest and newest first.
    goes_down_first = is_number or kind_of_value in {Type.DATE, Type.MOMENT}
    first, second = (f"-{column.name}", column.name) if goes_down_first else (column.name, f"-{column.name}")
    is_on_first = aria == ("descending" if goes_down_first else "ascending")
    sort = second if is_on_first else first
    return Head(column.name, capfirst(str(column.header)), css, sort, aria, is_first, may_edit)


def _shown(table: Table, head: Head, record: Any, cell: Any) -> Any:
    attribute = getattr(table.columns[head.name].column, "attribute", None)
    return _as_badge(attribute, record, cell) if attribute else cell


def _as_badge(attribute: Attribute, record: Any, text: Any) -> Any:
    if attribute.type != Type.CHOICE or attribute.key not in BADGES or not text or "<" in str(text):
        return capfirst(text) if attribute.type == Type.CHOICE and isinstance(text, str) else text
    return status(attribute.value_of(record) if attribute.source else text, text)
