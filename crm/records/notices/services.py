"""Telling, reading and mailing notices."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.accounts.models import Company, User
from crm.jobs import services as jobs
from crm.records.notices.models import Notice

DIGEST = "records.digest"
MOST_IN_MAIL = 50
KEPT = datetime.timedelta(days=90)
LONGEST = 120  # of a name within a sentence


@dataclass(frozen=True)
class Wording:
    text: str | Promise
    icon: str


_wordings: dict[str, Wording] = {}


def register(code: str, text: str | Promise, *, icon: str = "bell") -> None:
    """The sentence of a code; its %(names)s are what `tell` is given."""
    _wordings[code] = Wording(text, icon)


def tell(user: User | None, code: str, url: str, **data: str) -> Notice | None:
    """Note something for a user; nothing for users who left. What is unread already is renewed, not repeated."""
    if code not in _wordings:
        raise LookupError(f"No sentence is registered for {code!r}.")
    if user is None or not user.is_active:
        return None
    kept = {key: str(value)[:LONGEST] for key, value in data.items()}
    now = timezone.now()
    with transaction.atomic():
        twin = Notice.objects.unread_of(user).filter(code=code, url=url).first()
        if twin is None:
            return Notice.objects.create(user=user, code=code, url=url, data=kept, created_at=now)
        twin.data, twin.created_at, twin.mailed_at = kept, now, None
        twin.save()
        return twin


def sentence(notice: Notice) -> str:
    wording = _wordings.get(notice.code)
    if wording is None:
        return notice.url
    try:
        return str(wording.text) % notice.data
    except (KeyError, ValueError, TypeError):  # written by another version of the product
        return str(notice.data.get("what") or notice.url)


def icon(notice: Notice) -> str:
    wording = _wordings.get(notice.code)
    return wording.icon if wording else "bell"


def read(user: User, pk: int | None = None) -> int:
    """Mark one of a user's notices as read, or all; how many were not."""
    rows = Notice.objects.unread_of(user)
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=timezone.now())


def request_digests() -> int:
    """Have a mail sent to everybody who wants one and has something unread that no mail told; how many."""
    waiting = Notice.objects.filter(
        read_at__isnull=True, mailed_at__isnull=True, user__is_active=True, user__wants_digest=True
    ).exclude(user__email="")
    users = sorted(set(waiting.order_by().values_list("user_id", flat=True)))
    return jobs.announce_many(DIGEST, [(f"digest-{pk}", {"user": pk}) for pk in users])


def send_digest(user_id: int) -> bool:
    """One mail with a user's unread notices, marked before it leaves: twice the same mail is worse than none."""
    user = User.objects.filter(pk=user_id, is_active=True, wants_digest=True).first()
    if user is None or not user.email:
        return False
    with transaction.atomic():
        rows = list(Notice.objects.select_for_update().unread_of(user).filter(mailed_at__isnull=True)[:MOST_IN_MAIL])
        if not rows:
            return False
        Notice.objects.filter(pk__in=[each.pk for each in rows]).update(mailed_at=timezone.now())
        company = Company.objects.current()
        with translation.override(user.language or company.language):
            lines = [f"• {each.text}\n  {settings.SITE_URL}{each.url}" for each in rows]
            subject = _("%(company)s: what is new for you (%(count)s)") % {"company": company.name, "count": len(rows)}
            ending = _("You can switch this mail off in your profile.")
            text = "\n\n".join([*lines, f"{ending}\n{settings.SITE_URL}/profile/"])
        send_mail(" ".join(subject.split()), text, None, [user.email])
    return True


def forget_old() -> int:
    """Read notices are kept for three months."""
    return Notice.objects.filter(read_at__lt=timezone.now() - KEPT).delete()[0]


def data_of(what: Any, by: User | None) -> dict[str, str]:
    return {"what": str(what), "by": str(by) if by else ""}
