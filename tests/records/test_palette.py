"""What can be opened or begun by typing its name."""

import pytest
from django.utils import translation

from crm.accounts.models import Role
from crm.records import palette
from tests import factories

pytestmark = pytest.mark.django_db


def labels(text, user):
    return [str(action.label) for action in palette.find(text, user)]


def test_pages_new_records_and_reports_are_found_by_any_part_of_their_name():
    manager = factories.a_user(Role.MANAGER)
    assert labels("new compl", manager) == ["New complaint"]
    assert "Customers" in labels("cust", manager)
    assert any("cohort" in label.lower() for label in labels("cohort", manager))


def test_what_begins_with_the_text_comes_first():
    found = labels("contact", factories.a_user(Role.SALES_REP))
    assert found[0].lower().startswith("contact")


def test_chinese_labels_are_found_by_first_letters_of_their_sounds():
    manager = factories.a_user(Role.MANAGER)
    with translation.override("zh-hans"):
        assert "客户" in labels("kh", manager)
        assert "客户" in labels("客户", manager)


def test_nobody_is_offered_what_he_may_not_open(client):
    stranger = factories.a_user(role=None)
    assert labels("complaint", stranger) == []
    client.force_login(stranger)
    assert b'role="option"' not in client.get("/search/?palette=1&q=complaint").content


def test_the_palette_page_lists_actions_then_records(client):
    factories.a_company()
    customer = factories.a_customer(name="Reporting Lotus")
    client.force_login(factories.an_administrator())
    text = client.get("/search/?palette=1&q=report").content.decode()
    assert text.index("Reports") < text.index("Reporting Lotus")
    assert customer.get_absolute_url() in text
    assert "<html" not in text
