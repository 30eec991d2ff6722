"""The second step of signing in: wrong codes are logged and counted in the database, for all processes alike."""

from datetime import timedelta
from typing import Any

from allauth.core import context
from allauth.mfa.base import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts import log
from crm.accounts.models import AccessLog, User

WRONG = "second_factor"
MOST_WRONG = 8
WITHIN = timedelta(minutes=15)


class _Counted:
    user: User

    def clean_code(self) -> str:
        if _wrong_lately(self.user) >= MOST_WRONG:
            raise ValidationError(_("Too many wrong codes. Try again in a quarter of an hour."))
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            log.record(self.user, AccessLog.Action.REFUSED, WRONG, request=context.request)
            raise
        return code


class AuthenticateForm(_Counted, forms.AuthenticateForm):
    pass


class ReauthenticateForm(_Counted, forms.ReauthenticateForm):
    pass


def _wrong_lately(user: Any) -> int:
    since = timezone.now() - WITHIN
    return AccessLog.objects.filter(user=user, action=AccessLog.Action.REFUSED, kind=WRONG, at__gt=since).count()
