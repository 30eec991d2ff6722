"""The value of an attribute on a record as its reader may see it: text for pages, plain values for files and API."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from crm.accounts.masks import HIDDEN, masked
from crm.accounts.models import User
from crm.records import privacy
from crm.records.attributes import Attribute, Type
from crm.records.kinds import Kind


@dataclass(frozen=True)
class Shown:
    """One attribute of one record on a page."""

    attribute: Attribute
    text: str
    url: str = ""
    is_masked: bool = False
    reveal_url: str = ""

    @property
    def key(self) -> str:
        return self.attribute.key

    @property
    def label(self) -> Any:
        return self.attribute.label

    @property
    def value(self) -> str:
        return self.text

    @property
    def type(self) -> str:
        return str(self.attribute.type)


@dataclass(frozen=True)
class Section:
    title: Any
    fields: list[Shown]


def show(kind: Kind, attribute: Attribute, record: Any, user: User | None) -> Shown:
    """Localised text, masked where the reader has only the mask, with the address of a related record."""
    value = raw(attribute, record)
    if not privacy.may_read(kind, attribute, user):
        shown = mask(attribute, value)
        may_reveal = shown and privacy.may_reveal(kind, attribute, user)
        reveal_url = reverse("records:reveal", args=[kind.key, record.pk, attribute.key]) if may_reveal else ""
        return Shown(attribute, shown, is_masked=True, reveal_url=reveal_url)
    url = value.get_absolute_url() if isinstance(value, Model) and hasattr(value, "number") else ""
    return Shown(attribute, text(attribute, value), url)


def sections(kind: Kind, record: Any, user: User | None) -> list[Section]:
    """The detail page: what the kind declares as its summary, less what is hidden from this reader."""
    found = []
    for title, keys in kind.summary:
        attributes = (each for each in map(kind.attribute, keys) if each.is_for(record))
        shown = [show(kind, each, record, user) for each in attributes if privacy.may_see(kind, each, user)]
        if shown:
            found.append(Section(title, shown))
    return found


def raw(attribute: Attribute, record: Any) -> Any:
    """The value as the model has it; for several related rows a list."""
    value = attribute.value_of(record)
    return list(value.all()) if attribute.is_multiple and hasattr(value, "all") else value


def mask(attribute: Attribute, value: Any) -> str:
    """Texts show their ends; of a date, number or choice any part would tell too much."""
    if value in (None, "", []):
        return ""
    return masked(value) if attribute.type == Type.TEXT else HIDDEN


def text(attribute: Attribute, value: Any) -> str:
    """A raw value in words of the active language."""
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(text(attribute, each) for each in value)
    match attribute.type:
        case Type.CHOICE:
            return str(attribute.label_of(str(value)))
        case Type.BOOLEAN:
            return _("yes") if value else _("no")
        case Type.MONEY:
            return formats.number_format(_cents(value), use_l10n=True, force_grouping=True)
        case Type.RATIO:
            share = (Decimal(str(value)) * 100).quantize(Decimal("0.1"))
            return f"{formats.number_format(share, 1)} %"
        case Type.NUMBER:
            return formats.number_format(_without_zeros(value), use_l10n=True, force_grouping=True)
        case Type.DATE:
            return formats.date_format(value, "SHORT_DATE_FORMAT")
        case Type.MOMENT:
            return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    return str(value)


def plain(kind: Kind, attribute: Attribute, record: Any, user: User | None) -> Any:
    """For CSV and XLSX: numbers, dates and texts that a spreadsheet understands; masked where they must be."""
    value = raw(attribute, record)
    if not privacy.may_read(kind, attribute, user):
        return mask(attribute, value)
    if value is None:
        return ""
    match attribute.type:
        case Type.NUMBER | Type.MONEY | Type.RATIO | Type.DATE:
            return value
        case Type.MOMENT:
            return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return text(attribute, value)


def as_json(kind: Kind, attribute: Attribute, record: Any, user: User | None) -> Any:
    """For the API: codes, ids and ISO moments, the same in every language."""
    value = raw(attribute, record)
    if not privacy.may_read(kind, attribute, user):
        return mask(attribute, value)
    if isinstance(value, list):
        return [each.pk if isinstance(each, Model) else each for each in value]
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool | int | float | Decimal) or value is None:
        return value
    return str(value)


def _without_zeros(value: Any) -> Any:
    """12 pieces, not 12.000; 1.5 stays 1.5."""
    if not isinstance(value, Decimal):
        return value
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def _cents(value: Any) -> Any:
    """Two decimals, more only where the price has them (0.001)."""
    exact = Decimal(str(value))
    rounded = exact.quantize(Decimal("0.01"))
    return rounded if rounded == exact else exact.normalize()
