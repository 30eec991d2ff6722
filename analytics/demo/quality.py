"""How the demo company's customers can be reached, and the errors in their files that data quality is to find.

Drawn from a stream of its own, so that everything else stays as it was for the same seed.
"""

from typing import Any

from analytics.demo import names
from customers.addresses.places import CITY, HANS, atlas
from customers.quality.numbers import credit_check_sign

STREAM = 13
ROADS = ("人民路", "中山路", "解放路", "建设路", "文化路")
ENGLISH_ROADS = ("Riverside", "Garden", "Market", "Station", "Temple")
NO_BIRTH_DATE, WRONG_PHONE, NO_NUMBER, NO_POSTCODE, WRONG_TAX_NUMBER = 0.08, 0.02, 0.05, 0.35, 0.04
SAME_PHONE = 0.01  # has the phone of the customer before


def columns(writer: Any, digits: list[int], birth: Any) -> dict[str, Any]:
    """Phone, address, birth date and tax number of every customer.

    digits: eight of each customer;  birth: days of birth of all, also of firms
    """
    np, drawn, count = writer.np, writer.draft.customers, writer.plan.customers
    random = np.random.default_rng((writer.plan.seed, STREAM))
    faults = random.random((count, 6))
    firm, english = drawn["is_firm"], drawn["in_english"].tolist()
    missing = np.datetime64("NaT")
    places = [names.AREAS[area][4][city] for area, city in zip(drawn["area"], drawn["city"], strict=True)]
    phones = [f"+8613{800_000_000 + value:09d}" for value in digits]
    for row in range(count):
        if faults[row, 1] < WRONG_PHONE:
            phones[row] = phones[row][:-3]
        elif row and faults[row, 5] < SAME_PHONE:
            phones[row] = phones[row - 1]
    known = {place[1]: _place_of(place[1]) for place in places}
    return {
        "birth_date": np.where(firm | (faults[:, 0] < NO_BIRTH_DATE), missing, birth),
        "phone": phones,
        "address": [_address(digits[row], english[row], faults[row, 2] < NO_NUMBER) for row in range(count)],
        "city": [place[0 if english[row] else 1] for row, place in enumerate(places)],
        "province": [known[place[1]][0][2 if english[row] else HANS] for row, place in enumerate(places)],
        "postcode": [
            "" if faults[row, 3] < NO_POSTCODE else f"{known[place[1]][1]}{digits[row] % 10_000:04d}"
            for row, place in enumerate(places)
        ],
        "tax_number": [
            _tax_number(value, faults[row, 4] < WRONG_TAX_NUMBER) if is_firm else ""
            for row, (value, is_firm) in enumerate(zip(digits, firm.tolist(), strict=True))
        ],
    }


def _place_of(city: str) -> tuple[tuple[str, ...], str]:
    """Names of the province of a town and the first digits of its postcodes."""
    found = atlas().find(CITY, city)
    province = next((each for each in found[0].above() if each.parent is None), None) if found else None
    return (province.names, province.postcodes[0]) if province else (("", "", ""), "00")


def _address(digits: int, is_english: bool, has_no_number: bool) -> str:
    road, number = digits % 5, 1 + digits % 388
    if is_english:
        return f"{ENGLISH_ROADS[road]} Road" if has_no_number else f"{number} {ENGLISH_ROADS[road]} Road"
    return ROADS[road] if has_no_number else f"{ROADS[road]}{number}号"


def _tax_number(digits: int, is_wrong: bool) -> str:
    """A credit code with its check sign."""
    first = f"9131{digits:013d}"[:17]
    right = credit_check_sign(first)
    return first + (("1" if right != "1" else "2") if is_wrong else right)
