"""The report command."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from analytics.reports import engine
from tests.analytics.reports.facts import SmallFacts


def _said(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_says_what_the_engine_says(company: SmallFacts) -> None:
    chosen = ("--by", "region,month", "--filter", "amount_basis=gross", "--from", "2026-05-01")
    said = _said("product-distribution", *chosen)
    asked = engine.run(
        "product-distribution",
        user=None,
        by=["region", "month"],
        filters={"amount_basis": "gross"},
        period={"from": "2026-05-01"},
    )
    assert said == json.loads(json.dumps(asked.as_dict()))
    assert said["totals"]["quantity"] == 260


def test_unknown_words_end_with_two(company: SmallFacts) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("report", "orders-summary", "--by", "colour")
    assert caught.value.returncode == 2
    with pytest.raises(CommandError):
        call_command("report", "nonsense")


def test_describe_lists_what_can_be_asked(company: SmallFacts) -> None:
    said = _said("orders-summary", "--describe")
    assert said["default_by"] == ["month"]
    assert {"amount_basis", "customer", "region"} <= {each["key"] for each in said["filters"]}


def test_a_file_holds_rows_totals_and_the_question(company: SmallFacts, tmp_path) -> None:
    path = tmp_path / "report.csv"
    call_command("report", "product-distribution", "--by", "product", "--format", "csv", "--output", str(path))
    text = path.read_text(encoding="utf-8-sig").splitlines()
    assert text[0] == "Product,Quantity,Amount (CNY),Orders,Customers"
    assert text[1] == "Coffee,119,2380.01,3,3"
    assert text[3].startswith("Total,352,4710.01")
    assert "amount_basis,net" in text
