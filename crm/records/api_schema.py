"""The OpenAPI document: every kind with its fields as this reader may read and write them, custom ones included.

Visitors get what every installation has; fields that an administrator added are told to who is signed in.
"""

from typing import Any

from crm.accounts import access
from crm.accounts.models import Sensitivity, User
from crm.records import duplicates, privacy
from crm.records.attributes import Attribute, Type
from crm.records.custom.attributes import CustomAttribute
from crm.records.filters import filters_of
from crm.records.forms import RecordForm
from crm.records.kinds import Kind, kinds

TYPES: dict[Type, dict[str, Any]] = {
    Type.NUMBER: {"type": "number"},
    Type.MONEY: {"type": "number"},
    Type.RATIO: {"type": "number", "description": "A fraction, 0.25 for 25 %."},
    Type.BOOLEAN: {"type": "boolean"},
    Type.RELATION: {"type": "integer"},
    Type.DATE: {"type": "string", "format": "date"},
    Type.MOMENT: {"type": "string", "format": "date-time"},
}
ERRORS = {
    "type": "object",
    "description": "What is wrong, by field, in the language of the reader; __all__ is about the whole.",
    "properties": {
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    },
}
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again within a day with the same body, the request is answered as before and done once; "
    "with another body it is refused (422).",
    "schema": {"type": "string", "maxLength": 200},
}
REFUSALS = {
    "400": "The request cannot be understood, or names a filter, column or order that does not exist.",
    "401": "No key, or one that is unknown, has run out or was revoked.",
    "403": "The key does not open this kind of record, or may only read.",
    "404": "There is no such record among those that you may reach.",
    "409": "Somebody saved the record since it was read, or there may be such a record already.",
    "422": "A value is not right.",
    "429": "Too many calls of this key in this minute; Retry-After says after how many seconds to go on.",
}


