"""Making, changing and retiring custom fields."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.records.custom import registry
from crm.records.custom.models import CustomField, CustomOption
from crm.records.kinds import kinds

# Endings that filters add to the key of an attribute in a list's address.
ENDINGS = ("_min", "_max", "_from", "_to", "_empty")
KEY_LENGTH = 36


class OptionInUse(Exception):
    """Records have chosen it."""


def save_field(field: CustomField, options: Iterable[CustomOption] = (), removed: Iterable[CustomOption] = ()) -> None:
    """Write a field with its choices; it is on every form, list and rule from then on. OptionInUse writes nothing."""
    with transaction.atomic():
        for each in removed:
            check_unused(field, each)
        if not field.key:
            field.key = _free_key(field)
        field.save()
        CustomOption.objects.filter(pk__in=[each.pk for each in removed]).delete()
        for each in options:
            each.field = field
            each.code = each.code or _free_code(each)
            each.save()
    registry.load()


def set_active(field: CustomField, is_active: bool) -> None:
    """Retire a field, or take it back into use. Its values stay either way."""
    field.is_active = is_active
    field.save(update_fields=["is_active"])
    registry.load()


def check_unused(field: CustomField, option: CustomOption) -> None:
    """OptionInUse in words where records, also those in the recycle bin, have chosen it."""
    found = count_of(field, option.code)
    if found:
        text = ngettext(
            "“%(name)s” is chosen on %(count)s record and cannot be removed. Choose something else there first.",
            "“%(name)s” is chosen on %(count)s records and cannot be removed. Choose something else there first.",
            found,
        )
        raise OptionInUse(text % {"name": option.local_name, "count": found})


def count_of(field: CustomField, code: str = "") -> int:
    """Records that have a value of this field, or this one."""
    rows = kinds[field.kind].model._default_manager.all()
    name = f"custom__{field.key}__as_text"
    if not code:
        return rows.filter(**{f"{name}__isnull": False}).count()
    is_list = field.type == CustomField.Kind.CHOICES
    return rows.filter(**({f"{name}__contains": f'"{code}"'} if is_list else {name: code})).count()


def name_is_taken(field: CustomField, name: str) -> str:
    """Why a name would be mistaken for that of another field of the kind; "" when it would not."""
    from crm.records.importing.mapping import in_every_language

    wanted = name.strip().casefold()
    for each in kinds[field.kind].attributes:
        is_same = each.is_custom and each.key == f"{registry.PREFIX}{field.key}"
        if not is_same and wanted in {text.casefold() for text in in_every_language(each.label)}:
            return _("There is a field “%(name)s” already.") % {"name": name}
    return ""


def _free_key(field: CustomField) -> str:
    base = _code(field.name) or "field"
    while base.endswith(ENDINGS):
        base = base.rpartition("_")[0] or "field"
    taken = set(CustomField.objects.filter(kind=field.kind).values_list("key", flat=True))
    return _first_free(base, taken)


def _free_code(option: CustomOption) -> str:
    taken = set(CustomOption.objects.filter(field=option.field_id).values_list("code", flat=True))
    return _first_free(_code(option.name) or "choice", taken)


def _code(name: str) -> str:
    """Latin letters and digits of a name; "" where it has none to begin with."""
    found = slugify(name).replace("-", "_").strip("_")[:KEY_LENGTH].rstrip("_")
    while "__" in found:
        found = found.replace("__", "_")
    return found if found[:1].isalpha() and not found.startswith("as_") else ""


def _first_free(base: str, taken: set[Any]) -> str:
    found, number = base, 2
    while found in taken:
        found, number = f"{base}_{number}", number + 1
    return found
