"""Forms of many records: what takes long, making a form and asking for related rows, is done once."""

import copy
from collections.abc import Callable, Container
from functools import lru_cache
from typing import Any

from django import forms
from django.core.validators import EMPTY_VALUES
from django.forms.models import model_to_dict
from phonenumber_field.phonenumber import PhoneNumber

from crm.accounts.models import User
from crm.records import lookups
from crm.records.attributes import Type
from crm.records.custom import fields as custom_fields
from crm.records.custom import registry
from crm.records.forms import RecordForm
from crm.records.kinds import Kind

KEPT = 10_000  # related rows; texts of a field
MOST_FORMS = 100  # kept, one for each set of custom fields that a type of record has


class SharedChecks:
    """Lets the forms of new records of one kind share what their choices are checked against."""

    def __init__(self, template: RecordForm) -> None:
        self._related: dict[str, Callable[[Any], Any]] = {}
        self._choices: dict[str, Callable[[Any], bool]] = {}
        self._texts: dict[str, Callable[[Any], Any]] = {}
        for name, field in template.fields.items():
            if isinstance(field, forms.ModelMultipleChoiceField):
                continue
            if not _is_phone(field):  # a phone is read by the country beside it
                self._texts[name] = _remembered(field.clean)
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
        return self.give_exclusions(form)

    def remember(self, template: Any) -> None:
        """Have the fields of a form that is copied know again what they have cleaned."""
        for name, clean in self._texts.items():
            template.fields[name].clean = clean
        for field in template.fields.values():
            if _is_phone(field):
                field.to_python = _as_known_number(field.to_python)

    def give_exclusions(self, form: Any) -> Any:
        # checked by the form alone: the model would go through rows and choices once more
        form._get_validation_exclusions = lambda: type(form)._get_validation_exclusions(form) | self._checked
        return form


class ReusedForm:
    """Binds copies of one unbound form. Only for forms whose `__init__` does not look at the data."""

    def __init__(self, template: RecordForm, checks: SharedChecks) -> None:
        self.template = template
        self.checks = checks
        self.model: Any = template._meta.model
        self._empty = {
            name: template.fields[name].clean("")
            for name in _that_may_be_left_out(template)
            if template.get_initial_for_field(template.fields[name], name) in EMPTY_VALUES
        }
        checks.give(template)
        checks.remember(template)

    def bound(self, given: dict[str, Any]) -> Any:
        """`given`: values by the field of the form."""
        form = _copied(self.template, self.model(), given, leave_out=self._empty)
        _bind(form, given, {name: value for name, value in self._empty.items() if name not in given})
        return self.checks.give_exclusions(form)


class KnownForms:
    """Binds copies of unbound forms to records that are there. The records come with what their relations point at.

    Like `ReusedForm` only for forms whose `__init__` looks neither at the data nor at the values of the record.
    """

    def __init__(self, kind: Kind, user: User | None) -> None:
        self.kind = kind
        self.user = user
        self._templates: dict[tuple[Any, ...], tuple[RecordForm, SharedChecks, set[str]]] = {}

    @property
    def relations(self) -> list[str]:
        """What is fetched with the records."""
        fields = self.kind.form_class.base_fields
        return [
            field.name
            for field in (*self.kind.model._meta.concrete_fields, *self.kind.model._meta.many_to_many)
            if field.is_relation and field.name in fields
        ]

    def bound(self, record: Any, given: dict[str, Any]) -> Any:
        """`given`: values by the field of the form; the others stay."""
        template, checks, may_be_left_out = self._template(record)
        form = _copied(template, record, given, leave_out=may_be_left_out)
        form.is_new = False
        form.initial = self._initial(form, record)
        form.fields["version"] = copy.copy(template.fields["version"])
        form.fields["version"].initial = record.version
        _bind(form, given, {name: getattr(record, name) for name in may_be_left_out if name not in given})
        for name, field in list(form.fields.items()):
            if isinstance(field, forms.ModelChoiceField):
                self._keep(form, name, record)
        return checks.give_exclusions(form)

    def _keep(self, form: Any, name: str, record: Any) -> None:
        """A relation may keep pointing where it does, even if this user could not choose that."""
        if name in self.kind.by_key and self.kind.by_key[name].is_custom:
            return
        field = form.fields[name]
        if isinstance(field, forms.ModelMultipleChoiceField):
            present = list(getattr(record, name).all())
            is_kept = {str(each.pk) for each in present} == set(form.data[name] or [])
        else:
            present = getattr(record, name) if form.data[name] else None
            is_kept = present is not None and str(present.pk) == form.data[name]
        if is_kept:
            form.fields[name] = copy.copy(field)
            form.fields[name].clean = lambda value: present

    def _initial(self, form: Any, record: Any) -> dict[str, Any]:
        found = model_to_dict(record, form._meta.fields, form._meta.exclude)
        for attribute in registry.custom_attributes(self.kind):
            if attribute.field_name in form.fields:
                found[attribute.field_name] = custom_fields.initial(attribute, record)
        return found | dict.fromkeys(form.locked, "")

    def _template(self, record: Any) -> tuple[RecordForm, SharedChecks, set[str]]:
        key = tuple(
            (attribute.key, attribute.stored(record) if attribute.type == Type.RELATION else None)
            for attribute in registry.custom_attributes(self.kind)
            if attribute.is_for(record)
        )
        if key not in self._templates:
            if len(self._templates) >= MOST_FORMS:
                self._templates.clear()
            form = self.kind.form_class(user=self.user, instance=record)
            for attribute in self.kind.attributes:  # what this record points at is not open to the others
                field = form.fields.get(attribute.source)
                if isinstance(field, forms.ModelChoiceField):
                    field.queryset = lookups.get(attribute.related).queryset(self.user)
            checks = SharedChecks(form)
            checks.give(form)
            checks.remember(form)
            self._templates[key] = form, checks, _that_may_be_left_out(form)
        return self._templates[key]


