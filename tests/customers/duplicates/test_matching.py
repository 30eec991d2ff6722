"""Texts as they are compared, and how two identities are scored."""

import datetime

import pytest

from customers.duplicates import keys, normalising
from customers.duplicates.scoring import LIKELY, identity, match

BORN, PHONE = datetime.date(1990, 5, 2), "+8613800005678"


def org(name: str, **values: object):
    return identity(type="organisation", name=name, **values)


def person(name: str, **values: object):
    return identity(type="person", name=name, **values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("華信科技(上海)", "上海华信科技有限公司"),
        ("ＡＣＭＥ Ltd.", "Acme Limited"),
        ("Müller & Söhne GmbH", "Muller Sohne"),
        ("I.B.M. Corp", "IBM"),
        ("臺灣貿易股份有限公司", "台湾贸易"),
    ],
)
def test_organisations_that_differ_in_spelling_only_have_one_key(one, other):
    assert org(one).name_key == org(other).name_key != ""


def test_a_chinese_persons_name_keeps_its_order_and_its_script_does_not_count():
    assert person("王海").name_key != person("海王").name_key
    assert person("張偉").name_key == person("张伟").name_key == "张伟"
    assert person("Smith, John").name_key == person("john SMITH").name_key


def test_a_name_of_nothing_but_a_legal_form_keeps_it():
    assert org("有限公司").name_key != org("集团").name_key


@pytest.mark.parametrize(
    ("given", "country", "key"),
    [
        ("021-5555-0101", "CN", "+862155550101"),
        ("+86 21 5555 0101", "", "+862155550101"),
        ("+862155550101", "GB", "+862155550101"),
        ("12345 67", "", "1234567"),
        ("123", "", ""),
        ("", "CN", ""),
    ],
)
def test_phones_are_compared_in_international_form(given, country, key):
    assert normalising.phone_key(given, country) == key


def test_emails_tax_numbers_and_addresses_are_compared_without_their_dress():
    assert normalising.email_key(" Li.Na+shop@Example.CN ") == "li.na@example.cn"
    assert normalising.email_key("no address") == ""
    assert normalising.tax_key("9131-0000 ab") == "91310000ab"
    assert normalising.address_key("Main St. 5", "York") == "york|mainst5"
    assert normalising.address_key("Main Street", "York") == ""


def test_r005_phone_and_name_make_a_pair():
    one = org("華信科技(上海)", phone="021-5555-0101", country="CN")
    made = match(one, org("上海华信科技有限公司", phone="+862155550101"))
    assert (made.score, made.reasons, made.used) == (96, ("phone", "name"), frozenset({"contact"}))


@pytest.mark.parametrize(
    ("one", "other", "is_likely"),
    [
        (person("Li Na"), person("Li Na"), False),
        (person("Li Na", birth_date=BORN), person("Na Li", birth_date=BORN), True),
        (person("Li Na", email="a@b.cn"), person("Zhou Qiang", email="a@b.cn"), False),
        (person("Li Na", email="a@b.cn", phone=PHONE), person("Office", email="a@b.cn", phone=PHONE), True),
        (org("Acme", tax_number="91310000A"), org("Bolt", tax_number="91310000A"), True),
        (org("Acme Tools", tax_number="91310000A"), org("Acme Tools", tax_number="91310000B"), False),
        (org("Acme Tools", city="York"), org("Acme Tools", city="Leeds"), False),
        (org("Acme Tools", city="York"), org("Acme Tools Ltd"), True),
        (person("Li Na", address="Main St 5"), person("Lina Li", address="Main St. 5"), False),
    ],
)  # fmt: skip
def test_what_is_likely_one_customer(one, other, is_likely):
    assert (match(one, other).score >= LIKELY) is is_likely
    assert match(one, other) == match(other, one)


def test_what_may_not_be_read_is_not_compared():
    one = person("Li Na", phone="+8613800005678", tax_number="91310000A")
    bare = one.without({"contact", "identity"})
    assert (bare.phone, bare.tax, bare.name) == ("", "", one.name)
    assert [key[0] for key in keys.of(bare)] == ["m"]
    assert match(bare, bare).reasons == ("name",)
