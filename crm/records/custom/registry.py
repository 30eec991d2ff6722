"""Custom fields on the registry of kinds: read when they changed, then declared like any other attribute.

Each process keeps them with the stamp of the company's settings. Every request compares its stamp with the one they
were read at, and so does every job; a field that was added a moment ago in another process is therefore there at once,
and as long as nobody changes a setting it costs no query.
"""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company
from crm.records.attributes import Attribute, Type
from crm.records.custom.attributes import PREFIX, TRANSFORMS, CustomAttribute
from crm.records.custom.models import CustomField, CustomOption
from crm.records.importing.mapping import in_every_language
from crm.records.kinds import Kind, kinds

FURTHER = _("Further information")
FACTS = {"customer"}  # kinds whose facts carry the values

_applied: int | None = None  # the stamp of what the kinds declare now; None: nothing was read


def refresh(stamp: int | None = None) -> None:
    """Bring the kinds up to date unless they are. `stamp`: of the company, where the caller has it already."""
    if stamp is None:
        stamp = Company.objects.values_list("stamp", flat=True).first()
    if stamp != _applied:
        load(stamp)


def load(stamp: int | None = None) -> None:
    """Read all fields and declare them."""
    global _applied
    fields = CustomField.objects.active().prefetch_related("options")
    by_kind: dict[str, list[CustomAttribute]] = {}
    for each in fields:
        if each.kind in kinds:
            by_kind.setdefault(each.kind, []).append(attribute_of(each, list(each.options.all())))
    for kind in kinds:
        _declare(kind, by_kind.get(kind.key, []))
    _applied = stamp


def forget() -> None:
    """Take all custom fields from the kinds; they are read again when next asked for."""
    global _applied
    for kind in kinds:
        _declare(kind, [])
    _applied = None


def attribute_of(field: CustomField, options: list[CustomOption]) -> CustomAttribute:
    kind = field.attribute_type
    is_multiple = field.type == CustomField.Kind.CHOICES
    transform = TRANSFORMS.get(kind, "as_text")
    return CustomAttribute(
        key=f"{PREFIX}{field.key}",
        label=_in_three_languages(field),
        type=kind,
        source=f"custom__{field.key}__{transform}",
        facts="custom" if field.kind in FACTS else "",
        sensitivity=field.sensitivity,
        related=field.related,
        choices=tuple((each.code, _in_three_languages(each)) for each in options),
        is_sortable=kind not in {Type.LONG_TEXT, Type.RELATION} and not is_multiple,
        is_multiple=is_multiple,
        is_column=kind != Type.LONG_TEXT,
        pk=field.pk or 0,
        name=field.key,
        section=field.section,
        hint=field.hint,
        applies_to=tuple(field.applies_to),
        is_required=field.is_required,
    )


def custom_attributes(kind: Kind) -> list[CustomAttribute]:
    return [each for each in kind.attributes if isinstance(each, CustomAttribute)]


def in_sections(sections: Any, attributes: list[CustomAttribute], name: Callable[[Attribute], str]) -> Any:
    """Sections with custom fields under the headings they name; others get sections of their own behind."""
    found: list[list[Any]] = [[title, list(names)] for title, names in sections]
    for each in attributes:
        wanted = each.section.strip()
        place = next((part for part in found if wanted and wanted in in_every_language(part[0])), None)
        if place is None:
            title: str | Promise = wanted or FURTHER
            place = next((part for part in found if part[0] is title or part[0] == title), None)
        if place is None:
            place = [title, []]
            found.append(place)
        place[1].append(name(each))
    return tuple((title, tuple(names)) for title, names in found)


def _declare(kind: Kind, custom: list[CustomAttribute]) -> None:
    if not custom and not custom_attributes(kind):
        return
    own = tuple(each for each in kind.attributes if not each.is_custom)
    by_key = {each.key: each for each in (*own, *custom)}
    kind.by_key = {**kind.by_key, **by_key}  # whoever is reading meanwhile finds the old and the new
    kind.attributes = (*own, *custom)
    kind.summary = in_sections(_own(kind.summary), custom, lambda each: each.key)
    texts = (each.key for each in custom if each.type in {Type.TEXT, Type.LONG_TEXT})
    kind.search = (*(key for key in kind.search if not key.startswith(PREFIX)), *texts)
    kind.by_key = by_key


def _own(summary: Any) -> Any:
    """The sections as declared, without what custom fields added."""
    found = ((title, tuple(key for key in keys if not key.startswith(PREFIX))) for title, keys in summary)
    return tuple((title, keys) for title, keys in found if keys)


def _in_three_languages(named: Any) -> Promise:
    names = (named.name, named.name_zh_hans, named.name_zh_hant)
    return _label(*names)


def _local(name: str, name_zh_hans: str, name_zh_hant: str) -> str:
    from django.utils.translation import get_language

    language = get_language() or ""
    return {"zh-hans": name_zh_hans, "zh-hant": name_zh_hant}.get(language, "") or name


_label = lazy(_local, str)
