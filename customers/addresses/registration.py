"""What imports of customers may put in order."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.records.importing import tidying
from customers.addresses.checking import FIELDS
from customers.addresses.proposal import known_region, place_of, standard_values

ADDRESSES = "addresses"


def register() -> None:
    tidying.register("customer", ADDRESSES, _("write addresses in their standard form"), ["address"], tidy)


def tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of an address in their fields; the region of the town where the file says none."""
    found: dict[str, Any] = {**standard_values(values)}
    if not values.get("region") and (place := place_of(values)):
        region = known_region(place)
        found |= {"region": region.pk} if region else {}
    return {key: value for key, value in found.items() if key in {*FIELDS, "region"}}
