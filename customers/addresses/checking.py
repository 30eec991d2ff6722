"""What is wrong with an address, and how it would be written.

    check(Address("杭州市西湖区文三路 1 号"))  ->  province 浙江省, city 杭州市, district 西湖区, address 文三路1号

An address is deliverable when nothing is wrong with it. Chinese ones are compared with the list of places; of others
only the shape of the postcode is looked at. The standard form is a proposal: it never contains what was not written or
does not follow from the list.
"""

from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from customers.addresses import chinese, postcodes
from customers.addresses.chinese import Parsed
from customers.addresses.places import CITY, DISTRICT, ENGLISH, HANS, HANT, PROVINCE, Place, atlas
from customers.duplicates.normalising import IS_CJK, simplified

CHINA = {"CN", "HK", "MO", "TW"}
NO_NUMBER, NO_STREET, NO_CITY = "no_number", "no_street", "no_city"
OTHER_CITY, OTHER_PROVINCE, OTHER_DISTRICT = "other_city", "other_province", "other_district"
NO_SHAPE, ELSEWHERE, MISSING = "no_shape", "elsewhere", "missing"
FIELDS = ("address", "district", "city", "province", "postcode")


@dataclass(frozen=True)
class Address:
    """The fields of an address as they were entered; country is an ISO code."""

    address: str = ""
    district: str = ""
    city: str = ""
    province: str = ""
    postcode: str = ""
    country: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Checked:
    """problems: (field, code). standard: the fields in their standard form, those that differ from what was entered."""

    parsed: Parsed = field(default_factory=Parsed)
    problems: tuple[tuple[str, str], ...] = ()
    standard: dict[str, str] = field(default_factory=dict)

    @property
    def is_deliverable(self) -> bool:
        return not self.problems

    @property
    def place(self) -> Place | None:
        return self.parsed.place


def address_of(record: Any) -> Address:
    """The address on a record or among cleaned values."""
    get = record.get if isinstance(record, dict) else lambda name: getattr(record, name, "")
    return Address(*(str(get(name) or "").strip() for name in FIELDS), country=str(get("country") or ""))


@lru_cache(maxsize=4096)
def check(given: Address) -> Checked:
    """Nothing is asked of an address that is not there."""
    if not given.address:
        return Checked(problems=tuple(_postcode_problems(given, None)) if given.postcode else ())
    return _check_chinese(given) if _is_chinese(given) else Checked(problems=tuple(_other_problems(given)))


def place_of_fields(given: Address) -> Place | None:
    """The place that the fields alone name, without an address."""
    province = _field_place(PROVINCE, given.province)
    city = _field_place(CITY, given.city, within=province)
    return (_field_place(DISTRICT, given.district, within=city) if city else None) or city or province


def line(parts: dict[str, str], *, is_cjk: bool) -> str:
    """An address in one line: the largest part first in Chinese, the smallest first in Latin letters."""
    city, province = parts.get("city", ""), parts.get("province", "")
    largest = [province if not city or province[:2] != city[:2] else "", city, parts.get("district", "")]
    whole = [*largest, parts.get("address", "")]
    if is_cjk:
        return f"{''.join(whole)} {parts.get('postcode', '')}".strip()
    return ", ".join(each for each in [*reversed(whole), parts.get("postcode", "")] if each)


def is_cjk(given: Address) -> bool:
    return bool(IS_CJK.search(given.address))


def _is_chinese(given: Address) -> bool:
    """Whether the list of places has anything to say: China by its country, or without one by what is written."""
    if given.country:
        return given.country in CHINA
    if is_cjk(given) or _field_place(CITY, given.city) or _field_place(PROVINCE, given.province):
        return True
    return not given.city and chinese.parse_latin(given.address).city is not None


def _check_chinese(given: Address) -> Checked:
    province = _field_place(PROVINCE, given.province)
    city = _field_place(CITY, given.city, within=province) or _field_place(CITY, given.city)
    parse = chinese.parse if is_cjk(given) else chinese.parse_latin
    found = parse(given.address, city=city, province=province)
    district = found.district or (_field_place(DISTRICT, given.district, within=found.city) if found.city else None)
    if not found.district and not found.district_text:
        found = _with(found, district=district)
    problems = [
        *_place_problems(given, found, city, province),
        *([] if found.street or found.rest or found.town else [("address", NO_STREET)]),
        *([] if found.number else [("address", NO_NUMBER)]),
        *_postcode_problems(given, found),
    ]
    standard = _standard(given, found) if found.city and not _contradicts(problems) else {}
    return Checked(found, tuple(problems), {key: text for key, text in standard.items() if text != getattr(given, key)})


def _place_problems(given: Address, found: Parsed, city: Place | None, province: Place | None) -> list[tuple[str, str]]:
    problems = []
    if found.city is None:
        problems.append(("address" if not given.city else "city", NO_CITY))
    elif city is not None and city is not found.city:
        problems.append(("city", OTHER_CITY))
    if province is not None and found.province is not None and province is not found.province:
        problems.append(("province", OTHER_PROVINCE))
    typed = _field_place(DISTRICT, given.district, within=found.city) if found.city else None
    if typed is not None and found.district is not None and typed is not found.district:
        problems.append(("district", OTHER_DISTRICT))
    return problems


def _contradicts(problems: list[tuple[str, str]]) -> bool:
    """Whether the line says another place than the fields beside it: then nobody can tell which of them is right."""
    return any(code in {OTHER_CITY, OTHER_PROVINCE, OTHER_DISTRICT} for _field, code in problems)


def _postcode_problems(given: Address, found: Parsed | None) -> list[tuple[str, str]]:
    country = given.country or (found.province.country if found and found.province else "")
    postcode = given.postcode or (found.postcode if found else "")
    if not postcode or country in postcodes.NONE:
        return []
    if not postcodes.fits(postcode, country):
        return [("postcode", NO_SHAPE)]
    known = found.province.postcodes if found and found.province else ()
    return [("postcode", ELSEWHERE)] if known and not postcode.startswith(known) else []


def _other_problems(given: Address) -> list[tuple[str, str]]:
    problems = [] if given.city else [("city", NO_CITY)]
    if not given.postcode and postcodes.is_expected(given.country):
        return [*problems, ("postcode", MISSING)]
    return [*problems, *_postcode_problems(given, None)]


def _standard(given: Address, found: Parsed) -> dict[str, str]:
    script = _script(given)
    if script == ENGLISH:
        address = " ".join(each for each in (found.number, found.street) if each)
    else:
        address = f"{found.town}{found.street}{found.number}{' ' if found.rest else ''}{found.rest}"
    district = _named(found.district, script, given.district) or found.district_text or given.district
    return {
        "address": address or given.address,
        "district": district,
        "city": _named(found.city, script, given.city) or given.city,
        "province": _named(found.province, script, given.province) or given.province,
        "postcode": given.postcode or found.postcode,
    }


def _named(place: Place | None, script: int, typed: str) -> str:
    """The name of a place; how somebody typed it where that is one of its names."""
    if place is None:
        return ""
    return typed if typed and _field_place(place.level, typed, within=place) is place else place.names[script]


def _script(given: Address) -> int:
    if not is_cjk(given):
        return ENGLISH
    written = given.address + given.city + given.district
    return HANT if simplified(written) != written or given.country in {"HK", "MO", "TW"} else HANS


def _field_place(level: str, text: str, *, within: Place | None = None) -> Place | None:
    found = atlas().find(level, text, within=within) if text else []
    return found[0] if len(found) == 1 else None


def _with(found: Parsed, **changes: Any) -> Parsed:
    from dataclasses import replace

    return replace(found, **changes)
