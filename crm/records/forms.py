"""The form of a record: only declared fields, relations only to what the user may see, masked values left as they are.

A room's form lists `Meta.fields` and `sections`; pages, API and import all write through it.
"""

import datetime
from collections.abc import Callable
from typing import Any, ClassVar, Self

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Fieldset, Layout, Row
from django import forms
from django.db.models import Model, Q
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company, FieldRight, User
from crm.records import duplicates, lookups, privacy, services, values
from crm.records.attributes import Attribute, Text, Type
from crm.records.custom import fields, registry
from crm.records.custom.attributes import CustomAttribute, json_of
from crm.records.filters import EARLIEST, LATEST
from crm.records.kinds import Kind, kinds
from crm.records.models import Record
from crm.records.widgets import DateInput, MomentInput, RemoteSelect, RemoteSelectMultiple

Sections = tuple[tuple[Text, tuple[str, ...]], ...]


class RecordForm(forms.ModelForm):
    """Base of every record's form.

    sections       headings and the fields under them, in order
    folded         headings of sections that are rarely needed: closed until something in them asks to be seen
    follows        fields that fill themselves from the customer or the writer: their values open no section
    wide           fields that take a whole line
    beside         field -> template of what stands below its section, when the writer may fill it
    assistants     name of a button -> what it makes of the typed values: the form is shown again, nothing is stored
    part_names     lists of the record's own parts that the API reads and writes: the lines of an order
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)

    sections: ClassVar[Sections] = ()
    folded: ClassVar[tuple[Text, ...]] = ()
    follows: ClassVar[tuple[str, ...]] = ()
    part_names: ClassVar[tuple[str, ...]] = ()
    wide: ClassVar[tuple[str, ...]] = ()
    beside: ClassVar[dict[str, str]] = {}
    assistants: ClassVar[dict[str, Callable[[QueryDict], QueryDict]]] = {}

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.prefilled = frozenset(kwargs.get("initial") or ())
        self.kind: Kind = kinds.of(self._meta.model)
        self.is_new = self.instance._state.adding
        self.locked: dict[str, str] = {}
        self.fields["version"].initial = None if self.is_new else self.instance.version
        for attribute in self.kind.attributes:
            if attribute.source in self.fields:
                self._prepare(attribute)
        for custom in registry.custom_attributes(self.kind):
            self._add(custom)
        self.headings = self._headings()
        self.helper = self._helper()

    @property
    def conflicts_with(self) -> int | None:
        """The version that the writer had read; where none is said, the one this form was made from."""
        if self.is_new:
            return None
        return self.cleaned_data.get("version") or self.fields["version"].initial

    def store(self) -> Record:
        """Write what was entered. Rooms whose records have parts of their own override it."""
        return services.save(
            self.instance, user=self.user, expected_version=self.conflicts_with, related=self._save_m2m
        )

    def doubts(self) -> list[duplicates.Candidate]:
        """Records that this one may already be, to ask about once before it is stored. For a form that is valid."""
        watched = duplicates.watched(self.kind.key)
        if not watched or not (self.is_new or watched & set(self.changed_data)):
            return []
        entered = {name: getattr(self.instance, name) for name in watched}
        return duplicates.of(self.kind.key, entered, self.user, record=None if self.is_new else self.instance)

    def differences(self, current: Record) -> list[dict[str, Any]]:
        """What somebody else saved meanwhile, beside what was entered here; for the page that asks which to keep."""
        found = []
        for name in self.fields:
            attribute = next((each for each in self.kind.attributes if each.field_name == name), None)
            if attribute is None or name in self.locked or name not in self.cleaned_data:
                continue
            theirs = values.text(attribute, values.raw(attribute, current))
            entered = self.cleaned_data[name]
            is_list = attribute.is_multiple and entered is not None
            mine = values.text(attribute, list(entered) if is_list else entered)
            if mine != theirs:
                found.append({"name": name, "label": attribute.label, "yours": mine, "theirs": theirs})
        return found

    def parts(self) -> list[dict[str, Any]]:
        """Sections with their bound fields, for templates."""
        present = [(title, [name for name in names if name in self.fields]) for title, names in self.headings]
        return [
            {
                "title": title,
                "fields": [self[name] for name in names],
                "is_folded": title in self.folded,
                "is_open": any(map(self._asks_to_be_seen, names)),
                "beside": [self.beside[name] for name in names if name in self.beside and name not in self.locked],
            }
            for title, names in present
            if names
        ]

    def _asks_to_be_seen(self, name: str) -> bool:
        """Whether a field is worth opening its section for: it is wrong, was changed, or holds a value of its own."""
        if self.is_bound and (name in self.errors or name in self.changed_data):
            return True
        if name in self.prefilled:
            return True
        return not self.is_new and name not in self.follows and bool(self[name].initial)

    @classmethod
    def assisted(cls, sent: QueryDict) -> QueryDict | None:
        """What an assistant makes of what was sent; None where the form was sent to be stored."""
        assistant = cls.assistants.get(sent.get("assist", ""))
        return assistant(sent.copy()) if assistant else None

    def without_errors(self) -> Self:
        """Shown before it is finished: nothing is held against it yet."""
        self.full_clean()
        self._errors = ErrorDict()
        return self

    @classmethod
    def data_from_json(cls, given: dict[str, Any], form: "RecordForm") -> dict[str, Any]:
        """Turn the body of an API call into form data; what it leaves out keeps the value it has."""
        data: dict[str, Any] = {}
        for name, field in form.fields.items():
            value = given[name] if name in given else form.get_initial_for_field(field, name)
            data[form.add_prefix(name)] = _as_data(value)
        return data

    @classmethod
    def parts_as_json(cls, record: Any) -> dict[str, Any]:
        """The parts of a record that are no attributes, for the API."""
        return {}

    def all_errors(self) -> dict[str, list[str]]:
        """What is wrong, by field, in words."""
        return {name: [str(each) for each in found] for name, found in self.errors.items()}

    def _clean_fields(self) -> None:
        super()._clean_fields()
        for name in self.locked:
            self.cleaned_data.pop(name, None)
            self._errors.pop(name, None)
        for name, field in self.fields.items():
            if isinstance(field, forms.DateTimeField):
                self._keep_seconds(name)

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | set(self.locked)

    def _keep_seconds(self, name: str) -> None:
        """The control shows minutes: a moment that was not touched keeps its seconds."""
        before, entered = self.initial.get(name), self.cleaned_data.get(name)
        if not isinstance(before, datetime.datetime) or entered is None:
            return
        if entered in {before.replace(microsecond=0), before.replace(second=0, microsecond=0)}:
            self.cleaned_data[name] = before

    def _post_clean(self) -> None:
        super()._post_clean()
        self._take_custom()

    def _take_custom(self) -> None:
        """Values of custom fields onto the record; those that are not on the form stay as they are."""
        kept = dict(self.instance.custom or {})
        for attribute in registry.custom_attributes(self.kind):
            name = attribute.field_name
            if name not in self.fields or name in self.locked or name in self.errors:
                continue
            value = self.cleaned_data.get(name)
            wrong = fields.problem(attribute, value, getattr(self.instance, "type", None))
            if wrong:
                self.add_error(name, wrong)
                continue
            kept.pop(attribute.name, None)
            stored = json_of(attribute, value)
            if stored is not None:
                kept[attribute.name] = stored
        self.instance.custom = kept

    def _add(self, attribute: CustomAttribute) -> None:
        """The field of a custom attribute, unless the record is of a type that does not have it."""
        if not self.is_new and not attribute.is_for(self.instance):
            return
        name, level = attribute.field_name, privacy.level(self.kind, attribute, self.user)
        if level == FieldRight.Level.HIDDEN:
            return
        if level != FieldRight.Level.WRITE:
            self._lock(name, attribute, is_masked=level != FieldRight.Level.READ)
            return
        self.fields[name] = fields.form_field(attribute, self.user, self.instance)
        if not self.is_new:
            self.initial.setdefault(name, fields.initial(attribute, self.instance))

    def _headings(self) -> Sections:
        custom = [each for each in registry.custom_attributes(self.kind) if each.field_name in self.fields]
        return registry.in_sections(self.sections, custom, lambda each: each.field_name) if custom else self.sections

    def _prepare(self, attribute: Attribute) -> None:
        name, field = attribute.source, self.fields[attribute.source]
        level = privacy.level(self.kind, attribute, self.user)
        if level == FieldRight.Level.HIDDEN:
            del self.fields[name]
            return
        if level != FieldRight.Level.WRITE:
            self._lock(name, attribute, is_masked=level != FieldRight.Level.READ)
            return
        field.label = attribute.label
        if isinstance(field, forms.ModelChoiceField):
            self._point(name, field, attribute)
        elif isinstance(field, forms.DateTimeField):
            field.widget = MomentInput()
            field.validators = [*field.validators, _in_living_memory]
        elif isinstance(field, forms.DateField):
            field.widget = DateInput()
            field.validators = [*field.validators, _in_living_memory]
        elif attribute.type == Type.LONG_TEXT:
            field.widget.attrs["rows"] = 3
        elif type(field) is forms.TypedChoiceField:  # choices of the model; countries come with capitals
            field.choices = [(value, capfirst(label) if value else "") for value, label in field.choices]
        if hasattr(field, "region"):
            field.region = self._phone_region()

    def _lock(self, name: str, attribute: Attribute, *, is_masked: bool) -> None:
        """Show what the reader may see; whatever is sent for it, the stored value stays."""
        raw = None if self.is_new else values.raw(attribute, self.instance)
        shown = values.mask(attribute, raw) if is_masked else values.text(attribute, raw)
        self.locked[name] = shown
        if self.is_new:
            self.fields.pop(name, None)
            return
        self.fields[name] = forms.CharField(label=attribute.label, required=False, disabled=True)
        self.initial[name] = shown

    def _point(self, name: str, field: forms.ModelChoiceField, attribute: Attribute) -> None:
        """A relation may point at what the user may see, and may keep pointing where it does."""
        lookup = lookups.get(attribute.related)
        allowed = lookup.queryset(self.user)
        present: list[Model] = []
        if not self.is_new:
            value = values.raw(attribute, self.instance)
            present = value if isinstance(value, list) else [value] if value is not None else []
        if present:
            chosen = Q(pk__in=allowed.values("pk")) | Q(pk__in=[each.pk for each in present])
            allowed = lookup.model._default_manager.filter(chosen)
        widget = RemoteSelectMultiple if attribute.is_multiple else RemoteSelect
        field.widget = widget(attribute.related, attrs=field.widget.attrs, known=present)
        field.queryset = allowed  # binds the widget's choices too

    def _phone_region(self) -> str:
        """Numbers without a country code belong to the customer's country, else to that of the base currency."""
        given = str(self.data.get(self.add_prefix("country")) or "") or str(getattr(self.instance, "country", "") or "")
        return given[:2] or Company.objects.current().currency[:2]

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        parts: list[Any] = ["version"]
        for title, names in self.headings:
            present = [name for name in names if name in self.fields]
            if present:
                columns = [Column(Field(each), css_class=self._width(each)) for each in present]
                parts.append(Fieldset(title, Row(*columns)))
        helper.layout = Layout(*parts)
        return helper

    def _width(self, name: str) -> str:
        is_wide = name in self.wide or isinstance(
            self.fields[name].widget, forms.Textarea | forms.CheckboxSelectMultiple
        )
        return "col-12" if is_wide else "col-md-6"


def initial_from(kind: Kind, query: Any, user: User) -> dict[str, Any]:
    """Prefilled values of a new record from the page's address, such as ?customer=5; nonsense is left out."""
    found: dict[str, Any] = {}
    for attribute in kind.attributes:
        given = query.get(attribute.key)
        if not given or len(given) > 200 or "\0" in given:
            continue
        if attribute.type != Type.RELATION:
            found[attribute.field_name] = given
        elif lookups.is_id(given) and lookups.get(attribute.related).queryset(user).filter(pk=given).exists():
            found[attribute.field_name] = int(given)
    return found


def _in_living_memory(value: datetime.date | datetime.datetime) -> None:
    day = value.date() if isinstance(value, datetime.datetime) else value
    if not EARLIEST <= day <= LATEST:
        raise forms.ValidationError(_("Choose a date between 1900 and 2200."))


def _as_data(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat() if timezone.is_aware(value) else value.isoformat()
    if isinstance(value, list | tuple | set) or hasattr(value, "all"):
        return [_as_data(each) for each in (value.all() if hasattr(value, "all") else value)]
    if isinstance(value, Model):
        return str(value.pk)
    return str(value)


__all__ = ["RecordForm", "initial_from"]
