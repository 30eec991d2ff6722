"""Settings: the templates of trades, what each would add here, and the short lists that every company may change."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Model, ProtectedError
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.accounts import log, settled
from crm.accounts.models import AccessLog
from crm.accounts.views.doors import action, administrators_only, form_page, read_page, reader
from crm.records.lookups import LARGEST_ID
from customers.models import Channel, Industry
from interactions.cases.models import FailureCause, OpinionType
from interactions.needs.models import NeedType
from interactions.trades import services
from interactions.trades.services import State
from interactions.trades.templates import Template, templates

NAMES = ("name", "name_zh_hans", "name_zh_hant")
STATES: dict[str, tuple[Any, str]] = {
    State.NEW: (gettext_lazy("will be added"), "green"),
    State.OWN: (gettext_lazy("is there already"), "grey"),
    State.LOADED: (gettext_lazy("loaded"), "blue"),
    State.CHANGED: (gettext_lazy("loaded, changed since"), "yellow"),
    State.USED: (gettext_lazy("loaded, in use"), "blue"),
    State.GONE: (gettext_lazy("removed by you"), "grey"),
}


@administrators_only
@read_page
def trade_list(request: HttpRequest) -> HttpResponse:
    return render(request, "interactions/trades/trade_list.html", {"plans": [services.plan(each) for each in _all()]})


@administrators_only
@read_page
def trade_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What loading would add, before it adds anything."""
    plan = services.plan(_template(slug))
    groups = [(each.label, [(item, *STATES[item.state]) for item in items]) for each, items in plan.groups]
    return render(request, "interactions/trades/trade_detail.html", {"plan": plan, "groups": groups})


@administrators_only
@action
def trade_load(request: HttpRequest, slug: str) -> HttpResponse:
    template = _template(slug)
    count = services.load(template, user=reader(request))
    text = ngettext("%(count)d row was added.", "%(count)d rows were added.", count)
    _say(request, template, "added", count, text)
    return redirect("interactions:trade_detail", slug)


@administrators_only
@action
def trade_take_back(request: HttpRequest, slug: str) -> HttpResponse:
    template = _template(slug)
    count = services.take_back(template, user=reader(request))
    text = ngettext("%(count)d row was taken back.", "%(count)d rows were taken back.", count)
    _say(request, template, "deleted", count, text)
    return redirect("interactions:trade_detail", slug)


def _say(request: HttpRequest, template: Template, done: str, count: int, text: str) -> None:
    messages.success(request, text % {"count": count})
    if count:
        detail = {"name": template.names[0], done: count}
        log.record(reader(request), AccessLog.Action.SETTINGS, "trade", detail=detail, request=request)


def _all() -> list[Template]:
    return list(templates().values())


def _template(slug: str) -> Template:
    found = templates().get(slug)
    if found is None:
        raise Http404
    return found


# the short lists ------------------------------------------------------------------------------------------------------


class OpinionTypeForm(ModelForm):
    class Meta:
        model = OpinionType
        fields: ClassVar[list[str]] = ["code", *NAMES, "is_active"]


class FailureCauseForm(ModelForm):
    class Meta:
        model = FailureCause
        fields: ClassVar[list[str]] = ["code", *NAMES, "is_active"]


class NeedTypeForm(ModelForm):
    class Meta:
        model = NeedType
        fields: ClassVar[list[str]] = ["code", *NAMES, "is_active"]


class ChannelForm(ModelForm):
    class Meta:
        model = Channel
        fields: ClassVar[list[str]] = ["code", *NAMES, "for_contacts", "for_sales", "for_consent", "is_active"]


class IndustryForm(ModelForm):
    class Meta:
        model = Industry
        fields: ClassVar[list[str]] = ["code", *NAMES]


PARTS: dict[str, tuple[Any, type[ModelForm]]] = {
    "opinion-types": (gettext_lazy("Opinion types"), OpinionTypeForm),
    "failure-causes": (gettext_lazy("Causes of failure"), FailureCauseForm),
    "need-types": (gettext_lazy("Types of needs"), NeedTypeForm),
    "channels": (gettext_lazy("Channels"), ChannelForm),
    "industries": (gettext_lazy("Industries"), IndustryForm),
}


@administrators_only
@form_page
def short_lists(request: HttpRequest) -> HttpResponse:
    """Every list with a small form of its own, named by `part`."""
    part = request.POST.get("part", "")
    own = {name: form(request.POST if name == part else None, prefix=name) for name, (_label, form) in PARTS.items()}
    if request.method == "POST" and part in own and own[part].is_valid():
        _keep(request, part, own[part].save(), "added")
        return redirect(_place(part))
    lists = [
        {"part": name, "title": label, "rows": form._meta.model._default_manager.all(), "form": own[name]}
        for name, (label, form) in PARTS.items()
    ]
    return render(request, "interactions/trades/short_lists.html", {"lists": lists})


@administrators_only
@form_page
def short_list_update(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    row = _one(part, pk)
    form = PARTS[part][1](request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        _keep(request, part, form.save(), "saved")
        return redirect(_place(part))
    context = {"form": form, "row": row, "title": PARTS[part][0]}
    return render(request, "interactions/trades/short_list_form.html", context)


@administrators_only
@action
def short_list_delete(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """What records name is not deleted: it says so, and can be switched off."""
    row = _one(part, pk)
    name, key = str(row), row.pk
    try:
        row.delete()
    except ProtectedError:
        messages.error(request, _("“%(name)s” is in use. Switch it off instead of deleting it.") % {"name": name})
        return redirect(_place(part))
    row.pk = key
    _keep(request, part, row, "deleted")
    return redirect(_place(part))


def _one(part: str, pk: int) -> Any:
    if part not in PARTS or pk > LARGEST_ID:
        raise Http404
    model: type[Model] = PARTS[part][1]._meta.model
    return get_object_or_404(model, pk=pk)


def _place(part: str) -> str:
    from django.urls import reverse

    return f"{reverse('interactions:short_lists')}#{part}"


def _keep(request: HttpRequest, part: str, row: Any, done: str) -> None:
    settled.changed()
    detail = {done: str(row)[:200]}
    log.record(
        reader(request), AccessLog.Action.SETTINGS, f"list_{part}", object_id=row.pk, detail=detail, request=request
    )
    messages.success(request, _("Deleted.") if done == "deleted" else _("The list is saved."))


urlpatterns: list[URLPattern] = [
    path("settings/trades/", trade_list, name="trade_list"),
    path("settings/trades/<slug:slug>/", trade_detail, name="trade_detail"),
    path("settings/trades/<slug:slug>/load/", trade_load, name="trade_load"),
    path("settings/trades/<slug:slug>/take-back/", trade_take_back, name="trade_take_back"),
    path("settings/lists/", short_lists, name="short_lists"),
    path("settings/lists/<slug:part>/<int:pk>/", short_list_update, name="short_list_update"),
    path("settings/lists/<slug:part>/<int:pk>/delete/", short_list_delete, name="short_list_delete"),
]
