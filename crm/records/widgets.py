"""Form controls of the record screens."""

from typing import Any

from django import forms
from django.urls import reverse

from crm.accounts import settled
from crm.records import lookups


class RemoteSelect(forms.Select):
    """A select that carries only what is chosen; the browser fetches the rest from /lookup/<key>/ while typing.

    Small tables come with all their rows, so that they work without JavaScript too.
    """

    def __init__(
        self, related: str, attrs: dict[str, Any] | None = None, known: Any = (), *, is_always_remote: bool = False
    ) -> None:
        super().__init__(attrs)
        self.related, self.is_always_remote = related, is_always_remote
        self.known = {str(row.pk): row for row in known if row is not None}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"].update(
            {
                "data-lookup": self.related,
                "data-lookup-url": reverse("records:lookup", args=[self.related]),
                "autocomplete": "off",
            }
        )
        return context

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list:
        wanted = [each for each in value if lookups.is_id(each)]
        rows = self._rows(wanted)
        options = [] if self.allow_multiple_selected else [("", "")]
        options += [(str(row.pk), str(row)) for row in rows]
        return [
            (None, [self.create_option(name, code, label, code in wanted, at, attrs=attrs)], at)
            for at, (code, label) in enumerate(options)
        ]

    def _rows(self, wanted: list[str]) -> list[Any]:
        queryset = getattr(self.choices, "queryset", None)
        lookup = lookups.get(self.related)
        if queryset is None:
            queryset = lookup.queryset(None)
        if lookup.is_small and not self.is_always_remote:
            rows = queryset.order_by(lookup.sort, "pk")
            return settled.kept(("small lookup", str(rows.query)), lambda: list(rows))
        missing = [each for each in wanted if each not in self.known]
        if missing:
            self.known.update((str(row.pk), row) for row in queryset.filter(pk__in=missing))
        return [self.known[each] for each in wanted if each in self.known]


class RemoteSelectMultiple(RemoteSelect, forms.SelectMultiple):
    allow_multiple_selected = True


class DateInput(forms.DateInput):
    """The browser's own date picker, which speaks ISO whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
