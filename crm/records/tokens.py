"""Keys for the API: made, shown once, checked by digest, limited in number of calls, revoked."""

import datetime
import hashlib
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Case, F, When
from django.utils import timezone

from crm.accounts.models import User
from crm.records.models import ApiToken, Batch

PREFIX = "clt_"
WINDOW_SECONDS = 60


def make_token(
    *, user: User, name: str, days: int | None, may_write: bool = True, kinds: Iterable[str] = ()
) -> tuple[ApiToken, str]:
    """A new key and its text, which nobody can read again. Without `kinds` it opens all that its user may see."""
    text = PREFIX + secrets.token_urlsafe(32)
    expires_at = timezone.now() + datetime.timedelta(days=days) if days else None
    token = ApiToken.objects.create(
        user=user,
        name=name,
        beginning=text[:8],
        digest=_digest(text),
        expires_at=expires_at,
        may_write=may_write,
        kinds=list(kinds),
    )
    return token, text


def find(text: str) -> ApiToken | None:
    """The key of this text; None for an unknown, expired or revoked one, or of a user who may not sign in."""
    held = ApiToken.objects.valid().select_related("user__role", "user__unit", "user__region")
    return held.filter(digest=_digest(text)).first()


def user_of(text: str) -> User | None:
    token = find(text)
    return token.user if token else None


def seconds_to_wait(token: ApiToken) -> int:
    """Count a call of this key: 0 when it is let in, otherwise how long until the next minute begins.

    One statement on the key's own row, so that all processes count together and no call is lost between two.
    """
    now = timezone.now()
    minute, into = divmod(int(now.timestamp()), WINDOW_SECONDS)
    is_free = ApiToken.objects.filter(pk=token.pk).exclude(minute=minute, calls__gte=settings.API_CALLS_PER_MINUTE)
    calls = Case(When(minute=minute, then=F("calls") + 1), default=1)
    return 0 if is_free.update(calls=calls, minute=minute, last_used_at=now) else WINDOW_SECONDS - into


def batch_of(token: ApiToken) -> Batch:
    """Where the records that programs enter with a key say they came from."""
    mark = f"key {token.pk}"
    known = Batch.objects.filter(source=Batch.Source.API, preset=mark).first()
    return known or Batch.objects.create(
        source=Batch.Source.API, preset=mark, file_name=token.name, created_by=token.user
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
