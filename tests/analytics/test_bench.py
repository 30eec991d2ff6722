"""The bench says what it promises; how quick things are is never tested."""

import json

import pytest
from django.core.management import call_command

from analytics.bench import rfm


def test_the_scores_are_measured_against_the_bare_group_by():
    found = rfm.measure(0.001)
    assert (found["customers"], found["orders"], found["order_lines"]) == (1_000, 10_000, 20_000)
    assert found["bare_group_by_seconds"] > 0
    assert found["ratio"] == pytest.approx(found["aggregate_and_scores_seconds"] / found["bare_group_by_seconds"], 0.5)


@pytest.mark.slow
def test_all_parts_run_in_installations_of_their_own(capsys):
    call_command("bench", "--scale", "0.001", "--json")
    found = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert set(found) == {"machine", "scale", "rfm", "publishing", "facts", "pages", "lists"}
    assert found["publishing"]["customers"] == 1_000
    assert found["facts"]["rows"]["customers"] == 2_000
    assert {page["queries"] <= page["most_queries"] for page in found["pages"].values()} == {True}
