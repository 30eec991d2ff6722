"""The navigation shows what a role may open, and only that."""

import pytest

from crm.accounts.models import AccessRule, Role
from crm.records import menu
from tests import factories

pytestmark = pytest.mark.django_db


def keys(groups: list[menu.MenuGroup]) -> list[str]:
    return [item.key for group in groups for item in group.items]


def test_settings_are_for_administrators():
    assert "settings" in keys(menu.menu(factories.an_administrator()))
    assert "settings" not in keys(menu.menu(factories.a_user(Role.SALES_REP)))


def test_a_kind_without_a_right_is_not_in_the_menu():
    user = factories.a_user(Role.SALES_REP)
    assert "order" in keys(menu.menu(user))
    AccessRule.objects.filter(role=user.role, kind="order").update(view="none", may_create=False)
    user = type(user).objects.get(pk=user.pk)
    assert "order" not in keys(menu.menu(user))
    assert "order" not in [item.key for item in menu.quick_create(user)]


def test_the_page_one_is_on_is_marked():
    groups = menu.menu(factories.an_administrator(), "/orders/5/")
    active = [item.key for group in groups for item in group.items if item.is_active]
    assert active == ["order"]


def test_open_tasks_are_counted():
    user = factories.a_user(Role.SALES_REP)
    factories.a_task(staff=user)
    task = next(item for group in menu.menu(user) for item in group.items if item.key == "task")
    assert task.badge == 1