class KnownNumber(PhoneNumber):
    """A phone number that is looked up in the plan of its country once, and not at each of a dozen checks."""

    def is_valid(self) -> bool:
        return self._once("kept is_valid", super().is_valid)

    def format_as(self, format: Any) -> str:
        return self._once(f"kept {format}", lambda: PhoneNumber.format_as(self, format))

    def _once(self, name: str, ask: Callable[[], Any]) -> Any:
        if name not in self.__dict__:
            self.__dict__[name] = ask()
        return self.__dict__[name]


def _is_phone(field: Any) -> bool:
    return hasattr(field, "region")


def _as_known_number(to_python: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def known(value: Any) -> Any:
        found = to_python(value)
        if type(found) is not PhoneNumber:
            return found
        number = KnownNumber()
        number.__dict__.update(found.__dict__)
        return number

    return known


def _that_may_be_left_out(template: Any) -> set[str]:
    """Fields that need not be cleaned where a row says nothing of them: they keep the value they have."""
    columns = {field.name: field for field in template._meta.model._meta.concrete_fields}
    return {
        name
        for name, field in template.fields.items()
        if name in columns
        and not (columns[name].has_default() or field.required or field.disabled or name in template.locked)
        and not hasattr(template, f"clean_{name}")
    }


def _copied(template: Any, record: Any, given: Container[str], *, leave_out: Container[str]) -> Any:
    form = copy.copy(template)
    form.fields = {name: field for name, field in template.fields.items() if name in given or name not in leave_out}
    form.instance = record
    form._errors = None
    form._bound_fields_cache = {}
    form.__dict__.pop("changed_data", None)
    return form


def _bind(form: Any, given: dict[str, Any], left_out: dict[str, Any]) -> None:
    """`left_out`: values of the fields that are not on this copy, for rules that look at several."""
    form.data, form.files, form.is_bound = type(form).data_from_json(given, form), {}, True
    for field in form.fields.values():
        if _is_phone(field):
            field.region = form._phone_region()

    def clean_fields() -> None:
        type(form)._clean_fields(form)
        for name, value in left_out.items():
            form.cleaned_data.setdefault(name, value)

    form._clean_fields = clean_fields


def _remembered(clean: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same text is the same value every time; what is wrong is looked at anew."""
    known: dict[str, Any] = {}

    def cleaned(value: Any) -> Any:
        if type(value) is not str:
            return clean(value)
        if value in known:
            return known[value]
        found = clean(value)
        if len(known) < KEPT:
            known[value] = found
        return found

    return cleaned


def _among(field: forms.ChoiceField) -> Callable[[Any], bool]:
    codes = {str(code) for code, _label in field.choices}
    return lambda value: str(value) in codes
