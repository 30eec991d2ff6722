"""Consents in the REST API: /api/v1/consents reads and records them."""

import datetime
import json
from typing import Any, cast

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from crm.accounts.models import User
from crm.records import api
from crm.records.lookups import is_id
from customers.models import Channel, Customer
from customers.privacy import consents
from customers.privacy.forms import ConsentForm
from customers.privacy.models import Consent

MOST = 500
router = Router(tags=["consents"])


@router.get("", operation_id="consent_list", summary="All statements of a customer, newest first: ?customer=")
def consent_list(request: HttpRequest) -> JsonResponse:
    customer = _customer(request.GET.get("customer", ""), cast(User, request.user), "view")
    rows = Consent.objects.filter(customer=customer).select_related("channel")[:MOST]
    return _answer({"holds": customer.consents, "results": [_as_json(each) for each in rows]})


@router.post("", operation_id="consent_create", summary="Record one: customer, channel (code), purpose, state, at, …")
def consent_create(request: HttpRequest) -> JsonResponse:
    user, given = cast(User, request.user), _read(request)
    known = {"customer", *ConsentForm.base_fields}
    unknown = sorted(set(given) - known)
    if unknown:
        raise api.Refused({name[:60]: [_("There is no such field that you may write.")] for name in unknown})
    customer = _customer(given.get("customer", ""), user, "change")
    channel = Channel.objects.filter(code=str(given.get("channel", "")), for_consent=True).first()
    values = {"source": Consent.Source.OTHER, **{name: given[name] for name in given if name != "customer"}}
    form = ConsentForm({**values, "channel": channel.pk if channel else ""})
    if not form.is_valid():
        raise api.Refused({name: [str(each) for each in found] for name, found in form.errors.items()})
    try:
        made = consents.record(customer=customer, user=user, **form.cleaned_data)
    except consents.ConsentRefused as error:
        raise api.Refused({"at": [str(error)]}) from error
    return _answer(_as_json(made), 201)


def register() -> None:
    api.register_router("/consents", router, label=gettext_lazy("Consents"))


def _as_json(consent: Consent) -> dict[str, Any]:
    return {
        "id": consent.pk,
        "customer": consent.customer_id,
        "channel": consent.channel.code,
        "purpose": consent.purpose,
        "state": consent.state,
        "at": _moment(consent.at),
        "source": consent.source,
        "note": consent.note,
        "recorded_at": _moment(consent.recorded_at),
        "recorded_by": consent.recorded_by_id,
    }


def _moment(value: datetime.datetime) -> str:
    return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def _customer(given: Any, user: User, action: str) -> Customer:
    if isinstance(given, bool) or not is_id(given):
        raise api.Refused({"customer": [_("Give the number of a record.")]}, status=422 if action == "change" else 400)
    rows = Customer.objects.changeable_by(user) if action == "change" else Customer.objects.visible_to(user)
    found: Customer | None = rows.filter(pk=int(given)).first()
    if found is None:
        raise Http404
    return found


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise api.Refused({"__all__": [_("The body is not valid JSON.")]}, status=400) from error
    if not isinstance(given, dict):
        raise api.Refused({"__all__": [_("The body must be a JSON object.")]}, status=400)
    return given


def _answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
