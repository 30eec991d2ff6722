"""The company's region that a place belongs to: the node of its own tree with the name of the district, the city, the
province, or the part of the country, the smallest of them that it has."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from customers.addresses.places import AREAS, WIDER, Place, folded


class Node(Protocol):
    name: str
    name_zh_hans: str
    name_zh_hant: str
    path: str


N = TypeVar("N", bound=Node)


def region_of(place: Place, regions: Iterable[N]) -> N | None:
    """None where the tree knows nothing of it, or two of its nodes have the name."""
    known = _by_name(regions)
    for each in place.above():
        found = _one(known, each.spellings())
        if found is not None:
            return found
    for area in (place.area, WIDER.get(place.area, "")):
        found = _one(known, set(AREAS.get(area, ())))
        if found is not None:
            return found
    return None


def _by_name(regions: Iterable[N]) -> dict[str, list[N]]:
    found: dict[str, list[N]] = {}
    for region in regions:
        for name in {folded(each) for each in (region.name, region.name_zh_hans, region.name_zh_hant) if each}:
            found.setdefault(name, []).append(region)
    return found


def _one(known: dict[str, list[N]], names: set[str]) -> N | None:
    """The node with one of the names; of several of one line the lowest."""
    nodes = {id(node): node for name in names for node in known.get(name, ())}
    if len(nodes) < 2:
        return next(iter(nodes.values()), None)
    lowest = max(nodes.values(), key=lambda node: len(node.path))
    is_one_line = all(lowest.path.startswith(node.path) for node in nodes.values())
    return lowest if is_one_line else None
