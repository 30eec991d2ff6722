"""Numbers, moments and badges as pages write them."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from crm.records.templatetags import shell


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234.5"), "1,234.50"),
        (Decimal("-2.9"), "−2.90"),
        (Decimal("0.001"), "0.001"),
        (0, "0.00"),
        (None, "–"),
        ("", "–"),
        ("nonsense", "–"),
        (float("nan"), "–"),
    ],
)
def test_money_has_two_decimals_and_more_only_where_a_price_has_them(value, shown):
    assert shell.money(value) == shown


def test_cents_become_an_amount():
    assert shell.money(shell.cents(891140790), "GBP") == "8,911,407.90 GBP"


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("en", 1284220, "1.3M"),
        ("en", 12300, "12.3k"),
        ("en", 980, "980"),
        ("zh-hans", 1284220, "128.4万"),
        ("zh-hant", 250000000, "2.5億"),
    ],
)
def test_large_amounts_are_shortened_as_the_language_does(language, value, shown):
    with translation.override(language):
        assert shell.short_money(value) == shown


def test_a_fraction_is_shown_as_per_cent():
    assert shell.percent(Decimal("0.3661")) == "36.6%"
    assert shell.percent(0.74587, 2) == "74.59%"
    assert shell.percent(Decimal("0.9995")) == "100.0%"
    assert shell.percent(None) == "–"


def test_near_moments_are_told_in_words_and_far_ones_as_their_date():
    now = timezone.now()
    assert ">just now<" in shell.since(now)
    assert ">5 minutes ago<" in shell.since(now - datetime.timedelta(minutes=5, seconds=10))
    assert ">3 days ago<" in shell.since(timezone.localdate() - datetime.timedelta(days=3))
    assert ">in 2 days<" in shell.since(timezone.localdate() + datetime.timedelta(days=2))
    assert ">2020-01-31<" in shell.since(datetime.date(2020, 1, 31))
    assert shell.since(None) == "–"


def test_names_are_shortened_for_avatars():
    assert shell.initials("Ada Lovelace") == "AL"
    assert shell.initials("沈立新") == "立新"
    assert shell.initials("") == "?"


def test_a_badge_escapes_what_it_says():
    assert "<b>" not in shell.badge("<b>", "green")
    assert "tone-grey" in shell.badge("x", "no such tone")


def test_less_can_be_better():
    assert shell.change_of(Decimal("0.1")).verdict == "good"
    assert shell.change_of(Decimal("0.1"), True).verdict == "bad"
    assert shell.change_of(Decimal("-0.1")).text == "−10.0%"
    assert shell.change_of(0).verdict == "none"


def test_the_table_of_a_chart_holds_its_figures():
    spec = {
        "type": "pareto",
        "category_label": "Customers",
        "categories": ["1", "2"],
        "unit": "currency",
        "series": [{"name": "Revenue", "data": [10, 5.5]}, {"name": "Share", "data": [0.645, 1], "unit": "ratio"}],
    }
    assert shell.chart_rows(spec) == {
        "heads": ["Customers", "Revenue", "Share"],
        "rows": [["1", "10.00", "64.5%"], ["2", "5.50", "100.0%"]],
    }


def test_the_table_of_a_heatmap_leaves_gaps_where_there_is_nothing():
    spec = {"type": "heatmap", "categories": ["0", "1"], "rows": ["Jan"], "data": [[0, 0, 1]], "unit": "ratio"}
    assert shell.chart_rows(spec)["rows"] == [["Jan", "100.0%", "–"]]
