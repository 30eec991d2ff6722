"""The trees of departments and regions, for administrators. One set of views serves both."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, ProtectedError, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from crm.accounts import log
from crm.accounts.forms import RegionForm, UnitForm
from crm.accounts.models import AccessLog, Region, Unit
from crm.accounts.views.doors import action, administrators_only, form_page, read_page, reader

FORMS: dict[Any, Any] = {Unit: UnitForm, Region: RegionForm}
PER_PAGE = 100


@administrators_only
@read_page
def node_list(request: HttpRequest, model: type[Unit] | type[Region]) -> HttpResponse:
    nodes = (
        model.objects.select_related("parent")
        .annotate(number_of_users=Count("users", filter=Q(users__is_active=True)))
        .order_by("path", "id")
    )
    wanted = request.GET.get("q", "").strip()
    if wanted:
        names = ("code", "name", "name_zh_hans", "name_zh_hant")
        nodes = nodes.filter(Q(*[(f"{name}__icontains", wanted) for name in names], _connector=Q.OR))
    page = Paginator(nodes, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/node_list.html", {"page": page, "q": wanted, **_words(model)})


@administrators_only
@form_page
def node_create(request: HttpRequest, model: type[Unit] | type[Region]) -> HttpResponse:
    parent = request.GET.get("parent", "")
    initial = {"parent": parent} if parent.isdecimal() else {}
    return _edit(request, model, model(), FORMS[model](request.POST or None, initial=initial))


@administrators_only
@form_page
def node_update(request: HttpRequest, model: type[Unit] | type[Region], pk: int) -> HttpResponse:
    node: Any = get_object_or_404(model, pk=pk)
    return _edit(request, model, node, FORMS[model](request.POST or None, instance=node))


@administrators_only
@action
def node_delete(request: HttpRequest, model: type[Unit] | type[Region], pk: int) -> HttpResponse:
    node: Any = get_object_or_404(model, pk=pk)
    try:
        node.delete()
    except ProtectedError:
        messages.error(request, _("%(name)s is in use and cannot be deleted.") % {"name": node})
    else:
        _log(request, model, pk, {"deleted": node.code})
        messages.success(request, _("%(name)s is deleted.") % {"name": node})
    return redirect(f"accounts:{model._meta.model_name}_list")


def _edit(request: HttpRequest, model: type[Unit] | type[Region], node: Any, form: Any) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save()
        except ValidationError as error:  # moved under itself by somebody else in the meantime
            form.add_error(None, error.messages)
        else:
            _log(request, model, saved.pk, {name: str(form.cleaned_data[name] or "") for name in form.changed_data})
            messages.success(request, _("%(name)s is saved.") % {"name": saved})
            return redirect(f"accounts:{model._meta.model_name}_list")
    return render(request, "accounts/node_form.html", {"form": form, "node": node, **_words(model)})


def _words(model: type[Unit] | type[Region]) -> dict[str, Any]:
    name = model._meta.model_name
    return {
        "model_name": name,
        "label": model._meta.verbose_name,
        "label_plural": model._meta.verbose_name_plural,
        "list_page": f"accounts:{name}_list",
        "create_page": f"accounts:{name}_create",
        "update_page": f"accounts:{name}_update",
        "delete_page": f"accounts:{name}_delete",
    }


def _log(request: HttpRequest, model: type[Unit] | type[Region], pk: int, detail: dict[str, Any]) -> None:
    kind = model._meta.model_name or ""
    log.record(reader(request), AccessLog.Action.SETTINGS, kind, object_id=pk, detail=detail, request=request)
