"""Home pages by role."""

import datetime
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import snapshots
from crm.accounts.models import Role, User
from interactions.targets.models import SalesTarget
from tests import factories


@pytest.fixture
def rep(db: None, settings, tmp_path) -> User:
    settings.DATA_DIR, settings.FACTS_DIR = tmp_path, tmp_path / "facts"
    cache.clear()
    factories.a_company()
    return factories.a_user(Role.SALES_REP, unit=factories.a_unit("north"))


def _target(rep: User, amount: int) -> SalesTarget:
    today = timezone.localdate()
    first = today.replace(day=1)
    last = (first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)
    target = SalesTarget(name="This month", staff=rep, starts_on=first, ends_on=last, amount=Decimal(amount))
    target.save()
    return target


def test_R_272_64_of_100_thousand_are_64_percent_with_a_gap_of_36_and_the_tasks_of_today(
    rep: User, client: Client
) -> None:
    customer = factories.a_customer(owner=rep, unit=rep.unit)
    factories.an_order(customer=customer, staff=rep, lines=[(1, 64_000)])
    _target(rep, 100_000)
    factories.a_task(staff=rep, title="Call Li Na", due_at=timezone.now())
    factories.a_task(title="Somebody else's")
    snapshots.recompute()
    client.force_login(rep)
    home = client.get("/")
    assert [task.title for task in home.context["tasks"]] == ["Call Li Na"]
    [progress] = home.context["targets"]
    assert progress.actual == 64_000.0
    assert progress.share == 0.64
    assert progress.gap == 36_000.0
    assert progress.expected >= 64_000.0
    assert client.get(progress.url).context["result"].totals["net_amount"] == 64_000.0


def test_every_role_has_a_home_before_there_are_data(rep: User, client: Client) -> None:
    for role in (Role.SALES_REP, Role.SERVICE_AGENT, Role.MANAGER, Role.EXECUTIVE, Role.ADMINISTRATOR):
        client.force_login(factories.a_user(role))
        assert client.get("/").status_code == 200


def test_the_service_queue_starts_with_what_is_overdue(rep: User, client: Client) -> None:
    customer = factories.a_customer()
    now = timezone.now()
    for hours in (5, -3, 40):
        factories.a_complaint(customer=customer, title=f"in {hours}", due_at=now + datetime.timedelta(hours=hours))
    client.force_login(factories.a_user(Role.SERVICE_AGENT))
    response = client.get("/")
    assert [case.title for case in response.context["queue"]] == ["in -3", "in 5", "in 40"]
    assert response.context["counts"] == {"open": 3, "overdue": 1, "solved_today": 0}


@pytest.mark.parametrize("role", [Role.SALES_REP, Role.SERVICE_AGENT, Role.EXECUTIVE])
def test_queries_do_not_grow_with_rows(rep: User, client: Client, role: str) -> None:
    counts = []
    for round_ in (2, 6):
        for _each in range(round_):
            customer = factories.a_customer(owner=rep, unit=rep.unit)
            factories.an_order(customer=customer, staff=rep)
            factories.a_complaint(customer=customer, staff=rep)
        snapshots.recompute()
        cache.clear()
        user = rep if role == Role.SALES_REP else factories.a_user(role)
        client.force_login(user)
        client.get("/")
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/").status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_a_manager_opens_every_report_from_home(rep: User, client: Client) -> None:
    factories.an_order(customer=factories.a_customer(owner=rep, unit=rep.unit), staff=rep)
    snapshots.recompute()
    client.force_login(factories.a_user(Role.EXECUTIVE))
    response = client.get("/")
    panels = response.context["panels"]
    assert [panel["report"].slug for panel in panels] == [
        *("orders-summary", "churn-alerts", "loyalty", "rfm", "complaints", "contacts")
    ]
    for panel in panels:
        assert client.get(panel["url"]).status_code == 200
