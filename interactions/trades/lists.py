"""Where the parts of a template go: for each list how a row is found, made, compared and whether somebody uses it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Sensitivity
from crm.records.custom import services as custom
from crm.records.custom.models import CustomField, CustomOption
from crm.records.kinds import kinds
from customers.models import Channel, Customer
from interactions.cases.models import FailureCause, OpinionType
from interactions.contacts.talk_models import Objection, Observation, TalkGuide
from interactions.deals.models import DealSource, LostReason
from interactions.needs.models import NeedType

NAMES = ("name", "name_zh_hans", "name_zh_hant")
LANGUAGES = ("", "_zh_hans", "_zh_hant")


@dataclass(frozen=True)
class List:
    """values: what of a row the template says, by field;  find: the row of a code, whoever made it"""

    key: str
    label: str | Promise
    model: type[Model]
    values: Callable[[Any], dict[str, Any]]
    find: Callable[[str, Any], Any]
    add: Callable[[str, Any], Any]
    is_used: Callable[[Any], bool]

    def names_of(self, content: Any) -> Any:
        return content["name"] if isinstance(content, dict) else content

    def is_changed(self, row: Any, content: Any) -> bool:
        """Whether somebody made the row his own."""
        return any(getattr(row, name) != value for name, value in self.values(content).items()) or not row.is_active


def _named(content: Any) -> dict[str, Any]:
    return dict(zip(NAMES, content, strict=True))


def _is_pointed_at(row: Model) -> bool:
    """Whether any record, also one in the recycle bin, names the row."""
    relations = [each for each in row._meta.get_fields(include_hidden=True) if each.auto_created and not each.concrete]
    return any(
        each.related_model._base_manager.filter(**{each.field.name: row.pk}).exists()
        for each in relations
        if not hasattr(each.related_model, "history_id")
    )


def _plain(key: str, label: Any, model: Any) -> List:
    """A list of names with a code each."""
    return List(
        key,
        label,
        model,
        _named,
        lambda code, content: model.objects.filter(code=code).first(),
        lambda code, content: model.objects.create(code=code, **_named(content)),
        _is_pointed_at,
    )


def _is_used_channel(row: Channel) -> bool:
    """Consents name channels by their code."""
    return (
        row.for_consent or _is_pointed_at(row) or Customer.objects.filter(consents__icontains=f'"{row.code}:').exists()
    )


def _guide(content: Any) -> dict[str, Any]:
    found = {"concern": content["concern"], **_named(content["name"])}
    for name in ("questions", "points"):
        found |= {f"{name}{language}": text for language, text in zip(LANGUAGES, content[name], strict=True)}
    return found


def _field_values(content: Any) -> dict[str, Any]:
    return {
        **_named(content["name"]),
        "type": content["type"],
        "applies_to": content.get("applies_to", []),
        "sensitivity": content.get("sensitivity", Sensitivity.PUBLIC),
    }


def _field(code: str, content: Any) -> CustomField | None:
    """By kind and key; a field of the company with the same name is the same thing to who looks for it."""
    kind, _dot, key = code.partition(".")
    same = CustomField.objects.filter(kind=kind)
    return same.filter(key=key).first() or same.filter(name__iexact=content["name"][0]).first()


def _add_field(code: str, content: Any) -> CustomField:
    kind, _dot, key = code.partition(".")
    field = CustomField(kind=kind, key=key, **_field_values(content))
    options = [
        CustomOption(code=option, rank=10 * place, **_named(names))
        for place, (option, names) in enumerate(content.get("options", {}).items(), 1)
    ]
    custom.save_field(field, options)
    return field


LISTS = (
    _plain("opinion_types", _("opinion types"), OpinionType),
    _plain("failure_causes", _("causes of failure"), FailureCause),
    List(
        "channels",
        _("channels"),
        Channel,
        _named,
        lambda code, content: Channel.objects.filter(code=code).first(),
        lambda code, content: Channel.objects.create(code=code, **_named(content)),
        _is_used_channel,
    ),
    _plain("need_types", _("types of needs"), NeedType),
    List(
        "fields",
        _("fields"),
        CustomField,
        _field_values,
        _field,
        _add_field,
        lambda field: field.kind not in kinds or custom.count_of(field) > 0,
    ),
    List(
        "talk_guides",
        _("talk guides"),
        TalkGuide,
        _guide,
        lambda code, content: TalkGuide.objects.filter(name=content["name"][0]).first(),
        lambda code, content: TalkGuide.objects.create(**_guide(content)),
        _is_pointed_at,
    ),
    _plain("objections", _("objections"), Objection),
    _plain("observations", _("observations"), Observation),
    _plain("lost_reasons", _("reasons for losing"), LostReason),
    _plain("deal_sources", _("sources of deals"), DealSource),
)
BY_KEY = {each.key: each for each in LISTS}
