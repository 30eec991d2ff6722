"""Methods of segmentation to begin with: each opens the builder with the fields that it asks about, and says why.

They only preselect: every field is there in every rule, whatever the method.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics.segments.builder import Builder
from crm.accounts.models import User
from crm.records.attributes import Text


@dataclass(frozen=True)
class Preset:
    """`tree` is a rule whose values may be missing: the lines that the builder opens with."""

    key: str
    label: Text
    help: Text
    icon: str
    tree: dict[str, Any]


def _ask(attribute: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"attribute": attribute, "op": op} | ({} if value is None else {"value": value})


PRESETS = (
    Preset(
        "demographic",
        _("Demographic"),
        _("Who customers are: sex, income, industry. For offers that suit a stage of life or a purse."),
        "users",
        {"all": [_ask("sex", "in"), _ask("income_band", "in"), _ask("industry", "in")]},
    ),
    Preset(
        "geographic",
        _("Geographic"),
        _(
            "Where customers are: region with everything below it, city, country."
            " For local offers, visits and delivery."
        ),
        "map-pin",
        {"any": [_ask("region", "in"), _ask("city", "is"), _ask("country", "in")]},
    ),
    Preset(
        "behavioural",
        _("Behavioural"),
        _("What customers do: how often they order, by which channel, for how much. For habits worth strengthening."),
        "shopping-cart",
        {
            "all": [
                {
                    "event": "order",
                    "measure": "count",
                    "op": "gte",
                    "value": 12,
                    "window": {"last_days": 365},
                    "where": {"all": [_ask("channel", "in")]},
                },
                _ask("amount_12_months", "gte"),
            ]
        },
    ),
    Preset(
        "satisfaction",
        _("Satisfaction"),
        _("How content customers are: answers to surveys, complaints, cases still open. For those to be heard first."),
        "heart",
        {
            "any": [
                _ask("satisfaction", "lte", 40),
                {"event": "complaint", "measure": "count", "op": "gte", "value": 2, "window": {"last_days": 90}},
                _ask("open_complaints", "gte", 1),
            ]
        },
    ),
    Preset(
        "loyalty",
        _("Loyalty"),
        _("How attached customers are: the loyalty index, how surely they go on, how often they buy again."),
        "award",
        {"all": [_ask("loyalty", "gte", 80), _ask("continue_likelihood", "gte", 80), _ask("frequency", "gte", 3)]},
    ),
    Preset(
        "needs",
        _("Needs-based"),
        _("What customers want of a product: words of their needs, the concern they name most often."),
        "heart-question",
        {"any": [_ask("needs", "contains"), _ask("main_concern", "in")]},
    ),
    Preset(
        "psychographic",
        _("Psychographic"),
        _("How customers live: preferences, background, interests. Fields of your own for interests are offered, too."),
        "star",
        {"any": [_ask("preferences", "contains"), _ask("background", "contains")]},
    ),
)
BY_KEY = {each.key: each for each in PRESETS}


def opened(key: str, user: User | None) -> Builder:
    """The builder with the lines of a preset that this reader may ask; KeyError for an unknown one."""
    builder = Builder.of_rule(BY_KEY[key].tree, user)
    known = builder.attributes
    branch = builder.root
    branch.parts = [each for each in branch.parts if each.is_event or getattr(each, "key", "") in known] or branch.parts
    return Builder(branch, user)
