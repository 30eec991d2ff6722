"""Idempotency keys: a POST that is sent again, because its answer got lost, is answered again and done once."""

import datetime
import hashlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm.accounts.models import Company, User
from crm.records.models import ApiAnswer

HEADER = "Idempotency-Key"
LONGEST = 200
KEPT = datetime.timedelta(hours=24)


class OtherBody(Exception):
    """The key was used before, for something else."""


class BadKey(Exception):
    """Too long, or of letters that a header cannot hold."""


def once(
    request: HttpRequest,
    user: User,
    kind: str,
    act: Callable[[], tuple[HttpResponse, int]],
    again: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Do `act`, which gives an answer and the id of the record it wrote, unless this request was done already.

    The claim on the key, the record and the answer are one transaction: a second request waits for the first, and
    what was refused leaves nothing behind. When rights were changed meanwhile, `again` answers with the record by the
    new ones. OtherBody is raised for a key that was used with another body or address.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return act()[0]
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise BadKey
    digest = hashlib.sha256(request.path.encode() + b"\0" + request.body).hexdigest()
    door = getattr(getattr(request, "token", None), "pk", 0) or 0
    with transaction.atomic():
        ApiAnswer.objects.filter(expires_at__lt=timezone.now()).delete()
        claim = _claimed(user=user, token=door, key=key, digest=digest, kind=kind)
        if claim is None:
            return _repeated(ApiAnswer.objects.get(user=user, token=door, key=key), digest, again)
        answer, claim.object_id = act()
        claim.status, claim.body, claim.stamp = answer.status_code, answer.content.decode(), _stamp()
        claim.save()
    return answer


def _claimed(**values: object) -> ApiAnswer | None:
    """The key, taken by this request; None when another has it. Waits for one that is being answered now."""
    try:
        with transaction.atomic():
            return ApiAnswer.objects.create(expires_at=timezone.now() + KEPT, **values)
    except IntegrityError:
        return None


def _repeated(held: ApiAnswer, digest: str, again: Callable[[int], HttpResponse]) -> HttpResponse:
    if held.digest != digest:
        raise OtherBody
    if held.stamp == _stamp():
        answer = HttpResponse(held.body, status=held.status, content_type="application/json")
    else:
        answer = again(held.object_id)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _stamp() -> int:
    return Company.objects.values_list("stamp", flat=True).first() or 0
