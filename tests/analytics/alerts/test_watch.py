"""Churn alerts of a run: opened once, updated, closed, with one task each."""

import datetime
from typing import Any

import pytest
from django.db import transaction

from analytics.alerts import watch
from analytics.facts import engine
from analytics.models import Alert, Run
from crm.accounts.models import Company, Unit, User
from customers.models import Customer
from interactions.models import Complaint, Interaction, OpinionType, Task
from tests.analytics import published

pytestmark = pytest.mark.django_db

AS_OF = "2026-05-20"  # a Wednesday
SILENT = {
    "last_on": "2026-02-14",
    "recency_days": 95,
    "cycle_days": 30.0,
    "silence_ratio": 95 / 30,
    "churn_risk": "high",
}


@pytest.fixture(autouse=True)
def company() -> Company:
    found = Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai")
    found.save()
    return found


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("lin", password="x", unit=Unit.objects.create(name="East", code="east"))


@pytest.fixture
def customer(owner: User) -> Customer:
    return Customer.objects.create(name="Green Leaf", owner=owner)


def publish(figures: dict[Customer, dict[str, Any]], as_of: str = AS_OF) -> dict[str, int]:
    run = published.run(as_of, figures)
    return publish_run(run)


def publish_run(run: Run) -> dict[str, int]:
    with engine.reader(run.facts, user=None) as facts:
        found = watch.find(facts, as_of=run.as_of)
    with transaction.atomic():
        counts = watch.publish(run, found)
        published.publish(run)
    return counts


def test_a_customer_silent_for_three_cycles_gets_one_high_alert_for_its_owner(customer: Customer, owner: User) -> None:
    """R-042: median cycle 30 days, last order 95 days ago."""
    assert publish({customer: SILENT})["opened"] == 1
    alert = Alert.objects.get()
    assert (alert.band, alert.status, alert.owner, alert.customer) == ("high", "open", owner, customer)
    assert alert.reasons[0] == {
        "code": "silence",
        "days": 95,
        "cycle": 30.0,
        "ratio": 3.17,
        "cycle_source": "own",
    }
    assert publish({customer: SILENT}) == {"opened": 0, "updated": 0, "kept": 0, "lost": 0, "cleared": 0}
    assert Alert.objects.count() == Task.objects.count() == 1


def test_its_task_is_the_owners_and_due_after_three_working_days(customer: Customer, owner: User) -> None:
    publish({customer: SILENT})
    task, alert = Task.objects.get(), Alert.objects.get()
    assert (task.staff, task.unit, task.customer, task.source) == (owner, owner.unit, customer, "churn_alert")
    assert task.priority == "high"
    assert task.about == alert and alert.task == task
    assert alert.due_on == datetime.date(2026, 5, 25)
    assert task.due_at == datetime.datetime(2026, 5, 25, 10, tzinfo=datetime.UTC)  # 18:00 in Shanghai
    assert task.number == "T-000001"
    assert task.title == "Churn warning: Green Leaf"
    assert task.description.startswith("Last order 95 days ago, 3.2 times the usual 30 days.\n\n1. Call the customer")
    assert task.history.count() == 1


def test_the_task_is_written_in_the_language_of_the_company(customer: Customer, company: Company) -> None:
    from django.utils import translation

    company.language = "zh-hans"
    company.save()
    with translation.override("en"):
        publish({customer: SILENT})
        assert translation.get_language() == "en"
    with translation.override("zh-hans"):
        from analytics.alerts import watch as spoken

        assert Task.objects.get().description == spoken.playbook(Alert.objects.get().reasons)


def test_medium_risk_is_due_after_seven_working_days(customer: Customer) -> None:
    publish({customer: {**SILENT, "churn_risk": "medium", "silence_ratio": 1.6, "recency_days": 48}})
    assert Alert.objects.get().due_on == datetime.date(2026, 5, 29)
    assert Task.objects.get().priority == "normal"


