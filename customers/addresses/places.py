"""The provinces of China with their prefectures and districts, as `china.txt` lists them.

A place is found by its full name (杭州市) or its short one (杭州), in either script, and by its English name.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self

from customers.duplicates.normalising import simplified

PROVINCE, CITY, DISTRICT = "province", "city", "district"
LEVELS = (PROVINCE, CITY, DISTRICT)
HANS, HANT, ENGLISH = 0, 1, 2
CHINA = Path(__file__).with_name("china.txt")
ETHNIC = (
    "朝鲜族|土家族|苗族|藏族|羌族|彝族|布依族|侗族|哈尼族|壮族|傣族|景颇族|白族|傈僳族|回族|蒙古族|蒙古|柯尔克孜|哈萨克"
)
LONG_ENDING = re.compile(
    rf"(?:(?:壮族|回族|维吾尔)?自治区|(?:{ETHNIC})+自治州|特别行政区|地区|林区|新区|回族区|区|省|市|县|盟)$"
)
ENGLISH_ENDING = re.compile(
    r"[ ,]+(?:province|municipality|city|district|county|prefecture|new area|s\.?a\.?r\.?)\.?$", re.IGNORECASE
)
# What companies call the parts of the country, folded: see `regions`.
AREAS = {
    "north": ("north", "north china", "northern china", "华北", "华北区", "华北地区", "北方", "北区"),
    "northeast": ("northeast", "north east", "northeast china", "东北", "东北区", "东北地区"),
    "east": ("east", "east china", "eastern china", "华东", "华东区", "华东地区", "东区"),
    "central": ("central", "central china", "华中", "华中区", "华中地区"),
    "south": ("south", "south china", "southern china", "华南", "华南区", "华南地区", "南区"),
    "southwest": ("southwest", "south west", "southwest china", "西南", "西南区", "西南地区"),
    "northwest": ("northwest", "north west", "northwest china", "西北", "西北区", "西北地区"),
    "west": ("west", "west china", "western china", "西部", "西区", "华西"),
}
WIDER = {"southwest": "west", "northwest": "west", "northeast": "north"}  # where a company has no such part


@dataclass(frozen=True, eq=False)
class Place:
    """names: Simplified, Traditional, English, other English ones. area, postcodes, country: those of the province."""

    level: str
    names: tuple[str, ...]
    parent: "Place | None" = field(default=None, repr=False)
    area: str = ""
    postcodes: tuple[str, ...] = ()
    country: str = "CN"

    def __str__(self) -> str:
        return self.names[ENGLISH]

    @property
    def short(self) -> str:
        return short_of(self.names[HANS])

    def within(self, level: str) -> Self | None:
        """Itself or the place of that level above it."""
        found: Place | None = self
        while found is not None and found.level != level:
            found = found.parent
        return found  # type: ignore[return-value]

    def above(self) -> Iterator["Place"]:
        """Itself, then what it lies in, up to the province."""
        found: Place | None = self
        while found is not None:
            yield found
            found = found.parent

    def spellings(self) -> set[str]:
        """Every way it is written, folded."""
        full = self.names[HANS]
        english = map(folded_english, self.names[ENGLISH:])
        return {each for each in (full, short_of(full), *english) if len(each) > 1}


@dataclass(frozen=True)
class Atlas:
    """The places of each level by folded name, full and short."""

    by_name: dict[str, dict[str, list[Place]]]

    def find(self, level: str, text: str, *, within: Place | None = None) -> list[Place]:
        """Places of a level by name in any language; `within` narrows them to what lies there."""
        found = self.by_name[level].get(folded(text), [])
        return [each for each in found if within is None or within in each.above()]


def folded(text: str) -> str:
    """Simplified characters as they are; English in small letters, without “City” or “District” behind it."""
    plain = simplified(text).strip()
    return folded_english(plain) if plain.isascii() or not _has_cjk(plain) else re.sub(r"\s", "", plain)


def folded_english(text: str) -> str:
    plain = ENGLISH_ENDING.sub("", text.strip()).casefold().replace("ü", "u").replace("’", "'").replace("'", "")
    return " ".join(plain.replace("-", " ").split())


def short_of(name: str) -> str:
    """杭州 of 杭州市; a name that would keep a single character stays whole."""
    short = LONG_ENDING.sub("", name)
    return short if len(short) > 1 else name


@cache
def atlas() -> Atlas:
    by_name: dict[str, dict[str, list[Place]]] = {level: {} for level in LEVELS}
    for place in _read(CHINA.read_text(encoding="utf-8").splitlines()):
        for name in place.spellings():
            by_name[place.level].setdefault(name, []).append(place)
    return Atlas(by_name)


def _read(lines: Iterable[str]) -> Iterator[Place]:
    above: list[Place] = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        names = line.strip().split("|")
        del above[depth:]
        if above:
            of = above[-1]
            place = Place(LEVELS[depth], tuple(names), of, of.area, of.postcodes, of.country)
        else:
            area, postcodes, country = names[3:]
            place = Place(PROVINCE, tuple(names[:3]), None, area, tuple(postcodes.split()), country)
        above.append(place)
        yield place


def _has_cjk(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)
