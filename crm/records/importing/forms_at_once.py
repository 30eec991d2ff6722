"""One form for many new records: making a form takes longer than checking it."""

import copy
from functools import lru_cache
from typing import Any

from django import forms

from crm.records.forms import RecordForm

KEPT = 10_000  # related rows


class ReusedForm:
    """Binds copies of one unbound form. Only for forms whose `__init__` does not look at the data."""

    def __init__(self, template: RecordForm) -> None:
        self.template = template
        self.model: Any = template._meta.model
        self._checked: set[str] = set()  # by the form alone: the model would go through rows and choices once more
        for name, field in template.fields.items():
            if isinstance(field, forms.ModelMultipleChoiceField):
                continue
            if isinstance(field, forms.ModelChoiceField):
                field.to_python = lru_cache(maxsize=KEPT)(field.to_python)  # type: ignore[method-assign]
                self._checked.add(name)
            elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
                field.valid_value = _among(field)  # type: ignore[method-assign]
                self._checked.add(name)

    def bound(self, data: dict[str, Any]) -> Any:
        form = copy.copy(self.template)
        form.data, form.files, form.is_bound = data, {}, True
        form.instance = self.model()
        form._errors = None
        form._bound_fields_cache = {}
        form.__dict__.pop("changed_data", None)
        form._get_validation_exclusions = lambda: type(form)._get_validation_exclusions(form) | self._checked
        for field in form.fields.values():
            if hasattr(field, "region"):
                field.region = form._phone_region()
        return form


def _among(field: forms.ChoiceField) -> Any:
    codes = {str(code) for code, _label in field.choices}
    return lambda value: str(value) in codes
