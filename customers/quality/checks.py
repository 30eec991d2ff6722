"""What is wrong with the values of a customer: one code for a field, words for people.

    problems_of(customer) -> {"phone": "impossible", "address": "no_number"}

A field without a value is incomplete, not wrong. Only what can be told for sure is called wrong.
"""

import datetime
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber, to_python

from customers.addresses import checking
from customers.quality import numbers

Words = str | Promise
OLDEST = 120  # years
SOURCES = frozenset(
    {
        *("type", "phone", "email", "birth_date", "tax_number", "website", "became_customer_on", "lost_on"),
        *("address", "district", "city", "province", "postcode", "country"),
    }
)

PROBLEMS: dict[str, Words] = {
    "impossible": _("no number that can be dialled"),
    "no_shape": _("not written as it must be"),
    "future": _("lies in the future"),
    "too_old": _("older than 120 years"),
    "check_digit": _("the check digit is wrong"),
    checking.NO_NUMBER: _("no house number"),
    checking.NO_STREET: _("no street"),
    checking.NO_CITY: _("no known city"),
    checking.OTHER_CITY: _("another city than in the address"),
    checking.OTHER_PROVINCE: _("another province than in the address"),
    checking.OTHER_DISTRICT: _("another district than in the address"),
    checking.ELSEWHERE: _("not a postcode of this province"),
    checking.MISSING: _("no postcode"),
}


def problems_of(customer: Any) -> dict[str, str]:
    """Field -> code, of the first thing that is wrong with it."""
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        value = getattr(customer, name)
        code = check(value, customer) if value not in (None, "") else ""
        if code:
            found[name] = code
    for name, code in checking.check(checking.address_of(customer)).problems:
        # What an address lacks is wrong with the address, whichever field would have held it.
        found.setdefault("address" if code in {checking.NO_CITY, checking.MISSING} else name, code)
    return found


def words_of(code: str) -> Words:
    return PROBLEMS.get(code, code)


def _phone(value: Any, customer: Any) -> str:
    number = value if isinstance(value, PhoneNumber) else to_python(str(value), region=str(customer.country or "CN"))
    return "" if number and number.is_valid() else "impossible"


def _email(value: Any, customer: Any) -> str:
    try:
        validate_email(str(value))
    except ValidationError:
        return "no_shape"
    return ""


def _website(value: Any, customer: Any) -> str:
    try:
        URLValidator()(str(value))
    except ValidationError:
        return "no_shape"
    return ""


def _birth_date(value: Any, customer: Any) -> str:
    day = _day(value)
    if day is None:
        return ""
    today = datetime.datetime.now(tz=datetime.UTC).date()
    return "future" if day > today else "too_old" if today.year - day.year > OLDEST else ""


def _past(value: Any, customer: Any) -> str:
    day = _day(value)
    return "future" if day and day > datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(1) else ""


def _tax_number(value: Any, customer: Any) -> str:
    """Chinese numbers of 18 signs have a check sign; of others nothing is known."""
    text = re.sub(r"[\s-]", "", str(value))
    if len(text) != 18 or str(customer.country or "CN") != "CN":
        return ""
    check = numbers.is_credit_code if customer.type == "organisation" else numbers.is_identity_number
    return "" if check(text) else "check_digit"


def _day(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        return None


CHECKS = {
    "phone": _phone,
    "email": _email,
    "birth_date": _birth_date,
    "tax_number": _tax_number,
    "website": _website,
    "became_customer_on": _past,
    "lost_on": _past,
}
