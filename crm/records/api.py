"""The REST API under /api/v1/: every kind of record, by the same forms, filters, masks and rights as the pages.

Programs sign in with a bearer token of their user; the browser's own session works too, with the CSRF token. Floors
above add their routers with `register_router` when their app is ready.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, URLResolver
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from crm.accounts import access
from crm.accounts.middleware import reader_language, reader_zone
from crm.accounts.models import User
from crm.records import api_schema, duplicates, once, privacy, rules, services, tables, tokens, values
from crm.records.forms import RecordForm
from crm.records.kinds import Kind, kinds
from crm.records.views import Listing, deleted

LARGEST_BODY = 2 * 1024 * 1024
READING = {"GET", "HEAD", "OPTIONS"}
DESCRIPTION = "openapi.json"
_routers: list[tuple[str, Router]] = []
_scopes: dict[str, str | Promise] = {}


class Refused(Exception):
    """What was sent is not right: the errors by field, in words."""

    def __init__(self, errors: dict[str, list[str]], status: int = 422, retry_after: int = 0) -> None:
        super().__init__(str(errors))
        self.errors, self.status, self.retry_after = errors, status, retry_after


class TokenAuth(HttpBearer):
    """A key opens what its user may do, less what the key itself is kept from; each call of it is counted."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        found = tokens.find(token)
        if found is None:
            return None
        request.user, request.token = found.user, found  # type: ignore[attr-defined]
        _speak_to_the_reader(request)
        wait = tokens.seconds_to_wait(found)
        if wait:
            text = _("This key has used up its calls of this minute. Go on in %(seconds)d s.") % {"seconds": wait}
            raise Refused({"__all__": [text]}, status=429, retry_after=wait)
        if not found.may_write and request.method not in READING:
            raise Refused({"__all__": [_("This key may only read.")]}, status=403)
        if found.kinds and _kind_of(request) not in {*found.kinds, DESCRIPTION}:
            raise Refused({"__all__": [_("This key does not open this kind of record.")]}, status=403)
        return found.user


class Doubted(Exception):
    """What was sent may be known already; sending it again with `"force": true` saves it."""

    def __init__(self, candidates: list[duplicates.Candidate]) -> None:
        super().__init__(f"{len(candidates)} candidates")
        self.candidates = candidates


def register_router(prefix: str, router: Router, label: str | Promise = "") -> None:
    """Add routes of a floor above; call it in the app's ready(). With a label, keys can be kept to them."""
    _routers.append((prefix, router))
    if label:
        _scopes[prefix.strip("/")] = label


def scopes() -> list[tuple[str, str | Promise]]:
    """What a key can be kept to: kinds of records, and the routes of floors above that have a label."""
    return [*((kind.key, kind.label_plural) for kind in kinds), *_scopes.items()]


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """What crm.urls mounts at /api/v1/, once every app has registered its routers."""
    api = NinjaAPI(
        title="Clientele",
        version="1",
        urls_namespace="api",
        docs_url=None,
        openapi_url=f"/{DESCRIPTION}",
        docs_decorator=lambda view: lambda request: _describe(api, request),
        auth=[TokenAuth(), SessionAuth(csrf=True)],
    )
    api.exception_handler(Refused)(_refused)
    api.exception_handler(Http404)(_not_found)
    api.exception_handler(HttpError)(_http_error)
    api.exception_handler(ValidationError)(_not_valid)
    api.exception_handler(once.OtherBody)(_other_body)
    api.exception_handler(once.BadKey)(_bad_key)
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

    @router.get("/", operation_id=f"{kind.key}_list")
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
        return _answer(as_json(kind, record, _user(request), is_whole=True))

    @router.post("/", operation_id=f"{kind.key}_create")
    def create_record(request: HttpRequest) -> HttpResponse:
        if not access.may_create(kind.key, _user(request)):
            raise Http404
        return _once(kind, request, lambda: _write(kind, request, None), status=201)

    @router.patch("/{pk}", operation_id=f"{kind.key}_update")
    def update_record(request: HttpRequest, pk: int) -> HttpResponse:
        rows = kind.queryset().changeable_by(_user(request))  # type: ignore[attr-defined]
        return _told(kind, request, _write(kind, request, _one(rows, pk)))

    @router.delete("/{pk}", operation_id=f"{kind.key}_delete")
    def delete_record(request: HttpRequest, pk: int) -> HttpResponse:
        rows = kind.queryset().deletable_by(_user(request))  # type: ignore[attr-defined]
        services.delete(_one(rows, pk), user=_user(request))
        return HttpResponse(status=204)

    @router.post("/{pk}/restore", operation_id=f"{kind.key}_restore")
    def restore_record(request: HttpRequest, pk: int) -> HttpResponse:
        user = _user(request)
        return _once(kind, request, lambda: services.restore(_one(deleted(kind, user), pk), user=user).pk, status=200)

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
            "results": [as_json(kind, record, user) for record in page.object_list],
        }
    )


def as_json(kind: Kind, record: Any, user: User, *, is_whole: bool = False) -> dict[str, Any]:
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
    answer = _answer({"errors": error.errors}, status=error.status)
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _said(text: str, status: int, field: str = "__all__") -> HttpResponse:
    return _answer({"errors": {field: [text]}}, status=status)


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _said(_("There is no such record among those that you may reach."), 404)


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        return _said(_("Sign in with a valid key: “Authorization: Bearer” and the key."), error.status_code)
    return _said(str(error), error.status_code)