def test_complaint_and_competitor_are_among_the_reasons(customer: Customer) -> None:
    Interaction.objects.create(
        customer=customer, subject="Prices", competitor="Rival Co", occurred_at=moment("2026-04-01")
    )
    other = Customer.objects.create(name="Old Pot")
    Interaction.objects.create(
        customer=other, subject="Prices", competitor="Rival Co", occurred_at=moment("2025-11-01")
    )
    complaining = Customer.objects.create(name="Red Pot")
    Complaint.objects.create(
        customer=complaining,
        title="Late",
        competitor="Rival Co",
        opinion_type=OpinionType.objects.create(name="Delivery", code="late"),
        occurred_at=moment("2026-05-01"),
    )
    publish({customer: SILENT, other: SILENT, complaining: {**SILENT, "open_complaints": 1}})
    codes = {alert.customer_id: [each["code"] for each in alert.reasons] for alert in Alert.objects.all()}
    assert codes == {
        customer.pk: ["silence", "named_competitor"],
        other.pk: ["silence"],
        complaining.pk: ["silence", "open_complaint", "named_competitor"],
    }


def test_a_rising_band_is_due_sooner_and_lifts_the_priority_of_the_task(customer: Customer) -> None:
    publish({customer: {**SILENT, "churn_risk": "medium", "silence_ratio": 1.6, "recency_days": 48}})
    before = Alert.objects.get()
    assert publish({customer: SILENT}, as_of="2026-05-21")["updated"] == 1
    alert, task = Alert.objects.get(), Task.objects.get()
    assert (alert.pk, alert.band, alert.opened_on) == (before.pk, "high", before.opened_on)
    assert alert.due_on == datetime.date(2026, 5, 26)
    assert (task.priority, task.due_at.date()) == ("high", datetime.date(2026, 5, 26))


def test_alert_and_task_follow_the_customer_to_a_new_owner(customer: Customer) -> None:
    publish({customer: SILENT})
    customer.owner = User.objects.create_user("wang", password="x")
    customer.save()
    publish({customer: SILENT})
    assert Alert.objects.get().owner.username == Task.objects.get().staff.username == "wang"


def test_an_order_after_the_alert_means_kept_and_the_task_is_done(customer: Customer) -> None:
    publish({customer: SILENT})
    counts = publish({customer: {"last_on": AS_OF, "recency_days": 0, "churn_risk": "low"}})
    assert counts["kept"] == 1
    alert, task = Alert.objects.get(), Task.objects.get()
    assert (alert.status, alert.closed_on) == ("kept", datetime.date(2026, 5, 20))
    assert (task.status, task.outcome) == ("done", alert.outcome)
    assert task.completed_at is not None
    assert [each.status for each in task.history.order_by("history_id")] == ["open", "done"]


def test_a_kept_customer_who_falls_silent_again_gets_a_new_alert(customer: Customer) -> None:
    publish({customer: SILENT})
    publish({customer: {"last_on": AS_OF, "recency_days": 0, "churn_risk": "low"}})
    later = {**SILENT, "last_on": AS_OF}
    assert publish({customer: later}, as_of="2026-08-23")["opened"] == 1
    assert Alert.objects.open().get().opened_on == datetime.date(2026, 8, 23)


@pytest.mark.parametrize(
    ("figures", "status", "task_status"),
    [
        ({"last_on": "2026-02-14", "churn_risk": "low"}, "cleared", "cancelled"),
        ({"last_on": "2026-02-14", "churn_risk": "lost"}, "lost", "cancelled"),
    ],
)
def test_an_alert_ends_with_the_risk(
    customer: Customer, figures: dict[str, Any], status: str, task_status: str
) -> None:
    publish({customer: SILENT})
    publish({customer: figures})
    assert (Alert.objects.get().status, Task.objects.get().status) == (status, task_status)
    assert Task.objects.get().outcome


