"""Imports whose worker is killed: somebody else goes on, and nothing comes twice."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from crm.accounts.models import Role, User
from crm.jobs import services as jobs
from crm.jobs.models import Job
from crm.records.importing import general
from crm.records.importing.models import ImportJob
from crm.records.importing.running import KeptCheckpoint
from crm.records.models import Batch
from customers.models import Customer
from interactions.contacts.models import Interaction
from interactions.orders.importers import writing
from interactions.orders.models import Order, OrderLine
from tests.factories import a_company, a_customer, a_user
from tests.importing.wizard import errors_of, press, uploaded

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As kill -9 does it: nothing after this line is executed."""


@pytest.fixture(autouse=True)
def _company(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    a_company()


@pytest.fixture
def manager(client: Client) -> User:
    user = a_user(Role.MANAGER)
    client.force_login(user)
    return user


def killed_at(monkeypatch: pytest.MonkeyPatch, imp: ImportJob, times: int, *, before: bool) -> None:
    """Run the import until its checkpoint has been written so many times; then the worker is gone."""
    saved, count = KeptCheckpoint.save, 0

    def save(self: Any, *args: Any, **kwargs: Any) -> None:
        nonlocal count
        count += 1
        if count == times and before:
            raise Killed
        saved(self, *args, **kwargs)

    def progress(self: Any, *args: Any, **kwargs: Any) -> None:
        if count >= times:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(KeptCheckpoint, "save", save)
        patch.setattr("crm.jobs.context.JobContext.progress", progress)
        with pytest.raises(Killed):
            jobs.run_job(imp.job_id, heartbeat=False)
    Job.objects.filter(pk=imp.job_id).update(lease_until=None, worker="gone")
    assert jobs.sweep()["put_back"] == 1


def started(client: Client, imp: ImportJob) -> ImportJob:
    assert press(client, imp, "run").status_code == 302
    imp.refresh_from_db()
    return imp


@pytest.mark.parametrize("before", [True, False])
def test_customers_without_numbers_do_not_come_twice(client, manager, monkeypatch, before):
    monkeypatch.setattr(general, "PLAIN_ROWS_AT_ONCE", 10)
    lines = [f"Name {at},1990-01-{at % 28 + 1:02d}" for at in range(50)]
    for at in (3, 17, 18, 44):
        lines[at] = f"Name {at},1990-02-31"
    imp = started(client, uploaded(client, "customers", "name,birth_date\n" + "\n".join(lines) + "\n"))
    killed_at(monkeypatch, imp, 3, before=before)
    assert Customer.objects.count() == (17 if before else 27)
    assert jobs.run_waiting() == 1
    imp.refresh_from_db()
    assert (imp.status, imp.summary["rows"]) == ("done", 50)
    assert (imp.summary["created"], imp.summary["errors"]) == ({"customers": 46}, 4)
    assert Customer.objects.count() == Customer.objects.values("name").distinct().count() == 46
    assert Batch.objects.count() == 1
    rows = errors_of(client, imp).splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["5", "19", "20", "46"]


def test_records_with_parts_of_their_own_go_on_too(client, manager, monkeypatch):
    monkeypatch.setattr(general, "ROWS_AT_ONCE", 5)
    a_customer(number="K1", owner=manager)
    text = "customer,subject\n" + "".join(f"K1,Call {at}\n" for at in range(23))
    imp = started(client, uploaded(client, "contacts", text))
    killed_at(monkeypatch, imp, 2, before=False)
    assert Interaction.objects.count() == 10
    jobs.run_waiting()
    imp.refresh_from_db()
    assert imp.summary["created"] == {"contacts": 23}
    assert Interaction.objects.count() == 23


@pytest.mark.parametrize("times", [1, 2, 3, 5])
@pytest.mark.parametrize("before", [True, False])
def test_order_lines_go_on_with_exact_sums(client, manager, monkeypatch, times, before):
    monkeypatch.setattr(writing, "LINES_AT_ONCE", 4)
    lines = [f"O{at // 3},2024-01-{at % 28 + 1:02d},C{at // 6},P{at % 5},{at % 4 + 1},{at}.50" for at in range(40)]
    lines[5] = "O1,2024-01-05,C1,P1,two,1"
    lines[30] = "O10,nonsense,C1,P1,2,1"
    text = "order,date,customer,product,quantity,price\n" + "\n".join(lines) + "\n"
    imp = started(client, uploaded(client, "order-lines", text))
    killed_at(monkeypatch, imp, times, before=before)
    jobs.run_waiting()
    imp.refresh_from_db()
    assert imp.status == "done"
    found = imp.summary
    assert (found["rows"], found["existing"], found["errors"]) == (40, 0, 2)
    assert found["created"] == {"customers": 7, "products": 5, "orders": 14, "lines": 38}
    assert (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()) == (14, 38, 7)
    assert set(Order.objects.values_list("batch", flat=True)) == {imp.batch_id}
    assert len(errors_of(client, imp).splitlines()) == 3
