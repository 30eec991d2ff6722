"""Roles and their rights, for administrators."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, ProtectedError, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from crm.accounts import log, policy, services
from crm.accounts.forms import RightsForm, RoleForm
from crm.accounts.models import AccessLog, AccessRule, Role, Sensitivity
from crm.accounts.views.doors import action, administrators_only, form_page, read_page, reader


@administrators_only
@read_page
def role_list(request: HttpRequest) -> HttpResponse:
    roles = list(
        Role.objects.prefetch_related("rules")
        .annotate(number_of_users=Count("users", filter=Q(users__is_active=True)))
        .order_by("id")
    )
    held = {(rule.role_id, rule.kind): rule for role in roles for rule in role.rules.all()}
    none = AccessRule()
    matrix = [
        {"label": label, "rules": [held.get((role.pk, kind), none) for role in roles]} for kind, label in policy.kinds()
    ]
    return render(request, "accounts/role_list.html", {"roles": roles, "matrix": matrix})


@administrators_only
@form_page
def role_create(request: HttpRequest) -> HttpResponse:
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            role = form.save()
            if form.cleaned_data["copy_of"]:
                policy.save(role, policy.read(form.cleaned_data["copy_of"]))
            _log(request, role, {"created": role.code})
        messages.success(request, _("%(name)s is saved.") % {"name": role})
        return redirect("accounts:role_rights", role.pk)
    return render(request, "accounts/role_form.html", {"form": form, "role": None})


@administrators_only
@form_page
def role_update(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    form = RoleForm(request.POST or None, instance=role)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_role(form.save(commit=False))
        except ValidationError as error:
            form.add_error("is_administrator", error)
        else:
            _log(request, role, {name: form.cleaned_data[name] for name in form.changed_data})
            messages.success(request, _("%(name)s is saved.") % {"name": role})
            return redirect("accounts:role_list")
    return render(request, "accounts/role_form.html", {"form": form, "role": role})


@administrators_only
@form_page
def role_rights(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    form = RightsForm(request.POST or None, role=role)
    if request.method == "POST" and form.is_valid():
        changed = policy.save(role, form.rights())
        if changed:
            _log(request, role, changed)
        messages.success(request, _("The rights of %(name)s are saved. They count from now on.") % {"name": role})
        return redirect("accounts:role_list")
    context = {
        "form": form,
        "role": role,
        "sensitivities": Sensitivity.choices,
        "heads": [policy.name_of_right(right) for right in (*policy.SCOPES, *policy.SWITCHES)],
    }
    return render(request, "accounts/role_rights.html", context)


@administrators_only
@action
def role_delete(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    try:
        role.delete()
    except ProtectedError:
        messages.error(request, _("Somebody has the role %(name)s. Give them another one first.") % {"name": role})
    else:
        log.record(
            reader(request), AccessLog.Action.SETTINGS, "role", object_id=pk, detail={"deleted": role.code},
            request=request,
        )  # fmt: skip
        messages.success(request, _("%(name)s is deleted.") % {"name": role})
    return redirect("accounts:role_list")


def _log(request: HttpRequest, role: Role, detail: dict[str, Any]) -> None:
    log.record(reader(request), AccessLog.Action.SETTINGS, "role", object_id=role.pk, detail=detail, request=request)
