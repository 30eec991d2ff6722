"""Settings: webhooks. The secret is shown on the answer that made it, and never again."""

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from crm.accounts import log
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import action, administrators_only, form_page, read_page, reader
from crm.records import lookups
from crm.records.kinds import kinds
from crm.records.webhooks import announcing, sending
from crm.records.webhooks.forms import WebhookForm
from crm.records.webhooks.models import Event, Webhook, WebhookDelivery, new_secret

SHOWN = 50
FORM = "records/webhooks/webhook_form.html"


@administrators_only
@read_page
def webhook_list(request: HttpRequest) -> HttpResponse:
    last = WebhookDelivery.objects.filter(webhook=OuterRef("pk")).order_by("-id")
    rows = Webhook.objects.select_related("owner").annotate(last_id=Subquery(last.values("pk")[:1]))
    found = WebhookDelivery.objects.in_bulk([each.last_id for each in rows if each.last_id])
    context = {"webhooks": [(each, _told(each), found.get(each.last_id)) for each in rows]}
    return render(request, "records/webhooks/webhook_list.html", context)


@administrators_only
@never_cache
@form_page
def webhook_create(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None, instance=Webhook(owner=reader(request)))
    if request.method == "POST" and form.is_valid():
        webhook = form.save()
        _log(request, webhook, {"created": webhook.url})
        return _shown(request, webhook, WebhookForm(instance=webhook), secret=webhook.secret)
    return render(request, FORM, {"form": form, "webhook": None})


@administrators_only
@form_page
def webhook_update(request: HttpRequest, pk: int) -> HttpResponse:
    webhook = _webhook(pk)
    form = WebhookForm(request.POST or None, instance=_webhook(pk))
    if request.method == "POST" and form.is_valid():
        form.instance.failures, form.instance.rests_until = 0, None
        saved = form.save()
        _log(request, saved, {name: str(form.cleaned_data[name]) for name in form.changed_data})
        messages.success(request, _("The webhook is saved."))
        return redirect(saved)
    return _shown(request, webhook, form)


@administrators_only
@never_cache
@action
def webhook_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret; the old one signs nothing any more."""
    webhook = _webhook(pk)
    webhook.secret = new_secret()
    webhook.save(update_fields=["secret"])
    _log(request, webhook, {"secret": "renewed"})
    return _shown(request, webhook, WebhookForm(instance=webhook), secret=webhook.secret)


@administrators_only
@action
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    webhook = _webhook(pk)
    announcing.queue(webhook, sending.PING)
    messages.success(request, _("A test is on its way. What became of it stands below in a moment."))
    return redirect(webhook)


@administrators_only
@action
def webhook_delete(request: HttpRequest, pk: int) -> HttpResponse:
    webhook = _webhook(pk)
    _log(request, webhook, {"deleted": webhook.url})
    webhook.delete()
    messages.success(request, _("The webhook was deleted."))
    return redirect("records:webhook_list")


def _webhook(pk: int) -> Webhook:
    if pk > lookups.LARGEST_ID:
        raise Http404
    return get_object_or_404(Webhook.objects.select_related("owner"), pk=pk)


def _shown(request: HttpRequest, webhook: Webhook, form: WebhookForm, secret: str = "") -> HttpResponse:
    labels = {kind.key: kind.label for kind in kinds}
    events = dict(Event.choices) | {sending.PING: _("test")}
    found = [
        (each, labels.get(each.kind, each.kind), events.get(each.event, each.event))
        for each in webhook.deliveries.all()[:SHOWN]
    ]
    context = {"form": form, "webhook": webhook, "secret": secret, "deliveries": found}
    return render(request, FORM, context)


def _told(webhook: Webhook) -> str:
    """What it is told of, in words."""
    labels, events = {kind.key: str(kind.label_plural) for kind in kinds}, dict(Event.choices)
    of = ", ".join(labels.get(key, key) for key in webhook.kinds) or _("all kinds of records")
    when = ", ".join(str(events.get(each, each)) for each in webhook.events) or _("all events")
    return f"{of}: {when}"


def _log(request: HttpRequest, webhook: Webhook, detail: dict[str, str]) -> None:
    settings = AccessLog.Action.SETTINGS
    log.record(reader(request), settings, "webhook", object_id=webhook.pk, detail=detail, request=request)