def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What the address itself got wrong, such as an id that is no number."""
    names = {str(each["loc"][-1]) for each in error.errors if each.get("loc")}
    return _answer({"errors": {name: [_("This is not a valid value.")] for name in names or {"__all__"}}}, status=422)


def _other_body(request: HttpRequest, error: once.OtherBody) -> HttpResponse:
    return _said(_("This key was used with another body. Take a new one for each new request."), 422, once.HEADER)


def _bad_key(request: HttpRequest, error: once.BadKey) -> HttpResponse:
    return _said(_("Use at most %(most)d plain letters and digits.") % {"most": once.LONGEST}, 422, once.HEADER)


def _conflict(request: HttpRequest, error: services.Conflict) -> HttpResponse:
    text = _("The record is at version %(version)d by now. Read it again, then change it.")
    text %= {"version": error.current.version}
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
            "erased_on": each.erased_on.isoformat() if each.erased_on else None,
        }
        for each in error.candidates
    ]
    text = _("There may be such a record already. Send “force”: true to save it all the same.")
    if any(each.erased_on for each in error.candidates):
        text = _(
            "The personal data of somebody with these values was erased. Send “force”: true and in “why” the reason"
            " to save it all the same."
        )
    return _answer({"errors": {"__all__": [text]}, "candidates": found}, status=409)


# writing --------------------------------------------------------------------------------------------------------------


def _once(kind: Kind, request: HttpRequest, write: Callable[[], int], *, status: int) -> HttpResponse:
    """Write and answer, once for each idempotency key."""

    def act() -> tuple[HttpResponse, int]:
        pk = write()
        return _told(kind, request, pk, status), pk

    return once.once(request, _user(request), kind.key, act, lambda pk: _told_again(kind, request, pk, status))


def _told(kind: Kind, request: HttpRequest, pk: int, status: int = 200) -> HttpResponse:
    user = _user(request)
    return _answer(as_json(kind, _whole(kind, pk, user), user, is_whole=True), status)


def _told_again(kind: Kind, request: HttpRequest, pk: int, status: int) -> HttpResponse:
    """Rights were changed since it was written: only to who may see it now."""
    return _answer(as_json(kind, _one(_visible(kind, request), pk), _user(request), is_whole=True), status)


def _write(kind: Kind, request: HttpRequest, record: Any) -> int:
    user, given = _user(request), _read(request)
    is_checked = duplicates.is_checked(kind.key)
    is_sure = is_checked and given.pop("force", False) is True
    why = str(given.pop("why", "") or "").replace("\0", "").strip()[:200] if is_checked else ""
    form_class: type[RecordForm] = kind.form_class
    blank = form_class(instance=record, user=user)
    known = {name for name in blank.fields if name not in blank.locked} | set(form_class.part_names)
    unknown = sorted(set(given) - known)
    if unknown:
        raise Refused({name[:60]: [_("There is no such field that you may write.")] for name in unknown})
    form = form_class(form_class.data_from_json(given, blank), instance=record, user=user)
    if not form.is_valid():
        raise Refused(form.all_errors())
    doubts = form.doubts()
    erased = [each for each in doubts if each.erased_on]
    open_ones = (erased if not why else []) if is_sure else doubts
    if open_ones:
        raise Doubted(open_ones)
    try:
        with transaction.atomic():
            token = getattr(request, "token", None)
            if record is None and token is not None:
                form.instance.batch = tokens.batch_of(token)
            stored = form.store()
    except IntegrityError as error:
        raise Refused({"__all__": [_("This contradicts another record, for instance its number.")]}) from error
    if erased:
        duplicates.returned(kind.key, stored, user, why)
    pk: int = stored.pk
    return pk


def _read(request: HttpRequest) -> dict[str, Any]:
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LARGEST_BODY or len(request.body) > LARGEST_BODY:
        raise Refused({"__all__": [_("The body is too large.")]}, status=413)
    try:
        given = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Refused({"__all__": [_("The body is not valid JSON.")]}, status=400) from error
    if not isinstance(given, dict):
        raise Refused({"__all__": [_("The body must be a JSON object.")]}, status=400)
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


# who asks, and what there is ------------------------------------------------------------------------------------------


def _speak_to_the_reader(request: HttpRequest) -> None:
    """The middleware saw a visitor; now that the key has said who asks, answer in the user's language and zone."""
    company = request.company  # type: ignore[attr-defined]
    request.LANGUAGE_CODE = reader_language(request, company)  # type: ignore[attr-defined]
    translation.activate(request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    timezone.activate(reader_zone(request, company))


def _kind_of(request: HttpRequest) -> str:
    """Which kind an address is about; addresses of floors above name themselves (reports)."""
    first = request.path_info.removeprefix("/api/v1/").partition("/")[0]
    return next((kind.key for kind in kinds if kind.path == first), first)


def _describe(api: NinjaAPI, request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, by the rights of who asks."""
    try:
        user = TokenAuth()(request) or (request.user if request.user.is_authenticated else None)
    except Refused as error:
        return _refused(request, error)
    return _answer(api_schema.complete(api.get_openapi_schema(), cast("User | None", user)))
