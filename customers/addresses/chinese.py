"""Chinese addresses taken apart: province, city, district, street, number, and what stands behind it.

Nothing is made up: a part that is not written, or that the list of places does not know, stays empty. Names without
their ending (杭州西湖文三路1号) are understood where no street can be meant: 上海南京路 lies in Shanghai.
"""

import re
from dataclasses import dataclass, replace

from customers.addresses.places import CITY, DISTRICT, ENGLISH_ENDING, PROVINCE, Place, atlas
from customers.duplicates.normalising import simplified

LONGEST_NAME = 12
DIGITS = "0-9〇零一二三四五六七八九十百"
ROADS = "大道|大街|胡同|路|街|巷|弄|道|里|条"
# A name without its ending may be the beginning of a street, a bridge or a house.
OTHER_GROUND = "桥|村|镇|乡|广场|花园|大厦|公园|医院|大学|小区"
NO_PLACE = re.compile(rf"[东南西北中上下内外]?[{DIGITS}]{{0,2}}(?:{ROADS}|{OTHER_GROUND})")
OTHER_DISTRICT = re.compile(r"([\u3400-\u9fff]{2,5}?(?:自治县|自治旗|区|县|市|旗))")
TOWN = re.compile(r"([\u3400-\u9fff]{2,6}?(?:街道|镇|乡))(?!路|街|道)")
NUMBERED = re.compile(rf"(?P<number>[{DIGITS}]+(?:[-之－—/][{DIGITS}]+)?(?:号|號)(?:之[{DIGITS}]+)?(?:院)?)")
BARE = re.compile(r"(?<=路|街|道|巷|弄)(?P<number>[0-9]+(?:-[0-9]+)?)(?![0-9]*(?:弄|巷|幢|栋|楼|层|室|米|公里))")
STREET = re.compile(rf".*?(?:{ROADS})(?:[{DIGITS}]+(?:弄|巷|段))*")
POSTCODE = re.compile(r"(?<![0-9])([0-9]{6})(?![0-9])")
COUNTRY = re.compile(r"^(?:中华人民共和国|中国)(?!路|街|大道)")
SEPARATORS = re.compile(r"[\s,，、。;；·]+")
OF_ITSELF = {"北京市", "天津市", "上海市", "重庆市", "香港特别行政区", "澳门特别行政区"}  # province and city in one
LATIN_POSTCODE = re.compile(r"\b([0-9]{6})\b")
LATIN_NUMBER = re.compile(
    r"^(?:no\.?\s*)?(?P<before>[0-9]+[a-z]?(?:-[0-9]+)?)\b[\s,]*|[\s,]*\bno\.?\s*(?P<behind>[0-9]+[a-z]?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Parsed:
    """Parts of an address as they were written; the places are those of the list."""

    province: Place | None = None
    city: Place | None = None
    district: Place | None = None
    district_text: str = ""  # as it was written, also where the list does not know it
    town: str = ""
    street: str = ""
    number: str = ""
    rest: str = ""
    postcode: str = ""

    @property
    def place(self) -> Place | None:
        """The smallest place that is known."""
        return self.district or self.city or self.province


def parse(text: str, *, city: Place | None = None, province: Place | None = None) -> Parsed:
    """An address in one line. `city` and `province` are those of the fields beside it, for what the line leaves out."""
    line = SEPARATORS.sub("", text)
    line = "".join(_half(letter) for letter in line)
    found = Parsed()
    postcode = POSTCODE.search(line) if not re.search(r"[0-9]{6}(?:号|室)", line) else None
    if postcode:
        found = replace(found, postcode=postcode.group(1))
        line = line[: postcode.start()] + line[postcode.end() :]
    line = line[len(match.group()) :] if (match := COUNTRY.match(simplified(line))) else line
    found, line = _places(found, line, city, province)
    if match := TOWN.match(simplified(line)):
        found, line = replace(found, town=line[: match.end()]), line[match.end() :]
    return _street(found, line)


def _places(found: Parsed, line: str, city: Place | None, province: Place | None) -> tuple[Parsed, str]:
    """The places at the beginning, each within the one before it."""
    plain = simplified(line)
    named, length = _first(PROVINCE, plain, None)
    if named is not None and _first(CITY, plain, None)[1] <= length:  # 海南藏族自治州 is not in 海南
        line, plain, province = line[length:], plain[length:], named
    known, length = _first(CITY, plain, province)
    if known is not None:
        line, plain = line[length:], plain[length:]
    elif province is not None and province.names[0] in OF_ITSELF:
        known = atlas().find(CITY, province.short, within=province)[0]
    elif city is not None and (province is None or province in city.above()):
        known = city
    district, length = _first(DISTRICT, plain, known or province)
    if district is None and (match := OTHER_DISTRICT.match(plain)) and (known or province or _is_district(match[1])):
        length = match.end()
    city = known or (district.within(CITY) if district else None)
    province = (city.within(PROVINCE) if city else None) or province
    return replace(found, province=province, city=city, district=district, district_text=line[:length]), line[length:]


def _is_district(name: str) -> bool:
    """Whether some city has a district of this name."""
    return any(each.names[0] == name for each in atlas().by_name[DISTRICT].get(name, ()))


def _first(level: str, plain: str, within: Place | None) -> tuple[Place | None, int]:
    """The one place of a level that the text begins with, and how long its name is."""
    names = atlas().by_name[level]
    for length in range(min(LONGEST_NAME, len(plain)), 1, -1):
        places = [each for each in names.get(plain[:length], ()) if within is None or within in each.above()]
        if not places:
            continue
        full = [each for each in places if each.names[0] == plain[:length]]
        rest = plain[length:]
        if not full and (NO_PLACE.match(rest) or rest[:1] in {"市", "区", "县", "省"}):
            continue
        chosen = full or places
        if len(chosen) == 1:
            return chosen[0], length
    return None, 0


def _street(found: Parsed, line: str) -> Parsed:
    """Street, number and the rest of what is left."""
    plain = simplified(line)
    match = NUMBERED.search(plain) or BARE.search(plain)
    if match is None:
        road = STREET.match(plain)
        end = road.end() if road else len(line)
        return replace(found, street=line[:end], rest=line[end:])
    number = line[match.start("number") : match.end("number")]
    rest = line[match.end() :]
    if number and number[-1].isdigit():
        number += "号" if plain == line else "號"
    return replace(found, street=line[: match.start()], number=number, rest=rest)


def parse_latin(text: str, *, city: Place | None = None, province: Place | None = None) -> Parsed:
    """The same for an address in Latin letters: the smallest part first, parts between commas."""
    found = Parsed()
    if match := LATIN_POSTCODE.search(text):
        found = replace(found, postcode=match.group(1))
        text = text[: match.start()] + text[match.end() :]
    parts = [each.strip() for each in text.split(",") if each.strip()]
    if parts and parts[-1].casefold() in {"china", "p.r. china", "pr china", "prc"}:
        parts.pop()
    levels = [PROVINCE, CITY, DISTRICT]
    place: Place | None = None
    district_text = ""
    while levels and (len(parts) > 1 or (parts and ENGLISH_ENDING.search(parts[-1]))):
        known = [(level, atlas().find(level, parts[-1], within=place)) for level in levels]
        level, places = next(((level, places) for level, places in known if len(places) == 1), ("", []))
        if not level:
            break
        place, district_text = places[0], parts[-1] if level == DISTRICT else ""
        levels = levels[levels.index(level) + 1 :]
        parts.pop()
    if place is None or city is not None and place in city.above():
        place = city or place or province
    if place is not None and place.names[0] in OF_ITSELF:
        place = atlas().find(CITY, place.short, within=place)[0]
    street = ", ".join(parts)
    match = LATIN_NUMBER.search(street)
    number = (match["before"] or match["behind"]) if match else ""
    street = (street[: match.start()] + street[match.end() :]).strip(" ,") if match else street
    return replace(
        found,
        province=place.within(PROVINCE) if place else None,
        city=place.within(CITY) if place else None,
        district=place.within(DISTRICT) if place else None,
        district_text=district_text,
        street=street,
        number=number,
    )


def _half(letter: str) -> str:
    """Digits, letters and signs of half width; nothing else changes."""
    code = ord(letter)
    return chr(code - 0xFEE0) if 0xFF01 <= code <= 0xFF5E else letter
