"""Reasons as sentences."""

import pytest

from analytics.alerts import words

SILENCE = {"code": "silence", "days": 95, "cycle": 30.0, "ratio": 3.17, "cycle_source": "own"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (SILENCE, "Last order 95 days ago, 3.2 times the usual 30 days."),
        (
            {**SILENCE, "cycle_source": "assumed", "cycle": 28.5, "days": 1, "ratio": 1.25},
            "Last order 1 day ago, 1.3 times the 28.5 days that customers usually take.",
        ),
        ({**SILENCE, "cycle": None, "ratio": None}, "Last order 95 days ago."),
        ({"code": "open_complaint"}, "A complaint is not solved yet."),
        ({"code": "named_competitor"}, "Named a competitor in the last 180 days."),
        (
            {"code": "falling_amount", "last": 123_450, "previous": 500_000},
            "Spent 1,234.50 in the last 180 days, 5,000.00 in the 180 days before.",
        ),
        ({"code": "lost_by_user", "on": "2026-05-01"}, "Was marked as lost on 2026-05-01."),
        ({"code": "written_by_a_later_version"}, "written_by_a_later_version"),
    ],
)
def test_a_reason_is_a_sentence(given: dict, said: str) -> None:
    assert words.reason(given) == said
