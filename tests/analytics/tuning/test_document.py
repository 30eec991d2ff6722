"""Settings as one document: exported, changed, taken over, refused by name; and the next run follows."""

import datetime
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics import snapshots
from analytics.models import AnalysisSettings, CustomerFigures
from analytics.tuning import services
from tests.analytics.facts import records

pytestmark = pytest.mark.django_db


def changed(**sections: dict) -> dict:
    found = services.document()
    for key, values in sections.items():
        found[key] |= values
    return found


def test_what_was_exported_changes_nothing_when_it_is_taken_over():
    assert services.store(services.document()) == []
    assert not AnalysisSettings.objects.exists() or AnalysisSettings.current() == {}


def test_the_document_tells_every_default():
    found = services.document()
    assert found["abc"] == {"a": 0.7, "b": 0.9}
    assert found["rfm"]["recency_days"] is None
    assert found["rfm"]["rules"][0] == {"segment": "champions", "r": [4, 5], "f": [4, 5], "m": [4, 5]}
    assert found["loyalty"]["weights"]["satisfaction"] == 20.0


def test_only_what_differs_from_the_defaults_is_stored_and_money_in_cents():
    assert services.store(changed(rfm={"monetary_value": [10, 20.5, 30, 40]}, abc={"a": 0.6})) == ["abc", "rfm"]
    assert AnalysisSettings.current() == {"abc": {"a": 0.6}, "rfm": {"monetary_value": [1000, 2050, 3000, 4000]}}
    assert services.document()["rfm"]["monetary_value"] == [10, 20.5, 30, 40]
    services.store({"abc": {"a": 0.7}})
    assert "abc" not in AnalysisSettings.current()


@pytest.mark.parametrize(
    ("section", "values", "field"),
    [
        ("abc", {"a": 0.95}, "abc.a"),
        ("abc", {"a": 1.5}, "abc.a"),
        ("abc", {"c": 1}, "abc.c"),
        ("rfm", {"recency_days": [30, 20, 60, 90]}, "rfm.recency_days"),
        ("rfm", {"frequency": [1, 2, 3]}, "rfm.frequency"),
        ("rfm", {"frequency": "often"}, "rfm.frequency"),
        ("rfm", {"rules": [{"segment": "champions", "r": [4, 5]}]}, "rfm.rules"),
        ("rfm", {"rules": [{"segment": "friends"}]}, "rfm.rules"),
        ("rfm", {"rules": [{"segment": "loyal", "r": [0, 9]}]}, "rfm.rules"),
        ("loyalty", {"weights": {"trust": -1}}, "loyalty.weights"),
        ("loyalty", {"weights": {}}, "loyalty.weights"),
        ("loyalty", {"weights": {"charm": 3}}, "loyalty.weights"),
        ("loyalty", {"bands": [40, 60, 80]}, "loyalty.bands"),
        ("churn", {"medium_ratio": 3}, "churn.medium_ratio"),
        ("churn", {"lost_cycles": True}, "churn.lost_cycles"),
        ("forecast", {"horizon_months": 1.5}, "forecast.horizon_months"),
    ],
)
def test_nonsense_is_refused_with_the_setting_named_and_nothing_stored(section, values, field):
    with pytest.raises(services.SettingsRefused) as refused:
        services.store({"abc": {"b": 0.8}, section: values})
    assert list(refused.value.faults) == [field]
    assert AnalysisSettings.current() == {}


@pytest.mark.parametrize(("given", "field"), [([], ""), ({"weather": {}}, "weather"), ({"abc": 3}, "abc")])
def test_what_is_no_document_is_refused(given, field):
    with pytest.raises(services.SettingsRefused) as refused:
        services.store(given)
    assert list(refused.value.faults) == [field]


def test_the_next_run_follows_thresholds_grid_limits_and_weights(settings, tmp_path):
    settings.FACTS_DIR = tmp_path / "facts"
    records.company()
    buyer = records.customer()
    records.order({"unit_price": "100"}, customer=buyer, at="2024-05-20")
    day = datetime.date(2024, 6, 1)
    before = CustomerFigures.objects.get(run=snapshots.recompute(as_of=day), customer=buyer)
    assert (before.recency_days, before.r_score, before.f_score) == (12, 5, 1)
    services.store(
        {
            "rfm": {
                "recency_days": [1, 5, 10, 20],
                "frequency": [0, 0, 0, 0],
                "rules": [{"segment": "loyal", "r": [1, 3]}, {"segment": "champions", "r": [4, 5]}],
            },
            "loyalty": {"weights": {"continue_likelihood": 1}, "bands": [100, 90, 80]},
        }
    )
    after = CustomerFigures.objects.get(run=snapshots.recompute(as_of=day), customer=buyer)
    assert (after.r_score, after.f_score, after.rfm_segment) == (2, 5, "loyal")
    assert after.loyalty is None  # one component with a weight is too few


def test_the_command_exports_and_imports(tmp_path):
    file = tmp_path / "settings.json"
    call_command("analysis_settings", "export", str(file))
    given = json.loads(file.read_text())
    given["abc"]["a"] = 0.5
    file.write_text(json.dumps(given))
    out = StringIO()
    call_command("analysis_settings", "import", str(file), stdout=out)
    assert out.getvalue() == "Changed: abc. The next run follows.\n"
    assert AnalysisSettings.current() == {"abc": {"a": 0.5}}


@pytest.mark.parametrize("text", ["{", '{"abc": {"a": "x"}}'])
def test_the_command_refuses_with_the_reason(tmp_path, text):
    file = tmp_path / "settings.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=r"not JSON|abc\.a: a number is wanted"):
        call_command("analysis_settings", "import", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("analysis_settings", "import", str(tmp_path / "none.json"))
