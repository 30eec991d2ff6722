"""Knowing again who was forgotten: a keyed hash of phone, e-mail and tax number, and nothing else.

The key is made of the installation's SECRET_KEY, so the database alone does not tell which numbers were erased. After
SECRET_KEY was changed the old one stays in SECRET_KEY_FALLBACKS; hashes of a key that is nowhere are reported by the
status page, since they can recognise nobody.
"""

import datetime
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts import log
from crm.accounts.models import AccessLog, Company, User
from crm.jobs import status
from crm.records.duplicates import Candidate
from customers.duplicates.normalising import email_key, phone_key, tax_key
from customers.privacy.models import Suppression

SALT = b"clientele.customers.suppression"
Kind = Suppression.Kind
Found = dict[tuple[str, str], datetime.date]


def add(rows: Iterable[Mapping[str, Any]]) -> int:
    """Remember that these were erased; how many were not known yet."""
    key = _keys()[0]
    today = timezone.localdate()
    wanted = {(kind, _digest(key, kind, text)) for row in rows for kind, text in _texts(row)}
    made = [
        Suppression(kind=kind, digest=digest, key=_name_of(key), erased_on=today) for kind, digest in sorted(wanted)
    ]
    known = Suppression.objects.count()
    Suppression.objects.bulk_create(made, ignore_conflicts=True)
    return Suppression.objects.count() - known


def check(rows: Sequence[Mapping[str, Any]]) -> list[list[Candidate]]:
    """Per row of values what of it belonged to somebody who was erased, as candidates for forms, API and imports."""
    texts = [_texts(row) for row in rows]
    found = _lookup({each for row in texts for each in row})
    return [_candidates(row, found) for row in texts]


def of_address(address: str) -> datetime.date | None:
    """When the data of the holder of an e-mail address was erased."""
    return _lookup({(str(Kind.EMAIL), email_key(address))}).get((str(Kind.EMAIL), email_key(address)))


def lift(rows: Iterable[Mapping[str, Any]], *, user: User | None, kind: str, object_id: int, reason: str) -> int:
    """The person came back: the hashes of these values go, and the reason is logged."""
    texts = {each for row in rows for each in _texts(row)}
    digests = [_digest(key, kind_, text) for key in _keys() for kind_, text in texts]
    with transaction.atomic():
        count: int = Suppression.objects.filter(digest__in=digests).delete()[0]
        if count:
            detail = {"suppression_lifted": count, "why": reason[:200]}
            log.record(user, AccessLog.Action.SETTINGS, kind, object_id=object_id, detail=detail)
    return count


def status_line() -> status.Line | list[status.Line]:
    """Only to be seen when something is wrong."""
    known = [_name_of(each) for each in _keys()]
    lost = Suppression.objects.exclude(key__in=known).count()
    if not lost:
        return []
    text = ngettext(
        "%(count)d erased address was kept under another SECRET_KEY. Put that one into SECRET_KEY_FALLBACKS.",
        "%(count)d erased addresses were kept under another SECRET_KEY. Put that one into SECRET_KEY_FALLBACKS.",
        lost,
    ) % {"count": lost}
    return status.Line("suppressions", _("Erased persons"), status.State.WARNING, text)


def _candidates(texts: Sequence[tuple[str, str]], found: Found) -> list[Candidate]:
    matching = [each for each in texts if each in found]
    if not matching:
        return []
    words = tuple(dict.fromkeys(str(Kind(kind).label) for kind, _text in matching))
    reasons = tuple(dict.fromkeys(kind for kind, _text in matching))
    return [Candidate(None, 100, reasons, words, erased_on=max(found[each] for each in matching))]


def _lookup(texts: set[tuple[str, str]]) -> Found:
    if not texts or not Suppression.objects.exists():
        return {}
    by_digest = {_digest(key, *each): each for key in _keys() for each in texts}
    found: Found = {}
    wanted = list(by_digest)
    for start in range(0, len(wanted), 500):
        rows = Suppression.objects.filter(digest__in=wanted[start : start + 500])
        for digest, day in rows.values_list("digest", "erased_on"):
            found[by_digest[digest]] = max(day, found.get(by_digest[digest], day))
    return found


def _texts(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    country = row.get("country") or Company.objects.current().currency[:2]
    keys = (
        (Kind.PHONE, phone_key(row.get("phone"), country)),
        (Kind.EMAIL, email_key(row.get("email"))),
        (Kind.TAX, tax_key(row.get("tax_number"))),
    )
    return [(str(kind), text) for kind, text in keys if text]


def _digest(key: bytes, kind: str, text: str) -> str:
    return hmac.new(key, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()


def _keys() -> list[bytes]:
    """Of today first, then those of earlier secrets."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(str(each).encode(), SALT, hashlib.sha256).digest() for each in secrets]


def _name_of(key: bytes) -> str:
    return hmac.new(key, b"name", hashlib.sha256).hexdigest()[:16]


__all__ = ["add", "check", "lift", "of_address", "status_line"]
