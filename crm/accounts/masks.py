"""How much of a sensitive value is shown: 138****5678."""

import re
from typing import Any

import phonenumbers

HIDDEN = "••••"
PHONE = re.compile(r"\+?[\d\s().\-/]+")


def masked(value: Any) -> str:
    """A value with its middle hidden; nothing stays nothing.

    E-mail keeps its domain, a telephone number of eleven digits or more three in front and four behind, a shorter one
    two and two, other texts two and two once they have more than eight letters. Dates, amounts, switches and short
    texts are hidden whole: a part of them would tell too much.
    """
    if value is None or value == "":
        return ""
    national = getattr(value, "national_number", None)
    if national:
        return _phone(str(national))
    if not isinstance(value, str):
        text = str(value)
        return HIDDEN if text else ""
    text = value.strip()
    if "@" in text:
        return _email(text)
    if PHONE.fullmatch(text) and not _is_date(text):
        digits = _national_digits(text)
        if 8 <= len(digits) <= 13:
            return _phone(digits)
    if len(text) > 8:
        return f"{text[:2]}****{text[-2:]}"
    return HIDDEN if text else ""


def _email(text: str) -> str:
    name, _at, domain = text.rpartition("@")
    return f"{name[:1] if len(name) > 2 else ''}***@{domain}"


def _phone(digits: str) -> str:
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    if len(digits) >= 8:
        return f"{digits[:2]}****{digits[-2:]}"
    return HIDDEN


def _national_digits(text: str) -> str:
    """The digits of a telephone number without the country code, where it has one."""
    if text.startswith("+"):
        try:
            return str(phonenumbers.parse(text).national_number)
        except phonenumbers.NumberParseException:
            pass
    return re.sub(r"\D", "", text)


def _is_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}([-/.])\d{1,2}\1\d{1,2}", text))
