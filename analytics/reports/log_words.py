"""What the access log says of reports: their titles, and the questions put to them, in words."""

from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts import log_words

WORDS = {
    "as_of": gettext_lazy("As of"),
    "from": gettext_lazy("From"),
    "to": gettext_lazy("To"),
    "period": gettext_lazy("Period"),
    "compare": gettext_lazy("Compare with"),
    "by": gettext_lazy("Split by"),
    "format": gettext_lazy("file format"),
    "amount_basis": gettext_lazy("Amounts"),
}


def register() -> None:
    log_words.register("report", gettext_lazy("report"), value=_value)
    log_words.register("analysis", gettext_lazy("settings of the analysis"))


def _value(key: str, value: Any) -> str | None:
    from analytics.reports import registry

    if key == "report":
        found = next((each for each in registry.reports() if each.slug == value), None)
        return str(found.title) if found else None
    if key == "query":
        return ", ".join(_asked(name, each) for name, each in parse_qsl(str(value))) or _("as it opens")
    return None


def _asked(name: str, value: str) -> str:
    from analytics.reports.arguments import COMPARISONS, PRESETS
    from analytics.reports.vocabulary import vocabulary

    known = vocabulary.dimensions
    label = WORDS.get(name) or (known[name].label if name in known else name)
    if name == "by":
        value = ", ".join(str(known[each].label) if each in known else each for each in value.split(","))
    elif name in {"period", "compare"}:
        value = str({**PRESETS, **COMPARISONS}.get(value, value))
    elif name in known and known[name].labels:
        value = ", ".join(str(dict(known[name].pairs()).get(each, each)) for each in value.split(","))
    return f"{label}: {value}"
