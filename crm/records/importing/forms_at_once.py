"""Forms of many new records: what takes long, making a form and asking for related rows, is done once."""

import copy
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import forms

from crm.records.forms import RecordForm

KEPT = 10_000  # related rows


class SharedChecks:
    """Lets the forms of new records of one kind share what their choices are checked against."""

    def __init__(self, template: RecordForm) -> None:
        self._related: dict[str, Callable[[Any], Any]] = {}
        self._choices: dict[str, Callable[[Any], bool]] = {}
        for name, field in template.fields.items():
            if isinstance(field, forms.ModelMultipleChoiceField):
                continue
            if isinstance(field, forms.ModelChoiceField):
                self._related[name] = lru_cache(maxsize=KEPT)(field.to_python)
            elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
                self._choices[name] = _among(field)
        self._checked = {*self._related, *self._choices}

    def give(self, form: Any) -> Any:
        for name, to_python in self._related.items():
            if name in form.fields:
                form.fields[name].to_python = to_python
        for name, valid_value in self._choices.items():
            if name in form.fields:
                form.fields[name].valid_value = valid_value
        # checked by the form alone: the model would go through rows and choices once more
        form._get_validation_exclusions = lambda: type(form)._get_validation_exclusions(form) | self._checked
        return form


class ReusedForm:
    """Binds copies of one unbound form. Only for forms whose `__init__` does not look at the data."""

    def __init__(self, template: RecordForm, checks: SharedChecks) -> None:
        self.template = template
        self.checks = checks
        self.model: Any = template._meta.model

    def bound(self, data: dict[str, Any]) -> Any:
        form = copy.copy(self.template)
        form.data, form.files, form.is_bound = data, {}, True
        form.instance = self.model()
        form._errors = None
        form._bound_fields_cache = {}
        form.__dict__.pop("changed_data", None)
        for field in form.fields.values():
            if hasattr(field, "region"):
                field.region = form._phone_region()
        return self.checks.give(form)


def _among(field: forms.ChoiceField) -> Callable[[Any], bool]:
    codes = {str(code) for code, _label in field.choices}
    return lambda value: str(value) in codes
