"""The REST API under /api/v1/: every kind of record, by the same forms, filters, masks and rights as the pages.

Programs sign in with a bearer token of their user; the browser's own session works too, with the CSRF token. Floors
above add their routers with `register_router` when their app is ready.
"""

import json
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router
from ninja.security import HttpBearer, SessionAuth

from crm.accounts import access
from crm.accounts.models import User
from crm.records import duplicates, privacy, rules, services, tables, tokens, values
from crm.records.attributes import Attribute, Type
from crm.records.forms import RecordForm
from crm.records.kinds import Kind, kinds
from crm.records.views import Listing, deleted

LARGEST_BODY = 2 * 1024 * 1024
JSON_TYPES = {
    Type.NUMBER: "number",
    Type.MONEY: "number",
    Type.RATIO: "number",
    Type.BOOLEAN: "boolean",
    Type.RELATION: "integer",
}
_routers: list[tuple[str, Router]] = []


class TokenAuth(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = tokens.user_of(token)
        if user is not None:
            request.user = user
        return user


class Refused(Exception):
    """What was sent is not right: the errors by field, in words."""

    def __init__(self, errors: dict[str, list[str]], status: int = 422) -> None:
        super().__init__(str(errors))
        self.errors, self.status = errors, status


class Doubted(Exception):
    """What was sent may be known already; sending it again with `"force": true` saves it."""

    def __init__(self, candidates: list[duplicates.Candidate]) -> None:
        super().__init__(f"{len(candidates)} candidates")
        self.candidates = candidates


def register_router(prefix: str, router: Router) -> None:
    """Add routes of a floor above; call it in the app's ready()."""
    _routers.append((prefix, router))


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """What crm.urls mounts at /api/v1/, once every app has registered its routers."""
    api = NinjaAPI(
        title="Clientele",
        version="1",
        urls_namespace="api",
        docs_url=None,
        openapi_url="/openapi.json",
        auth=[TokenAuth(), SessionAuth(csrf=True)],
    )
    api.exception_handler(Refused)(_refused)
    api.exception_handler(services.Conflict)(_conflict)
    api.exception_handler(Doubted)(_doubted)
    for kind in kinds:
        api.add_router(f"/{kind.path}", kind_router(kind))
    for prefix, router in _routers:
        api.add_router(prefix, router)
    return api.urls


def kind_router(kind: Kind) -> Router:
    """List, get, create, change, delete and restore of one kind."""
    router = Router(tags=[str(kind.key)])

    @router.get("/", operation_id=f"{kind.key}_list", openapi_extra={"parameters": _filter_parameters(kind)})
    def list_records(request: HttpRequest) -> HttpResponse:
        return _list(kind, request)

    @router.get("/{pk}", operation_id=f"{kind.key}_get")
    def get_record(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            record = _one(_visible(kind, request), pk)
        except Http404:
            survivor = duplicates.survivor(kind.key, pk, _user(request))
            if survivor is None:
                raise
            return HttpResponseRedirect(f"{request.path.rpartition('/')[0]}/{survivor.pk}")
        return _answer(_as_json(kind, record, _user(request), is_whole=True))

    @router.post("/", operation_id=f"{kind.key}_create", openapi_extra=_body(kind, is_new=True))
    def create_record(request: HttpRequest) -> HttpResponse:
        if not access.may_create(kind.key, _user(request)):
            raise Http404
        return _write(kind, request, None, status=201)

    @router.patch("/{pk}", operation_id=f"{kind.key}_update", openapi_extra=_body(kind, is_new=False))
    def update_record(request: HttpRequest, pk: int) -> HttpResponse:
        rows = kind.queryset().changeable_by(_user(request))  # type: ignore[attr-defined]
        return _write(kind, request, _one(rows, pk), status=200)

    @router.delete("/{pk}", operation_id=f"{kind.key}_delete")
    def delete_record(request: HttpRequest, pk: int) -> HttpResponse:
        rows = kind.queryset().deletable_by(_user(request))  # type: ignore[attr-defined]
        services.delete(_one(rows, pk), user=_user(request))
        return HttpResponse(status=204)

    @router.post("/{pk}/restore", operation_id=f"{kind.key}_restore")
    def restore_record(request: HttpRequest, pk: int) -> HttpResponse:
        record = services.restore(_one(deleted(kind, _user(request)), pk), user=_user(request))
        return _answer(_as_json(kind, _whole(kind, record.pk, _user(request)), _user(request), is_whole=True))

    return router


# answering ------------------------------------------------------------------------------------------------------------


def _list(kind: Kind, request: HttpRequest) -> HttpResponse:
    user = _user(request)
    listing = Listing(kind, user, request.GET, _visible(kind, request), request)
    if listing.status != 200 or not listing.filter.is_valid():
        errors = {name: [str(each) for each in found] for name, found in listing.filter.errors.items()}
        if listing.errors:
            errors["__all__"] = listing.errors + errors.get("__all__", [])
        raise Refused(errors, status=400)
    paginator = tables.CappedPaginator(listing.ordered, listing.per_page, cap=listing.cap)
    page = paginator.get_page(request.GET.get("page", 1))
    return _answer(
        {
            "count": paginator.count,
            "count_is_capped": paginator.is_capped,
            "page": page.number,
            "pages": paginator.num_pages,
            "results": [_as_json(kind, record, user) for record in page.object_list],
        }
    )


def _as_json(kind: Kind, record: Any, user: User, *, is_whole: bool = False) -> dict[str, Any]:
    found = {"id": record.pk, "version": record.version, "url": record.get_absolute_url()}
    seen = list(privacy.seen(kind, user))
    computed = [each for each in seen if each.is_computed and each.source]
    if any(not hasattr(record, each.source) for each in computed):  # one just saved, not from a list
        rows = kind.model._default_manager.filter(pk=record.pk)
        computed_on = rules.with_figures(kind, rows, computed).get()
    else:
        computed_on = record
    for attribute in seen:
        if attribute.source:
            of = computed_on if attribute.is_computed else record
            found[attribute.key] = values.as_json(kind, attribute, of, user)
    if is_whole:
        found |= kind.form_class.parts_as_json(record)
    return found


def _answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return _answer({"errors": error.errors}, status=error.status)


def _conflict(request: HttpRequest, error: services.Conflict) -> HttpResponse:
    text = f"The record is at version {error.current.version} by now. Read it again, then change it."
    return _answer({"errors": {"version": [text]}, "version": error.current.version}, status=409)


def _doubted(request: HttpRequest, error: Doubted) -> HttpResponse:
    """409 with who it may be; one outside of what the caller may see has no id."""
    found = [
        {
            "id": each.record.pk if each.record else None,
            "number": each.record.number if each.record else None,
            "name": str(each.record) if each.record else None,
            "url": each.record.get_absolute_url() if each.record else None,
            "score": each.score if each.record else None,
            "reasons": list(each.reasons),
            "is_outside": each.is_outside,
        }
        for each in error.candidates
    ]
    text = 'There may be such a record already. Send "force": true to save it all the same.'
    return _answer({"errors": {"__all__": [text]}, "candidates": found}, status=409)


# writing --------------------------------------------------------------------------------------------------------------


def _write(kind: Kind, request: HttpRequest, record: Any, *, status: int) -> HttpResponse:
    user, given = _user(request), _read(request)
    is_sure = duplicates.is_checked(kind.key) and given.pop("force", False) is True
    form_class: type[RecordForm] = kind.form_class
    blank = form_class(instance=record, user=user)
    known = {name for name in blank.fields if name not in blank.locked} | set(form_class.part_names)
    unknown = sorted(set(given) - known)
    if unknown:
        raise Refused({name[:60]: ["There is no such field that you may write."] for name in unknown})
    form = form_class(form_class.data_from_json(given, blank), instance=record, user=user)
    if not form.is_valid():
        raise Refused(form.all_errors())
    doubts = [] if is_sure else form.doubts()
    if doubts:
        raise Doubted(doubts)
    try:
        with transaction.atomic():
            stored = form.store()
    except IntegrityError as error:
        raise Refused({"__all__": ["This contradicts another record, for instance its number."]}) from error
    whole = _whole(kind, stored.pk, user)
    return _answer(_as_json(kind, whole, user, is_whole=True), status=status)


def _read(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > LARGEST_BODY:
        raise Refused({"__all__": ["The body is too large."]}, status=413)
    try:
        given = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Refused({"__all__": ["The body is not valid JSON."]}, status=400) from error
    if not isinstance(given, dict):
        raise Refused({"__all__": ["The body must be a JSON object."]}, status=400)
    return given


def _visible(kind: Kind, request: HttpRequest) -> QuerySet:
    user = _user(request)
    if not access.may_view_any(kind.key, user):
        raise Http404
    rows = kind.queryset().visible_to(user)  # type: ignore[attr-defined]
    return rules.with_figures(kind, rows, privacy.seen(kind, user))


def _whole(kind: Kind, pk: int, user: User) -> Any:
    """What was just written, also where its writer may not see it any more."""
    return rules.with_figures(kind, kind.queryset(), privacy.seen(kind, user)).get(pk=pk)


def _one(rows: QuerySet, pk: int) -> Any:
    found = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


# describing -----------------------------------------------------------------------------------------------------------


def _filter_parameters(kind: Kind) -> list[dict[str, Any]]:
    from crm.records.filters import filters_of

    names = ["q", "sort", "page", "per_page"]
    for attribute in kind.attributes:
        if attribute.is_filterable and attribute.source:
            names += list(filters_of(attribute, None))
    return [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in names]


def _body(kind: Kind, *, is_new: bool) -> dict[str, Any]:
    form_class: type[RecordForm] = kind.form_class
    by_source = {each.source: each for each in kind.attributes}
    properties = {name: _schema(by_source.get(name)) for name in form_class._meta.fields or ()}
    properties |= {name: {"type": "array", "items": {"type": "object"}} for name in form_class.part_names}
    added = {"^custom_": {"description": "A field that an administrator added, by its key."}}
    if duplicates.is_checked(kind.key):
        text = "Save although candidates for the same record were found (409)."
        properties["force"] = {"type": "boolean", "description": text}
    if not is_new:
        properties["version"] = {"type": "integer", "description": "The version that was read; another one gives 409."}
    schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": added,
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _schema(attribute: Attribute | None) -> dict[str, Any]:
    if attribute is None:
        return {"type": "string"}
    if attribute.is_multiple:
        return {"type": "array", "items": {"type": "integer"}}
    return {"type": JSON_TYPES.get(attribute.type, "string")}
