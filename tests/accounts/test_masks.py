import datetime
from decimal import Decimal

import pytest
from phonenumber_field.phonenumber import PhoneNumber

from crm.accounts.masks import HIDDEN, masked

CASES = [
    ("13812345678", "138****5678"),
    ("+8613812345678", "138****5678"),
    ("+86 138 1234 5678", "138****5678"),
    ("138-1234-5678", "138****5678"),
    ("+44 20 7946 0958", "20****58"),  # ten digits: three and four would leave three
    ("87654321", "87****21"),
    ("110", HIDDEN),
    ("li.wei@example.com", "l***@example.com"),
    ("ab@example.com", "***@example.com"),
    ("a@example.com", "***@example.com"),
    ("odd@name@example.com", "o***@example.com"),
    ("110101198805121234", "11****34"),
    ("11010119880512123X", "11****3X"),
    ("1988-05-12", "19****12"),
    ("北京市海淀区中关村大街1号", "北京****1号"),
    ("teacher", HIDDEN),
    ("低", HIDDEN),
    (datetime.date(1988, 5, 12), HIDDEN),
    (Decimal("12.50"), HIDDEN),
    (0, HIDDEN),
    (False, HIDDEN),
    ("", ""),
    ("   ", ""),
    (None, ""),
]


@pytest.mark.parametrize(("value", "shown"), CASES)
def test_the_middle_is_hidden(value, shown):
    assert masked(value) == shown


def test_a_telephone_number_object_is_masked_like_its_text():
    assert masked(PhoneNumber.from_string("+8613812345678")) == "138****5678"
    assert masked(PhoneNumber.from_string("+442079460958")) == "20****58"


def test_no_more_than_two_thirds_of_a_number_is_shown():
    for length in range(1, 25):
        text = "1234567890123456789012345"[:length]
        shown = [letter for letter in masked(text) if letter.isdigit()]
        assert len(shown) <= max(0, length * 2 / 3), text
