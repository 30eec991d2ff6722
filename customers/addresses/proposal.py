"""What is proposed for an address while it is typed: errors in words, the standard form, the region of the company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm.accounts import settled
from crm.accounts.models import Region
from customers.addresses import checking
from customers.addresses.checking import FIELDS, Address
from customers.addresses.places import Place
from customers.addresses.regions import region_of
from customers.quality import checks

LONGEST = 255


@dataclass(frozen=True)
class Proposal:
    """errors in words; changes: field -> text as it would be written, `line` all of it in one; region: None to keep."""

    errors: list[Any] = field(default_factory=list)
    changes: dict[str, str] = field(default_factory=dict)
    line: str = ""
    region: Region | None = None

    @property
    def is_something(self) -> bool:
        return bool(self.errors or self.changes or self.region)

    @property
    def values(self) -> dict[str, Any]:
        """For the button that takes it over: text of a field; of a relation its id and its name."""
        region = {"region": [str(self.region.pk), str(self.region)]} if self.region else {}
        return {**self.changes, **region}


def propose(typed: Mapping[str, Any]) -> Proposal:
    """typed: the values of a form by field"""
    given = _typed(typed)
    if not given.address:
        return Proposal()
    found = checking.check(given)
    line = ""
    if found.standard:
        line = checking.line(given.as_dict() | found.standard, is_cjk=checking.is_cjk(given))
    region = known_region(found.place) if found.place else None
    if region is not None and str(typed.get("region") or "") == str(region.pk):
        region = None
    return Proposal([checks.words_of(code) for _field, code in found.problems], found.standard, line, region)


def known_region(place: Place) -> Region | None:
    """The region of the company's own tree that a place belongs to."""
    return region_of(place, settled.kept("regions", lambda: list(Region.objects.order_by("path", "id"))))


def place_of(values: Mapping[str, Any]) -> Place | None:
    """The smallest place that is known of an address or, where there is none, of its city or province."""
    given = _typed(values)
    return checking.check(given).place or checking.place_of_fields(given)


def standard_values(values: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an address that would be written otherwise."""
    return checking.check(_typed(values)).standard


def _typed(values: Mapping[str, Any]) -> Address:
    texts = {name: str(values.get(name) or "").replace("\0", "").strip()[:LONGEST] for name in (*FIELDS, "country")}
    return Address(**texts)
