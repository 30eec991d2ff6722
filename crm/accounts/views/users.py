"""Users and invitations, for administrators; and the page on which an invitation is accepted."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from crm.accounts import log, services
from crm.accounts.filters import UserFilterSet
from crm.accounts.forms import InvitationForm, NewUserForm, UserForm
from crm.accounts.models import AccessLog, Company, Invitation, User
from crm.accounts.views.doors import action, administrators_only, form_page, read_page, reader

PER_PAGE = 50


@administrators_only
@read_page
def user_list(request: HttpRequest) -> HttpResponse:
    users = UserFilterSet(request.GET, User.objects.select_related("role", "unit", "region").order_by("username"))
    invitations = Invitation.objects.filter(accepted_at=None).select_related("role", "unit", "region", "invited_by")
    context = {
        "filter": users,
        "page": Paginator(users.qs, PER_PAGE).get_page(request.GET.get("page")),
        "invitations": [(each, _link(request, each)) for each in invitations],
    }
    return render(request, "accounts/user_list.html", context)


@administrators_only
@form_page
def user_update(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = UserForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        changed = {name: _shown(form.cleaned_data[name]) for name in form.changed_data}
        try:
            services.change_user(form.save(commit=False))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _log(request, "user", user.pk, changed)
            messages.success(request, _("%(user)s is saved.") % {"user": user})
            return redirect("accounts:user_list")
    held = User.objects.select_related("role").get(pk=pk)
    return render(request, "accounts/user_form.html", {"form": form, "held": held})


@administrators_only
@action
def user_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    return _set_active(request, pk, False)


@administrators_only
@action
def user_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    return _set_active(request, pk, True)


@administrators_only
@form_page
def invitation_create(request: HttpRequest) -> HttpResponse:
    company: Company = request.company  # type: ignore[attr-defined]
    form = InvitationForm(request.POST or None, initial={"language": company.language})
    if request.method == "POST" and form.is_valid():
        invitation = services.invite(invited_by=reader(request), **form.cleaned_data)
        _log(request, "invitation", invitation.pk, {"email": invitation.email, "role": invitation.role.code})
        _send(request, invitation)
        return redirect("accounts:user_list")
    return render(request, "accounts/invitation_form.html", {"form": form, "days": services.INVITATION_DAYS})


@administrators_only
@action
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = services.renew(get_object_or_404(Invitation, pk=pk, accepted_at=None))
    _log(request, "invitation", pk, {"sent again": invitation.email})
    _send(request, invitation)
    return redirect("accounts:user_list")


@administrators_only
@action
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, accepted_at=None)
    _log(request, "invitation", pk, {"withdrawn": invitation.email})
    invitation.delete()
    messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("accounts:user_list")


@login_not_required
@sensitive_post_parameters("password1", "password2")
@form_page
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    invitation = Invitation.objects.select_related("role", "unit", "region").filter(token=token).first()
    if invitation is None or not invitation.is_open:
        raise Http404
    form = NewUserForm(request.POST or None, instance=User(email=invitation.email))
    if request.method == "POST" and form.is_valid():
        try:
            user = services.accept(invitation, form.save(commit=False))
        except services.InvitationClosed:
            raise Http404 from None
        except IntegrityError:  # somebody has taken the name or the address a moment ago
            form.add_error(None, _("This name or e-mail address has just been taken."))
        else:
            login(request, user, backend="crm.accounts.backends.SignInBackend")
            return redirect("/")
    return render(request, "accounts/invitation_accept.html", {"form": form, "invitation": invitation})


def _set_active(request: HttpRequest, pk: int, is_active: bool) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    try:
        services.set_active(user, is_active)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        _log(request, "user", pk, {"is_active": is_active})
        said = _("%(user)s can sign in again.") if is_active else _("%(user)s can no longer sign in.")
        messages.success(request, said % {"user": user})
    return redirect("accounts:user_update", pk)


def _send(request: HttpRequest, invitation: Invitation) -> None:
    company: Company = request.company  # type: ignore[attr-defined]
    if services.send_invitation(invitation, link=_link(request, invitation), company=company):
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
    else:
        messages.warning(request, _("The mail could not be sent. Copy the link below and pass it on yourself."))


def _link(request: HttpRequest, invitation: Invitation) -> str:
    return request.build_absolute_uri(invitation.get_absolute_url())


def _log(request: HttpRequest, kind: str, pk: int, detail: dict[str, Any]) -> None:
    log.record(reader(request), AccessLog.Action.SETTINGS, kind, object_id=pk, detail=detail, request=request)


def _shown(value: Any) -> str:
    return "" if value is None else str(getattr(value, "code", value))
