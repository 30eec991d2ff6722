"""Value of customers and the models it rests on, by report."""

import datetime

import pytest

from analytics import snapshots
from analytics.models import ModelFit
from analytics.reports import engine
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 6, 1)


@pytest.fixture
def company(settings, tmp_path):
    settings.FACTS_DIR = tmp_path / "facts"
    records.company()
    for number in range(3):
        buyer = records.customer(name=f"Buyer {number}")
        records.order({"unit_price": "100"}, customer=buyer, at="2024-04-01")
        records.order({"unit_price": "100"}, customer=buyer, at=f"2024-05-0{number + 1}")
    return snapshots.recompute(as_of=DAY)


def test_three_customers_are_too_few_for_every_model_and_the_report_says_so(company):
    found = engine.run("value-models", user=None).as_dict()
    status = {row["model"]: row["value"] for row in found["rows"] if row["parameter"] == "status"}
    assert status["pareto_nbd"] == status["bg_nbd"] == "too_few_customers"
    values = [row["value"] for row in found["rows"] if row["parameter"] in {"r", "alpha", "log_likelihood"}]
    assert set(values) == {None}
    assert found["totals"]["models_ok"] == 0
    codes = [note["code"] for note in found["notes"]]
    assert "recency_rule" in codes
    assert "too_few_customers" in codes


def test_a_fit_is_kept_for_every_model_and_run(company):
    again = snapshots.recompute(as_of=DAY)
    versions = ModelFit.objects.filter(model="pareto_nbd").order_by("pk").values_list("run_id", "version", "as_of")
    assert list(versions) == [(company.pk, 1, DAY), (again.pk, 2, DAY)]


def test_another_day_is_fitted_when_it_is_asked_for(company):
    found = engine.run("value-models", user=None, as_of="2024-05-15").as_dict()
    published = engine.run("value-models", user=None).as_dict()
    assert [row["parameter"] for row in found["rows"]] == [row["parameter"] for row in published["rows"]]


def test_the_models_open_onto_the_customers_they_were_fitted_on(company):
    asked = engine.ask("value-models", user=None)
    assert engine.records(asked, measure="customers").count() == 3


def test_customer_value_has_the_keys_that_scripts_rely_on(company):
    found = engine.run("customer-value", user=None, by=["customer"]).as_dict()
    assert set(found["rows"][0]) == {
        "customer_number",
        "historic_value",
        "predicted_value",
        "expected_orders",
        "probability_alive",
        "probability_of_order",
        "abc_class",
        "value_tier",
        "rfm_segment",
        "lifecycle_stage",
    }
    assert [row["historic_value"] for row in found["rows"]] == [200, 200, 200]
    assert found["rows"][0]["predicted_value"] is None
