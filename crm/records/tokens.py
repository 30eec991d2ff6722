"""Keys for the API: made, shown once, checked by digest, revoked."""

import datetime
import hashlib
import secrets

from django.utils import timezone

from crm.accounts.models import User
from crm.records.models import ApiToken

PREFIX = "clt_"
TOUCH_AFTER = datetime.timedelta(minutes=1)  # `last used` need not be written with every call


def make_token(*, user: User, name: str, days: int | None) -> tuple[ApiToken, str]:
    """A new key and its text, which nobody can read again."""
    text = PREFIX + secrets.token_urlsafe(32)
    expires_at = timezone.now() + datetime.timedelta(days=days) if days else None
    token = ApiToken.objects.create(
        user=user, name=name, beginning=text[:8], digest=_digest(text), expires_at=expires_at
    )
    return token, text


def user_of(text: str) -> User | None:
    """Whose key this is; None for an unknown, expired or revoked one, or a user who may not sign in."""
    token = ApiToken.objects.valid().select_related("user").filter(digest=_digest(text)).first()
    if token is None:
        return None
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > TOUCH_AFTER:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token.user


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