def complete(document: dict[str, Any], user: User | None) -> dict[str, Any]:
    """Put schemas, filters and refusals of every kind into the document that the routes gave."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["errors"] = ERRORS
    components["responses"] = {status: _refusal(text) for status, text in REFUSALS.items()}
    by_id = {
        operation["operationId"]: operation
        for methods in document["paths"].values()
        for operation in methods.values()
        if "operationId" in operation
    }
    for operation in by_id.values():
        answers = operation.setdefault("responses", {})
        answers |= {status: {"$ref": f"#/components/responses/{status}"} for status in REFUSALS}
    for kind in kinds:
        schemas[kind.key] = _read(kind, user)
        schemas[f"{kind.key}_list"] = _page(kind)
        schemas[f"{kind.key}_new"] = _written(kind, user, is_new=True)
        schemas[f"{kind.key}_change"] = _written(kind, user, is_new=False)
        by_id[f"{kind.key}_list"]["parameters"] = _parameters(kind, user)
        for action, status in (
            ("list", "200"),
            ("get", "200"),
            ("update", "200"),
            ("restore", "200"),
            ("create", "201"),
        ):
            name = f"{kind.key}_list" if action == "list" else kind.key
            operation = by_id[f"{kind.key}_{action}"]
            operation["responses"].pop("200", None)
            operation["responses"][status] = {"description": "OK", "content": _json(name)}
        for action, name in (("create", "new"), ("update", "change")):
            operation = by_id[f"{kind.key}_{action}"]
            operation["requestBody"] = {"required": True, "content": _json(f"{kind.key}_{name}")}
        for action in ("create", "restore"):
            by_id[f"{kind.key}_{action}"].setdefault("parameters", []).append(ONCE)
        deleted = by_id[f"{kind.key}_delete"]["responses"]
        deleted.pop("200", None)
        deleted["204"] = {"description": "It is in the recycle bin."}
    return document


def _read(kind: Kind, user: User | None) -> dict[str, Any]:
    properties = {
        "id": {"type": "integer"},
        "version": {"type": "integer", "description": "Grows with every change; send it back to notice another's."},
        "url": {"type": "string"},
    }
    for each in kind.attributes:
        if not each.source or not _is_told(kind, each, user):
            continue
        field = _field(each)
        if user is not None and not privacy.may_read(kind, each, user):
            field = {"type": "string", "description": f"{each.label}. You see it masked.", "readOnly": True}
        properties[each.key] = field
    for name in kind.form_class.part_names:
        properties[name] = {"type": "array", "items": {"type": "object"}}
    return {"type": "object", "title": str(kind.label), "properties": properties}


def _written(kind: Kind, user: User | None, *, is_new: bool) -> dict[str, Any]:
    form_class: type[RecordForm] = kind.form_class
    by_name = {each.field_name: each for each in kind.attributes}
    if user is not None and not _writes(kind, user):
        return {"type": "object", "properties": {}, "additionalProperties": False}
    form = form_class(user=user) if user is not None else None
    names = [*(form_class._meta.fields or ())] if form is None else [*form.fields]
    properties: dict[str, Any] = {}
    required = []
    for name in names:
        attribute = by_name.get(name)
        if name == "version" or (form is not None and name in form.locked):
            continue
        if attribute is not None and not _is_told(kind, attribute, user):
            continue
        properties[name] = _field(attribute) if attribute else {"type": "string"}
        if form is not None and form.fields[name].required and is_new and form.fields[name].initial is None:
            required.append(name)
    properties |= {name: {"type": "array", "items": {"type": "object"}} for name in form_class.part_names}
    if duplicates.is_checked(kind.key):
        text = "Save although candidates for the same record were found (409)."
        properties["force"] = {"type": "boolean", "description": text}
        text = "Why somebody whose personal data was erased may be entered again; needed with force where 409 says so."
        properties["why"] = {"type": "string", "maxLength": 200, "description": text}
    if not is_new:
        properties["version"] = {"type": "integer", "description": "The version that was read; another one gives 409."}
    found: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": required} if required else {})


def _writes(kind: Kind, user: User) -> bool:
    return access.may_create(kind.key, user) or not access.scope(kind.key, user, "change").is_nothing


def _page(kind: Kind) -> dict[str, Any]:
    capped = "There are at least as many; counting ends there."
    return {
        "type": "object",
        "properties": {
            "count": {"type": "integer"},
            "count_is_capped": {"type": "boolean", "description": capped},
            "page": {"type": "integer"},
            "pages": {"type": "integer"},
            "results": {"type": "array", "items": {"$ref": f"#/components/schemas/{kind.key}"}},
        },
    }


def _parameters(kind: Kind, user: User | None) -> list[dict[str, Any]]:
    """Only what the reader has in full may be filtered by."""
    told = {"q": "Words to search for.", "sort": "A field, with - in front for the largest first.", "page": "From 1."}
    found = {**told, "per_page": "25, 50 or 100 records a page."}
    for each in kind.attributes:
        is_open = privacy.may_read(kind, each, user) if user is not None else not each.is_custom
        if each.is_filterable and each.source and is_open:
            found |= dict.fromkeys(filters_of(each, None), _told(each))
    return [
        {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
        for name, text in found.items()
    ]


def _is_told(kind: Kind, attribute: Attribute, user: User | None) -> bool:
    return not attribute.is_custom if user is None else privacy.may_see(kind, attribute, user)


def _field(attribute: Attribute) -> dict[str, Any]:
    schema: dict[str, Any] = dict(TYPES.get(attribute.type, {"type": "string"}))
    if attribute.type == Type.CHOICE:
        codes = [str(code) for code, _label in attribute.choice_pairs()]
        if 0 < len(codes) <= 60:
            schema["enum"] = codes if attribute.lies_in_json else [*codes, ""]
    if attribute.is_multiple:
        schema = {"type": "array", "items": schema}
    schema["description"] = " ".join(filter(None, [_told(attribute), schema.get("description", "")]))
    if attribute.is_computed:
        schema["readOnly"] = True
    return schema


def _told(attribute: Attribute) -> str:
    """The label and what else is declared: formula, unit, what it points at, how private it is."""
    parts = [f"{attribute.label}."]
    if attribute.formula:
        parts.append(str(attribute.formula))
    if isinstance(attribute, CustomAttribute) and attribute.hint:
        parts.append(attribute.hint)
    if attribute.unit:
        parts.append(f"Unit: {attribute.unit}.")
    if attribute.related:
        parts.append(f"Id of: {attribute.related}.")
    if attribute.sensitivity != Sensitivity.PUBLIC:
        parts.append(f"{Sensitivity(attribute.sensitivity).label}.")
    return " ".join(parts)


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _refusal(text: str) -> dict[str, Any]:
    return {"description": text, "content": _json("errors")}
