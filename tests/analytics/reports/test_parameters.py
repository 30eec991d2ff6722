"""Numbers and words that a reader puts into a report."""

import datetime

import pytest

from analytics.reports import arguments, registry
from analytics.reports.builders import CrossTable
from analytics.reports.errors import ReportError
from analytics.reports.parameters import Kind, Parameter
from analytics.reports.registry import Report

SHARE = Parameter("share", "Share", Kind.RATIO, default=0.4, least=0, most=1)
PAIRS = Parameter("most_items", "Items", Kind.WHOLE, default=2, least=2, most=4)
PLAN = Parameter("planned", "Plan", Kind.MONEY, least=0)
MODEL = Parameter("model", "Model", Kind.CHOICE, default="a", choices=lambda: [("a", "First"), ("b", "Second")])
ORDERS = CrossTable("orders", ("orders",))
REPORT = Report("told", "sales", "Told", "What?", ORDERS, parameters=(SHARE, PAIRS, PLAN, MODEL))


def read(**filters: object) -> dict[str, object]:
    return dict(arguments.read(REPORT, as_of=datetime.date(2026, 1, 31), filters=filters).parameters)


def test_what_is_not_given_has_its_default():
    assert read() == {"share": 0.4, "most_items": 2, "planned": None, "model": "a"}


def test_numbers_are_read_and_per_cent_is_a_fraction():
    found = read(share="35 %", most_items="3", planned="750000", model="b")
    assert found == {"share": 0.35, "most_items": 3, "planned": 750_000.0, "model": "b"}
    assert read(share=["0.35"])["share"] == 0.35


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"share": "a lot"}, "“a lot” is not a number for “Share”."),
        ({"share": "nan"}, "“nan” is not a number for “Share”."),
        ({"share": "1.01"}, "“Share” must be at most 1."),
        ({"most_items": "2.5"}, "“2.5” is not a whole number for “Items”."),
        ({"most_items": "1"}, "“Items” must be at least 2."),
        ({"planned": "1e999"}, "“1e999” is not a number for “Plan”."),
        ({"model": "c"}, "There is no model “c”. Known: a, b."),
        ({"shares": "1"}, "Known: amount_basis, customer, member_of, share, most_items, planned, model."),
    ],
)
def test_nonsense_is_answered_in_words(filters, said):
    with pytest.raises(ReportError) as error:
        read(**filters)
    assert said in str(error.value)


def test_two_answers_with_other_parameters_are_not_kept_as_one():
    day = datetime.date(2026, 1, 31)
    keys = {arguments.read(REPORT, as_of=day, filters={"share": each}).key() for each in ("0.1", "0.2", "10%")}
    assert len(keys) == 2


def test_a_parameter_has_a_name_of_its_own():
    twice = Report(
        *("twice", "sales", "Twice", "What?", ORDERS),
        filters=("region",),
        parameters=(Parameter("region", "Region"),),
    )
    with pytest.raises(ValueError, match="region"):
        registry.register(twice)
