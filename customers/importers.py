"""Countries and regions as files name them, and what else of customers an import needs."""

import gettext
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import django_countries
from django.utils.text import slugify
from django_countries import countries

from crm.accounts.models import Region
from crm.records.importing.general import CHOICE_READERS
from crm.records.importing.values import folded

# How trade files name countries beside their ISO names and codes.
OTHER_NAMES = {
    "eire": "IE",
    "republic of ireland": "IE",
    "rsa": "ZA",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "usa": "US",
    "us": "US",
    "u.s.a.": "US",
    "united states": "US",
    "america": "US",
    "czech republic": "CZ",
    "holland": "NL",
    "the netherlands": "NL",
    "korea": "KR",
    "south korea": "KR",
    "republic of korea": "KR",
    "russia": "RU",
    "russian federation": "RU",
    "vietnam": "VN",
    "uae": "AE",
    "macao": "MO",
    "macau": "MO",
    "prc": "CN",
    "p.r. china": "CN",
    "mainland china": "CN",
    "中国大陆": "CN",
    "中華人民共和國": "CN",
    "大陆": "CN",
    "大陸": "CN",
    "台湾": "TW",
    "台灣": "TW",
    "臺灣": "TW",
    "韩国": "KR",
    "韓國": "KR",
    "英国": "GB",
    "turkey": "TR",
    "ivory coast": "CI",
    "swaziland": "SZ",
    "macedonia": "MK",
    "burma": "MM",
}
LONGEST_CODE = 60


def country_code(text: str) -> str:
    """The ISO code of a country by code or name in any of the three languages; "" for what is no country.

    Some files have "Channel Islands", "European Community" or "Unspecified": they are regions, not countries.
    """
    return _codes().get(folded(text), "")


CHOICE_READERS["country"] = country_code


def country_names(code: str) -> tuple[str, str, str]:
    """English, Simplified and Traditional Chinese."""
    english = str(countries.name(code))
    return english, *(_catalogue(language).gettext(english) for language in ("zh_Hans", "zh_Hant"))  # type: ignore[return-value]


class Regions:
    """Regions for the countries and places of a file: found among those of the company, or made.

    A place is (country, region) as the file writes them; either may be empty. A region of a country hangs below it.
    """

    def __init__(self, *, dry_run: bool = False) -> None:
        self.dry_run = dry_run
        self.created = 0
        self._all = list(Region.objects.order_by("path", "id"))
        self._found: dict[tuple[str, str], Region | None] = {}

    def prepare(self, places: Iterable[tuple[str, str]]) -> None:
        for place in sorted(set(places)):
            self.of(place)

    def of(self, place: tuple[str, str]) -> Region | None:
        if place not in self._found:
            country, name = place
            above = self._country(country) if country else None
            self._found[place] = self._named(name, above) if name else above
        return self._found[place]

    def id_of(self, place: tuple[str, str]) -> int | None:
        region = self.of(place)
        return region.pk if region else None

    def _country(self, text: str) -> Region | None:
        code = country_code(text)
        if not code:
            return self._named(text, None)
        known = [region for region in self._all if region.country == code]
        if known:
            return min(known, key=lambda region: region.depth)
        english, hans, hant = country_names(code)
        return self._made(english, None, code=code.lower(), country=code, name_zh_hans=hans, name_zh_hant=hant)

    def _named(self, text: str, above: Region | None) -> Region | None:
        wanted = folded(text)
        for region in self._all:
            names = (region.code, region.name, region.name_zh_hans, region.name_zh_hant)
            below = above is None or (above.path and region.path.startswith(above.path) and region is not above)
            if below and wanted in {folded(name) for name in names if name}:
                return region
        return self._made(text.strip()[:120], above, country=above.country if above else "")

    def _made(self, name: str, above: Region | None, *, code: str = "", **values: str) -> Region | None:
        self.created += 1
        region = Region(name=name, parent=above, code=self._free_code(code or slugify(name), above), **values)
        if not self.dry_run:
            region.save()
        self._all.append(region)
        return region

    def _free_code(self, wanted: str, above: Region | None) -> str:
        taken = {region.code for region in self._all}
        base = (wanted or "region")[: LONGEST_CODE - 6]
        if above is not None and base in taken:
            base = f"{above.code}-{base}"[: LONGEST_CODE - 6]
        code, number = base, 1
        while code in taken:
            number += 1
            code = f"{base}-{number}"
        return code


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, name in countries:
        names = [code, countries.alpha3(code), str(name), *country_names(code)]
        found.update((folded(each), code) for each in names if each)
    found.update((folded(name), code) for name, code in OTHER_NAMES.items())
    return found


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """The names of countries come translated with their package, which is not an app of ours."""
    folder = Path(django_countries.__file__).parent / "locale"
    return gettext.translation("django", folder, [language], fallback=True)
