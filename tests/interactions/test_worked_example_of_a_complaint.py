"""R-071: a complaint is recorded by service, waits in the queue and stands on the customer's timeline."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from crm.accounts.models import Role
from crm.records import timeline
from crm.records.models import Sequence
from interactions.cases.models import Complaint
from tests import factories

pytestmark = pytest.mark.django_db


def test_R_071_delivery_of_p_10_is_an_open_case_in_the_queue_and_on_the_timeline(client):
    factories.a_company(time_zone="Asia/Shanghai")
    Sequence.objects.update_or_create(prefix="CP", defaults={"last": 41})
    unit, east = factories.a_unit("service"), factories.a_region("east", name="East")
    agent = factories.a_user(Role.SERVICE_AGENT, unit=unit)
    wang = factories.a_user(Role.SALES_REP, unit=unit, username="wang")
    customer = factories.a_customer(name="Li Na", unit=unit, region=east, owner=wang)
    product = factories.a_product(number="P-10")
    client.force_login(agent)
    sent = {
        "title": "Lamp came late", "customer": customer.pk, "opinion_type": factories.an_opinion_type("delivery").pk,
        "product": product.pk, "occurred_at": "2026-05-02T09:00", "staff": wang.pk, "region": east.pk,
        "severity": "normal", "status": "open",
    }  # fmt: skip
    answer = client.post("/complaints/new/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    case = Complaint.objects.get()
    assert (case.number, case.status, case.opinion_type.code) == ("CP-000042", "open", "delivery")
    assert case.occurred_at == datetime.datetime(2026, 5, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert (case.product, case.staff, case.region) == (product, wang, east)
    assert [row.case for row in client.get("/service/").context["queue"].rows] == [case]
    assert [each.url for each in timeline.of(customer, agent).entries] == [case.get_absolute_url()]
