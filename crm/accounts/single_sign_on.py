"""Signing in with the company's own identity provider (OpenID Connect): it says who somebody is, we say what he may do.

Nobody gets in who is not a user or invited. The first time, the provider's confirmed e-mail address must be that of a
user or of an open invitation; from then on its lasting identifier counts, whatever becomes of the address.
"""

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from requests import RequestException

from crm.accounts import log, services
from crm.accounts.models import AccessLog, Invitation, User

UNCONFIRMED = _("Your company account tells no confirmed e-mail address, so we cannot know who you are here.")
UNKNOWN = _("There is no user with your e-mail address here.")
DEACTIVATED = _("Your access to this system has been switched off.")
OUT_OF_REACH = _("Your company's sign-in service does not answer at the moment. Please try again in a few minutes.")

logger = logging.getLogger(__name__)


class KnownPeopleAdapter(DefaultSocialAccountAdapter):
    """Signs in users, turns invited people into users, refuses everybody else in words."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise _refusal(request, UNKNOWN)
        if sociallogin.is_existing:
            user = sociallogin.user
        else:
            user = self._known(request, sociallogin)
            sociallogin.user = user
            sociallogin.save(request, connect=True)
        if not user.is_active:
            raise _refusal(request, DEACTIVATED, user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def _known(self, request: HttpRequest, sociallogin: SocialLogin) -> User:
        told = sociallogin.email_addresses[0] if sociallogin.email_addresses else None
        if told is None or told.verified is not True:
            raise _refusal(request, UNCONFIRMED)
        user = User.objects.filter(email__iexact=told.email).first()
        if user is None:
            user = _invited(told.email, sociallogin.user)
        if user is None:
            raise _refusal(request, UNKNOWN)
        return user


def _invited(email: str, suggested: Any) -> User | None:
    """The user that an open invitation for this address promised."""
    invitation = (
        Invitation.objects.select_related("role", "unit", "region")
        .filter(email__iexact=email, accepted_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if invitation is None:
        return None
    user = User(first_name=suggested.first_name, last_name=suggested.last_name)
    user.set_unusable_password()
    for name in _names(suggested.username or email.partition("@")[0]):
        user.username = name
        try:
            with transaction.atomic():
                return services.accept(invitation, user)
        except IntegrityError:  # somebody has this name
            user.pk = None
        except services.InvitationClosed:
            return None
    return None


def _names(wanted: str) -> list[str]:
    """What the provider calls somebody, and with a number behind it where that name is taken."""
    name = re.sub(r"[^\w.@+-]", "", wanted)[:140] or "user"
    return [name, *(f"{name}{number}" for number in range(2, 100))]


def _refusal(request: HttpRequest, reason: str | Promise, user: User | None = None) -> ImmediateHttpResponse:
    log.record(user, AccessLog.Action.REFUSED, "sign_in", detail={"reason": str(reason)}, request=request)
    return ImmediateHttpResponse(render(request, "account/single_sign_on_refused.html", {"reason": reason}, status=403))


def reaching_the_provider(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A provider that cannot be reached, or answers nonsense, is said so on the sign-in page's own ground."""

    @login_not_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, provider_id: str) -> HttpResponseBase:
        try:
            return view(request, provider_id)
        except (RequestException, KeyError, ValueError):
            logger.exception("The identity provider cannot be asked.")
            return render(request, "account/single_sign_on_refused.html", {"reason": OUT_OF_REACH}, status=503)

    return guarded
