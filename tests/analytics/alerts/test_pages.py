"""The queue of alerts, one alert, and closing it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from analytics.models import Alert
from crm.accounts.models import AccessRule, Company, Region, Role, User
from crm.records.models import SearchGram
from customers.models import Customer
from interactions.models import Task
from tests.analytics import published
from tests.analytics.alerts.test_watch import SILENT, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company() -> None:
    Company(name="Tea House", currency="CNY").save()


def user(name: str, role: str = Role.SALES_REP, **given: Any) -> User:
    return User.objects.create_user(name, password="x", role=Role.objects.get(code=role), **given)


@pytest.fixture
def rep() -> User:
    AccessRule.objects.filter(role__code=Role.SALES_REP, kind__in=["alert", "customer"]).update(view="own")
    return user("lin")


@pytest.fixture
def executive() -> User:
    return user("boss", Role.EXECUTIVE)


@pytest.fixture
def alert(rep: User) -> Alert:
    region = Region.objects.create(name="East", code="east")
    customer = Customer.objects.create(name="Green Leaf", owner=rep, region=region)
    publish({customer: {**SILENT, "r_score": 5, "f_score": 4, "m_score": 5, "value_tier": "high"}})
    return Alert.objects.get()


def signed_in(client: Client, who: User) -> Client:
    client.force_login(who)
    return client


def test_the_queue_shows_open_alerts_with_their_reasons(client: Client, rep: User, alert: Alert) -> None:
    page = signed_in(client, rep).get("/alerts/").content.decode()
    assert "Green Leaf" in page
    assert "Last order 95 days ago, 3.2 times the usual 30 days." in page
    assert f'href="/alerts/{alert.pk}/"' in page


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("band=high", True),
        ("band=medium", False),
        ("status=kept", False),
        ("status=all", True),
        ("owner={owner}", True),
        ("region={region}", True),
    ],
)
def test_the_queue_can_be_filtered(client: Client, rep: User, alert: Alert, query: str, is_there: bool) -> None:
    query = query.format(owner=rep.pk, region=alert.customer.region_id)
    page = signed_in(client, rep).get(f"/alerts/?{query}").content.decode()
    assert (f'href="/alerts/{alert.pk}/"' in page) is is_there


def test_an_unknown_filter_is_refused(client: Client, rep: User) -> None:
    assert signed_in(client, rep).get("/alerts/?password=x").status_code == 400


def test_a_wrong_value_is_explained(client: Client, rep: User, alert: Alert) -> None:
    response = signed_in(client, rep).get("/alerts/?band=purple")
    assert response.status_code == 200
    assert "Select a valid choice" in response.content.decode()
    assert f'href="/alerts/{alert.pk}/"' not in response.content.decode()


def test_a_stranger_finds_no_alert(client: Client, alert: Alert) -> None:
    signed_in(client, user("wang"))
    assert client.get(f"/alerts/{alert.pk}/").status_code == 404
    assert client.post(f"/alerts/{alert.pk}/handle/", {"result": "kept", "reason": "x"}).status_code == 404
    assert "Green Leaf" not in client.get("/alerts/").content.decode()
    assert Alert.objects.get().status == "open"


def test_the_alert_page_shows_reasons_figures_and_task(client: Client, rep: User, alert: Alert) -> None:
    page = signed_in(client, rep).get(f"/alerts/{alert.pk}/").content.decode()
    for text in ("3.2 times the usual 30 days", "5-4-5", "High", "Churn warning: Green Leaf", "Close alert"):
        assert text in page


def test_closing_an_alert_finishes_its_task(client: Client, rep: User, alert: Alert) -> None:
    response = signed_in(client, rep).post(
        f"/alerts/{alert.pk}/handle/", {"result": "kept", "reason": "Will order in June"}
    )
    assert response.status_code == 302
    alert.refresh_from_db()
    task = Task.objects.get()
    assert (alert.status, alert.outcome) == ("kept", "Will order in June")
    assert alert.closed_on == timezone.now().astimezone(Company.objects.current().zone).date()
    assert (task.status, task.outcome) == ("done", "Customer kept: Will order in June")
    assert task.history.first().history_type == "~"


def test_dismissing_an_alert_cancels_its_task(client: Client, rep: User, alert: Alert) -> None:
    signed_in(client, rep).post(f"/alerts/{alert.pk}/handle/", {"result": "dismissed", "reason": "On holiday"})
    assert Task.objects.get().status == "cancelled"


@pytest.mark.parametrize("given", [{"result": "kept"}, {"result": "cleared", "reason": "x"}, {"reason": "x"}])
def test_a_result_needs_words_and_must_be_one_of_three(client: Client, rep: User, alert: Alert, given: dict) -> None:
    response = signed_in(client, rep).post(f"/alerts/{alert.pk}/handle/", given)
    assert response.status_code == 200
    assert "This was not saved yet" in response.content.decode()
    assert Alert.objects.get().status == "open"


def test_closing_twice_keeps_the_first_result(client: Client, rep: User, alert: Alert) -> None:
    signed_in(client, rep).post(f"/alerts/{alert.pk}/handle/", {"result": "kept", "reason": "first"})
    client.post(f"/alerts/{alert.pk}/handle/", {"result": "lost", "reason": "second"})
    assert (Alert.objects.get().status, Alert.objects.get().outcome) == ("kept", "first")


def test_who_only_looks_cannot_close(client: Client, executive: User, alert: Alert) -> None:
    page = signed_in(client, executive).get(f"/alerts/{alert.pk}/").content.decode()
    assert "Close alert" not in page
    assert client.post(f"/alerts/{alert.pk}/handle/", {"result": "kept", "reason": "x"}).status_code == 404


def test_get_does_not_close(client: Client, rep: User, alert: Alert) -> None:
    assert signed_in(client, rep).get(f"/alerts/{alert.pk}/handle/").status_code == 405


def test_the_queue_takes_the_same_queries_for_many_rows(
    client: Client, executive: User, rep: User, alert: Alert
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    signed_in(client, executive)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/alerts/").status_code == 200
        return len(captured)

    queries()
    few = queries()
    region = Region.objects.get()
    others = [Customer.objects.create(name=f"C {place}", owner=rep, region=region) for place in range(15)]
    publish(dict.fromkeys([*others, alert.customer], SILENT))
    assert Alert.objects.open().count() == 16
    assert queries() == few <= 12


def test_the_customer_page_has_the_portrait(client: Client, rep: User, alert: Alert) -> None:
    page = signed_in(client, rep).get(f"/customers/{alert.customer_id}/").content.decode()
    for text in ("5-4-5", "Churn warning", "3.2 times the usual 30 days", "Data as of"):
        assert text in page


def test_tasks_of_alerts_can_be_found(rep: User, alert: Alert) -> None:
    from crm.jobs import services as jobs

    jobs.run_waiting()
    assert SearchGram.objects.filter(kind="task", object_id=alert.task_id).exists()


def test_before_the_first_recompute_the_queue_says_so(client: Client, rep: User) -> None:
    assert "No recompute has finished yet." in signed_in(client, rep).get("/alerts/").content.decode()


def test_the_portrait_is_empty_for_a_customer_the_run_does_not_know(client: Client, rep: User) -> None:
    published.publish(published.run("2026-05-20", {}))
    customer = Customer.objects.create(name="New", owner=rep)
    assert signed_in(client, rep).get(f"/customers/{customer.pk}/").status_code == 200
