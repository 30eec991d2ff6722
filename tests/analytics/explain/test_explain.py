"""Every score of a customer with parts and records."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics import snapshots
from analytics.explain import services
from analytics.models import CustomerFigures
from crm.accounts.models import Role
from tests import factories
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 6, 1)


@pytest.fixture
def buyer(settings, tmp_path):
    settings.FACTS_DIR = tmp_path / "facts"
    records.company()
    found = records.customer()
    for day in ("2023-01-10", "2024-02-01", "2024-03-02", "2024-04-01"):
        records.order({"unit_price": "100"}, customer=found, at=day)
    other = records.customer()
    records.order({"unit_price": "40"}, customer=other, at="2024-05-30")
    snapshots.recompute(as_of=DAY)
    return found


def explained(customer, user=None) -> dict[str, dict]:
    found = services.explain(customer, user).as_dict()
    return {score["score"]: score for score in found["scores"]}


def parts(score: dict) -> dict[str, dict]:
    return {part["part"]: part for part in score["parts"]}


def test_scores_open_onto_the_orders_they_count(buyer):
    found = explained(buyer)
    orders = list(buyer.orders.order_by("-occurred_at").values_list("pk", flat=True))
    assert parts(found["rfm_segment"])["f_score"]["records"] == orders
    assert parts(found["rfm_segment"])["r_score"]["records"] == orders[:1]
    recent = parts(found["value_tier"])["orders_12_months"]
    assert (recent["value"], recent["records"], recent["weight"]) == (3, orders[:3], 0.5)
    half_year = parts(found["lifecycle_stage"])["amount_last_180_days"]
    assert (half_year["value"], half_year["records"]) == (300, orders[:3])


def test_weighted_components_add_up_to_the_loyalty(buyer):
    factories.a_contact(customer=buyer, occurred_at=records.moment("2024-05-01"))
    run = snapshots.recompute(as_of=DAY)
    score = explained(buyer)["loyalty"]
    total = sum(part["weight"] * part["value"] for part in score["parts"] if part["weight"])
    assert total == pytest.approx(CustomerFigures.objects.get(run=run, customer=buyer).loyalty, abs=1e-6)
    assert sum(part["weight"] for part in score["parts"]) == pytest.approx(1)
    assert parts(score)["satisfaction"]["value"] is None
    assert len(parts(score)["contact_frequency"]["records"]) == 1


def test_limits_of_the_scores_are_those_of_the_run(buyer):
    shown = parts(explained(buyer)["rfm_segment"])["f_score"]["shown"]
    figures = CustomerFigures.objects.filter(customer=buyer).latest("run_id")
    assert shown == f"{figures.f_score}: 4, limits 1.6 · 2.2 · 2.8 · 3.4"


def test_a_reader_gets_only_records_that_he_may_see(buyer):
    stranger = factories.a_user(Role.SALES_REP)
    found = explained(buyer, stranger)
    assert all(part.get("records", []) == [] for score in found.values() for part in score["parts"])


def test_the_command_tells_the_same_and_refuses_unknown_customers(buyer):
    out = StringIO()
    call_command("explain", buyer.number, "--json", stdout=out)
    assert json.loads(out.getvalue())["scores"] == services.explain(buyer, None).as_dict()["scores"]
    with pytest.raises(CommandError, match="no customer"):
        call_command("explain", "C-999999")
    late = records.customer()
    with pytest.raises(CommandError, match="recompute first"):
        call_command("explain", late.number)


def test_the_panel_is_fetched_by_the_page_and_links_the_orders(client, buyer):
    client.force_login(factories.a_user(Role.ADMINISTRATOR))
    assert f'hx-get="/panels/customer/{buyer.pk}/why/"' in client.get(buyer.get_absolute_url()).content.decode()
    page = client.get(f"/panels/customer/{buyer.pk}/why/").content.decode()
    for order in buyer.orders.all():
        assert f">{order.number}</a>" in page
    assert "Data as of 2024-06-01" in page
