"""What settings say is read once, and again as soon as anybody changes a setting."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.accounts import policy, settled
from crm.accounts.models import AccessRule, Company, FieldRight, Role
from customers.models import Channel
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return factories.a_company()


def stamp() -> int:
    return Company.objects.values_list("stamp", flat=True).get()


def test_an_answer_is_kept_for_its_stamp_only():
    answers = iter([1, 2, 3, 4])
    with settled.request_with(11):
        assert [settled.kept("key", lambda: next(answers)) for _ in range(2)] == [1, 1]
    with settled.request_with(11):
        assert settled.kept("key", lambda: next(answers)) == 1
    with settled.request_with(12):
        assert settled.kept("key", lambda: next(answers)) == 2
    with settled.request_with(11):
        assert settled.kept("key", lambda: next(answers)) == 3, "what another stamp replaced is read again"
    assert settled.kept("key", lambda: next(answers)) == 4, "without a request nothing is kept"


def test_whoever_changes_a_setting_reads_afresh_at_once(company):
    with settled.request_with(stamp()):
        assert settled.kept("roles", Role.objects.count) == Role.objects.count()
        Role.objects.create(name="Apprentice", code="apprentice")
        assert settled.kept("roles", Role.objects.count) == Role.objects.count()


@pytest.mark.parametrize(
    "change",
    [
        lambda: AccessRule.objects.filter(role__code=Role.SALES_REP).first().save(),
        lambda: FieldRight.objects.first().delete(),
        lambda: Role.objects.get(code=Role.SALES_REP).save(),
        lambda: factories.a_unit(name="Night shift"),
        lambda: factories.a_region(name="Islands"),
        lambda: Company.objects.get().save(),
        lambda: Channel.objects.first().save(),
        lambda: policy.save(Role.objects.create(name="New", code="new"), policy.Rights({}, {})),
    ],
)
def test_every_setting_gives_a_new_stamp(company, change):
    before = stamp()
    change()
    assert stamp() != before


def test_a_stamp_that_was_rolled_back_never_comes_again(company):
    seen = {stamp()}
    for _time in range(3):
        with transaction.atomic():
            settled.changed()
            assert stamp() not in seen
            seen.add(stamp())
            transaction.set_rollback(True)
    assert len(seen) == 4


def test_a_role_that_loses_a_right_loses_it_at_the_next_request(company):
    client, reader = Client(), factories.a_user(Role.SALES_REP)
    client.force_login(reader)
    assert client.get("/customers/").status_code == 200
    assert client.get("/customers/").status_code == 200
    AccessRule.objects.filter(role=reader.role, kind="customer").delete()
    assert client.get("/customers/").status_code == 404


def test_the_second_page_asks_neither_for_rules_nor_for_trees(company):
    client = Client()
    client.force_login(factories.a_user(Role.MANAGER, unit=factories.a_unit()))
    client.get("/customers/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/customers/")
    tables = " ".join(each["sql"] for each in asked)
    assert "accounts_accessrule" not in tables
    assert "accounts_fieldright" not in tables
    assert len(asked) <= 9
