"""How likely two identities are one and the same customer, and why.

A number, address or e-mail that is the same speaks for it, the more the closer the names are; what contradicts (another
tax number, another birth date) speaks against it. A name alone tells of organisations, of persons only with more.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from customers.duplicates import normalising

LIKELY = 75  # from here on two customers are shown as a pair
SIMILAR_NAME = 0.88
SAME = 100
SAME_PERSON_NAME = 45  # tells nothing by itself; shown to who types it

# What each reason needs to be read, as privacy classes of the customer's attributes; names are public.
SENSITIVITY = {
    "phone": "contact",
    "email": "contact",
    "address": "contact",
    "birth_date": "personal",
    "tax": "identity",
}


@dataclass(frozen=True)
class Identity:
    """A customer as it is compared: normalised texts, empty where unknown."""

    is_organisation: bool
    name: str
    name_key: str
    phone: str = ""
    email: str = ""
    tax: str = ""
    address: str = ""
    city: str = ""
    birth_date: datetime.date | None = None

    def without(self, sensitivities: Collection[str]) -> "Identity":
        """Less what a reader who may not see these privacy classes may compare."""
        hidden = {name for name, sensitivity in SENSITIVITY.items() if sensitivity in sensitivities}
        return replace(self, **{name: None if name == "birth_date" else "" for name in hidden}) if hidden else self


@dataclass(frozen=True)
class Match:
    """score: 0 to 100; reasons: what is the same; used: privacy classes that the score was made from."""

    score: int
    reasons: tuple[str, ...]
    used: frozenset[str] = frozenset()


def identity(
    *,
    type: str = "",
    name: object = "",
    phone: object = "",
    email: object = "",
    tax_number: object = "",
    address: object = "",
    city: object = "",
    country: object = "",
    birth_date: object = None,
) -> Identity:
    is_organisation = type == "organisation"
    return Identity(
        is_organisation,
        normalising.name_text(name, is_organisation=is_organisation),
        normalising.name_key(name, is_organisation=is_organisation),
        normalising.phone_key(phone, country),
        normalising.email_key(email),
        normalising.tax_key(tax_number),
        normalising.address_key(address, city),
        normalising.NOT_LETTERS.sub("", normalising.folded(city)),
        birth_date if isinstance(birth_date, datetime.date) else None,
    )


def name_similarity(one: Identity, other: Identity) -> float:
    """0 to 1. Order of words does not count, and a name that stands wholly in the other counts as close."""
    if not one.name or not other.name:
        return 0.0
    if one.name_key == other.name_key:
        return 1.0
    straight = fuzz.ratio(one.name, other.name)
    ordered = fuzz.ratio(one.name_key, other.name_key)
    best = max(straight, ordered)
    if min(len(one.name_key), len(other.name_key)) >= 4 and best < 90:
        best = max(best, 0.9 * fuzz.partial_ratio(one.name, other.name))
    return best / 100


def match(one: Identity, other: Identity) -> Match:
    same = [name for name in SENSITIVITY if getattr(one, name) and getattr(one, name) == getattr(other, name)]
    if not same and not (one.is_organisation and other.is_organisation):
        is_same_name = one.name != "" and one.name_key == other.name_key
        return Match(SAME_PERSON_NAME, ("name",)) if is_same_name else Match(0, ())
    alike = name_similarity(one, other)
    against = [
        name
        for name in ("tax", "birth_date")
        if getattr(one, name) and getattr(other, name) and getattr(one, name) != getattr(other, name)
    ]
    score = max([_by_name(one, other, alike), *(_by(name, alike) for name in same)])
    score += 0.06 * max(0, len(same) - 1)
    if {"phone", "email"} <= set(same):
        score = max(score, 0.8)
    score -= sum({"tax": 0.35, "birth_date": 0.3}[name] for name in against)
    if one.is_organisation != other.is_organisation:
        score -= 0.1
    reasons = [*same, *(["name"] if alike >= SIMILAR_NAME else [])]
    used = frozenset(SENSITIVITY[name] for name in (*same, *against))
    return Match(round(SAME * min(1.0, max(0.0, score))), tuple(reasons), used)


def _by(name: str, alike: float) -> float:
    match name:
        case "tax":
            return 0.9 + 0.1 * alike
        case "phone" | "email":
            return 0.6 + 0.36 * alike if alike >= 0.5 else 0.55 + 0.2 * alike  # families and offices share them
        case "birth_date" | "address":
            return 0.9 * alike if alike >= SIMILAR_NAME else 0.0
    return 0.0


def _by_name(one: Identity, other: Identity, alike: float) -> float:
    """Organisations of nearly one name are likely one, unless they are in different towns; persons share names."""
    if alike < SIMILAR_NAME or not (one.is_organisation and other.is_organisation):
        return 0.45 * alike
    if one.city and other.city and one.city != other.city:
        return 0.6 * alike
    return 0.86 * alike