def test_a_task_somebody_has_finished_is_left_alone(customer: Customer) -> None:
    publish({customer: SILENT})
    task = Task.objects.get()
    task.status, task.outcome = Task.Status.DONE, "Talked to her"
    task.save()
    publish({customer: {"last_on": "2026-02-14", "churn_risk": "lost"}})
    assert (Task.objects.get().status, Task.objects.get().outcome) == ("done", "Talked to her")


def test_who_is_lost_at_first_sight_gets_no_alert(customer: Customer) -> None:
    publish({customer: {"last_on": "2024-01-01", "churn_risk": "lost"}})
    assert not Alert.objects.exists()


@pytest.mark.parametrize("status", [Alert.Status.DISMISSED, Alert.Status.KEPT, Alert.Status.LOST])
def test_a_silence_that_a_person_has_dealt_with_opens_no_second_alert(customer: Customer, status: str) -> None:
    publish({customer: SILENT})
    Alert.objects.update(status=status)
    assert publish({customer: SILENT})["opened"] == 0


def test_a_cleared_alert_may_open_again(customer: Customer) -> None:
    publish({customer: SILENT})
    publish({customer: {"last_on": "2026-02-14", "churn_risk": "low"}})
    assert publish({customer: SILENT})["opened"] == 1
    assert Alert.objects.count() == 2


def test_a_deleted_customer_has_no_alert(customer: Customer) -> None:
    publish({customer: SILENT})
    Customer.objects.update(deleted_at=moment("2026-05-20"))
    publish({customer: SILENT})
    assert Alert.objects.get().status == "cleared"


def test_a_run_that_fails_leaves_nothing_behind(customer: Customer) -> None:
    run = published.run(AS_OF, {customer: SILENT})
    with engine.reader(run.facts, user=None) as facts:
        found = watch.find(facts, as_of=run.as_of)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        watch.publish(run, found)
        raise ZeroDivisionError
    assert not Alert.objects.exists() and not Task.objects.exists()
    publish_run(run)
    assert Alert.objects.count() == Task.objects.count() == 1


def test_many_alerts_take_few_queries(django_assert_max_num_queries: Any, owner: User) -> None:
    def many(count: int) -> Run:
        made = [Customer.objects.create(name=f"Customer {place}", owner=owner) for place in range(count)]
        return published.run(AS_OF, dict.fromkeys(made, SILENT))

    run = many(60)
    with engine.reader(run.facts, user=None) as facts:
        found = watch.find(facts, as_of=run.as_of)
    with transaction.atomic(), django_assert_max_num_queries(40):
        watch.publish(run, found)
    assert Alert.objects.count() == 60


def moment(day: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{day}T04:00:00+00:00")


def test_a_recompute_opens_the_alert_of_a_customer_silent_for_three_cycles(customer: Customer, owner: User) -> None:
    """R-042 from the orders on: every 30 days until 95 days ago."""
    from analytics import snapshots
    from tests.analytics.facts import records

    for day in ("2025-11-16", "2025-12-16", "2026-01-15", "2026-02-14"):
        records.order({"quantity": 1, "unit_price": 100}, at=f"{day} 04:00", customer=customer)
    day = datetime.date(2026, 5, 20)
    snapshots.recompute(as_of=day)
    snapshots.recompute(as_of=day)
    alert, task = Alert.objects.get(), Task.objects.get()
    assert (alert.band, alert.owner, alert.opened_on, alert.last_order_on) == (
        "high",
        owner,
        day,
        datetime.date(2026, 2, 14),
    )
    assert alert.reasons[0]["ratio"] == 3.17
    assert task.staff == owner
    records.order({"quantity": 1, "unit_price": 100}, at="2026-05-21 04:00", customer=customer)
    snapshots.recompute(as_of=datetime.date(2026, 5, 21))
    assert (Alert.objects.get().status, Task.objects.get().status) == ("kept", "done")
