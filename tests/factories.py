"""Objects for tests: plain functions with sensible defaults; a test names only what it cares about."""

from itertools import count
from typing import Any

from crm.accounts.models import Company, Region, Role, Unit, User

_numbers = count(1)


def a_company(**values: Any) -> Company:
    company = Company(**{"name": "Lotus Trading", "currency": "CNY", "time_zone": "Asia/Shanghai", **values})
    company.save()
    return company


def a_unit(code: str = "", parent: Unit | None = None, **values: Any) -> Unit:
    code = code or f"unit-{next(_numbers)}"
    return Unit.objects.create(code=code, name=values.pop("name", code.title()), parent=parent, **values)


def a_region(code: str = "", parent: Region | None = None, **values: Any) -> Region:
    code = code or f"region-{next(_numbers)}"
    return Region.objects.create(code=code, name=values.pop("name", code.title()), parent=parent, **values)


def a_user(role: str | Role | None = Role.SALES_REP, password: str = "", **values: Any) -> User:
    """A user with one of the built-in roles, given by code; role=None is a user without any."""
    username = values.pop("username", "") or f"user{next(_numbers)}"
    if isinstance(role, str):
        role = Role.objects.get(code=role)
    user = User(username=username, email=values.pop("email", f"{username}@example.com"), role=role, **values)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    return user


def an_administrator(**values: Any) -> User:
    return a_user(Role.ADMINISTRATOR, **values)
