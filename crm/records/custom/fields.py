"""The form fields of custom fields, and how their values get onto the record."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from crm.records import lookups
from crm.records.attributes import Type
from crm.records.custom.attributes import CustomAttribute, json_of
from crm.records.filters import EARLIEST, LATEST
from crm.records.widgets import DateInput, RemoteSelect

LONGEST_TEXT = 200
LARGEST = Decimal(10) ** 12
CHECKBOXES = 8  # so many choices stand as boxes, more in a list


class RelatedField(forms.ModelChoiceField):
    """One record that the writer may see, or the one that is there already."""

    def __init__(self, attribute: CustomAttribute, user: User | None, present: int | None, **kwargs: Any) -> None:
        lookup = lookups.get(attribute.related)
        allowed = lookup.queryset(user)
        if present:
            chosen = Q(pk__in=allowed.order_by().values("pk")) | Q(pk=present)
            allowed = lookup.model._default_manager.filter(chosen)
        super().__init__(allowed, widget=RemoteSelect(attribute.related), **kwargs)


def form_field(attribute: CustomAttribute, user: User | None, record: Any) -> forms.Field:
    """The control of a field, with what it demands. What is only for some types of record is asked for by `clean`."""
    options: dict[str, Any] = {
        "label": attribute.label,
        "required": attribute.is_required and not attribute.applies_to,
        "help_text": _help(attribute, record),
    }
    match attribute.type:
        case Type.LONG_TEXT:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000, **options)
        case Type.NUMBER:
            limits = {"max_digits": 15, "decimal_places": 6, "min_value": -LARGEST, "max_value": LARGEST}
            return forms.DecimalField(**limits, **options)
        case Type.DATE:
            return forms.DateField(widget=DateInput(), validators=[_in_living_memory], **options)
        case Type.BOOLEAN:
            pairs = [("", "—"), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))]
            return forms.TypedChoiceField(
                choices=pairs, coerce=lambda text: text == "true", empty_value=None, **options
            )
        case Type.CHOICE:
            pairs = [(code, capfirst(str(label))) for code, label in attribute.choice_pairs()]
            if not attribute.is_multiple:
                return forms.ChoiceField(choices=[("", ""), *pairs], **options)
            widget = forms.CheckboxSelectMultiple if len(pairs) <= CHECKBOXES else forms.SelectMultiple
            return forms.MultipleChoiceField(choices=pairs, widget=widget(), **options)
        case Type.RELATION:
            return RelatedField(attribute, user, attribute.stored(record), **options)
    return forms.CharField(max_length=LONGEST_TEXT, **options)


def initial(attribute: CustomAttribute, record: Any) -> Any:
    """What the control shows of the stored value."""
    value = attribute.stored(record)
    if attribute.type == Type.BOOLEAN and value is not None:
        return "true" if value else "false"
    return value if attribute.type in {Type.RELATION, Type.CHOICE} else attribute.value_of(record)


def problem(attribute: CustomAttribute, value: Any, code: Any) -> str:
    """What is wrong with a value on a record of the type `code`; "" when nothing is."""
    is_for = not attribute.applies_to or code in attribute.applies_to
    is_given = json_of(attribute, value) is not None
    if is_for and attribute.is_required and not is_given:
        return _("This field is required.")
    if not is_for and is_given:
        return _("This type of record does not have the field: empty it, or change the type.")
    return ""


def _help(attribute: CustomAttribute, record: Any) -> str | Promise:
    if not attribute.applies_to or getattr(record, "pk", None):
        return attribute.hint
    choices = dict(type(record)._meta.get_field("type").flatchoices) if record is not None else {}
    types = ", ".join(str(choices.get(each, each)) for each in attribute.applies_to)
    only = _("Only for: %(types)s") % {"types": types}
    return format_lazy("{only}. {hint}", only=only, hint=attribute.hint) if attribute.hint else only


def _in_living_memory(day: datetime.date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(_("Choose a date between 1900 and 2200."))
