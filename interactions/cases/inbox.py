"""Mails from customers: read from a maildir, filed with their case or logged as a contact, each once.

A mail belongs to a case when it answers one of our mails or names its number, and comes from an address of the case's
customer. Any other mail of a known address is a contact of that customer; of an unknown one it is kept for a person to
look at. Whoever only knows a number can write into no case.
"""

import datetime
import email
import hashlib
import html
import logging
import mailbox
import re
from collections import Counter
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from customers.models import ContactPerson, Customer
from customers.privacy import suppression
from interactions.cases import desk_models
from interactions.cases.desk_models import CaseMessage, InboundMail
from interactions.cases.mail import log_contact
from interactions.cases.models import Case, Complaint, Enquiry
from interactions.cases.services import save_case
from interactions.contacts.models import Interaction
from interactions.contacts.services import save_contact
from interactions.work.models import Task
from interactions.work.services import create_task

LONGEST_TEXT = 20_000
NUMBER = re.compile(r"\b(?:CP|EN)-\d{4,}\b", re.IGNORECASE)
Result = InboundMail.Result
_log = logging.getLogger(__name__)


def folder() -> Path:
    """Where mails to the desk are put, by the mail server or by a program that fetches them."""
    return Path(getattr(settings, "SERVICE_MAILDIR", "") or settings.DATA_DIR / "inbox")


def has_new_mail() -> bool:
    new = folder() / "new"
    return new.is_dir() and any(new.iterdir())


def read(progress: Callable[[int, int], None] = lambda done, total: None) -> dict[str, int]:
    """File every new mail of the maildir and mark it as seen; how many went where.

    A mail that cannot be read at all is flagged and stays in the folder; it stops none of the others.
    """
    if not folder().is_dir():
        return {}
    box = mailbox.Maildir(folder(), create=True)
    waiting = [key for key in box.keys() if box.get_message(key).get_subdir() == "new"]  # noqa: SIM118  (no dict)
    counts: Counter[str] = Counter()
    for place, key in enumerate(waiting):
        progress(place, len(waiting))
        flag = "S"
        try:
            counts[file_mail(box.get_bytes(key))] += 1
        except Exception:  # noqa: BLE001  one strange mail must not keep the others waiting
            _log.exception("A mail of the service mailbox could not be filed: %s", key)
            counts["failed"] += 1
            flag = "F"
        seen = box.get_message(key)
        seen.set_subdir("cur")
        seen.add_flag(flag)
        box[key] = seen
    return dict(counts)


def file_mail(raw: bytes) -> str:
    """File one mail; a Result, or "again" for one that was filed before."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    message_id = _line(mail, "Message-ID")[:250] or f"<{hashlib.sha256(raw).hexdigest()}@no-id>"
    if InboundMail.objects.filter(message_id=message_id).exists():
        return "again"
    address = parseaddr(_line(mail, "From"))[1].strip().lower()[:254]
    row = InboundMail(
        message_id=message_id, at=_moment(mail), address=address, subject=_line(mail, "Subject")[:250], text=_text(mail)
    )
    with transaction.atomic():
        row.result, row.contact = _filed(mail, row)
        row.save()
    return row.result


def file_with(row: InboundMail, customer: Customer) -> None:
    """Log a mail that nobody could be found for with the customer that a person chose."""
    with transaction.atomic():
        row.contact, row.result = _contact(customer, row), Result.CONTACT
        row.save(update_fields=["contact", "result"])


def _filed(mail: EmailMessage, row: InboundMail) -> tuple[str, Interaction | None]:
    if _is_automatic(mail):
        return Result.AUTOMATIC, None
    customers = _customers(row.address)
    case = _case(mail, row)
    if case is not None and case.customer_id in customers:
        return Result.CASE, _into_case(case, row)
    if not customers:
        return (Result.ERASED if suppression.of_address(row.address) else Result.UNKNOWN), None
    if len(customers) > 1:
        return Result.AMBIGUOUS, None
    return Result.CONTACT, _contact(next(iter(customers.values())), row)


def _into_case(case: Complaint | Enquiry, row: InboundMail) -> Interaction:
    """The customer has written: we do not wait any more. A closed case stays closed until somebody has read it."""
    contact = log_contact(case, Interaction.Direction.INBOUND, subject=row.subject, text=row.text, staff=None)
    CaseMessage.objects.create(
        direction=CaseMessage.Direction.IN,
        at=row.at,
        person=case.customer.name[:160],
        address=row.address,
        subject=row.subject,
        text=row.text,
        message_id=row.message_id,
        contact=contact,
        **desk_models.of(case),
    )
    if case.status == Case.Status.WAITING:
        case.status = Case.Status.IN_WORK
        save_case(case, user=None)
    elif not case.is_open:
        create_task(
            title=_("%(number)s is closed, and the customer has written again") % {"number": case.number},
            customer=case.customer,
            staff=case.staff,
            due_at=timezone.now() + datetime.timedelta(days=1),
            source=Task.Source.FOLLOW_UP,
            about=case,
        )
    return contact


def _contact(customer: Customer, row: InboundMail) -> Interaction:
    from customers.models import Channel

    contact = Interaction(
        customer=customer,
        channel=Channel.objects.filter(code="email").first(),
        direction=Interaction.Direction.INBOUND,
        subject=row.subject[:200] or _("Mail without a subject"),
        content=row.text,
        occurred_at=row.at,
    )
    return save_contact(contact, user=None)[0]


def _customers(address: str) -> dict[int, Customer]:
    """Everybody who has this address, the customer or one of its persons."""
    if not address:
        return {}
    own = Customer.objects.kept().filter(email__iexact=address)[:5]
    persons = ContactPerson.objects.kept().filter(email__iexact=address, customer__deleted_at__isnull=True)
    found = {each.pk: each for each in own}
    return found | {each.customer_id: each.customer for each in persons.select_related("customer")[:5]}


def _case(mail: EmailMessage, row: InboundMail) -> Complaint | Enquiry | None:
    """The case that a mail answers or names; of a merged one, where it went."""
    ids = re.findall(r"<[^<>\s]+>", f"{_line(mail, 'In-Reply-To')} {_line(mail, 'References')}")[-20:]
    ours = CaseMessage.objects.filter(message_id__in=[each.lower() for each in ids]).exclude(message_id="")
    message = ours.select_related("complaint__customer", "enquiry__customer").last()
    if message is not None:
        return followed(message.case)
    named = NUMBER.search(row.subject)
    return by_number(named[0]) if named else None


def by_number(number: str) -> Complaint | Enquiry | None:
    """A case by its number, also by one it had before it was merged."""
    model = Complaint if number.upper().startswith(Complaint.NUMBER_PREFIX) else Enquiry
    case = model.objects.select_related("customer", "merged_into").filter(number=number.upper()).first()
    return followed(case) if case else None


def followed(case: Complaint | Enquiry) -> Complaint | Enquiry | None:
    """The case itself, or the one that it was merged into; None when it lies in the recycle bin."""
    if case.is_deleted and case.merged_into is not None:
        case = case.merged_into
    return None if case.is_deleted else case


def _is_automatic(mail: EmailMessage) -> bool:
    submitted = _line(mail, "Auto-Submitted").lower()
    return (bool(submitted) and submitted != "no") or _line(mail, "Precedence").lower() in {"bulk", "junk", "list"}


def _line(mail: EmailMessage, name: str) -> str:
    """A header on one line; broken ones as far as they can be read."""
    try:
        value = str(mail.get(name, "") or "")
    except Exception:  # noqa: BLE001  the parser of a hostile header
        value = ""
    return " ".join(value.replace("\0", "").split())


def _moment(mail: EmailMessage) -> datetime.datetime:
    now = timezone.now()
    try:
        at = parsedate_to_datetime(_line(mail, "Date"))
    except (TypeError, ValueError):
        return now
    if timezone.is_naive(at):
        at = at.replace(tzinfo=datetime.UTC)
    return min(at, now) if at.year > 1990 else now


def _text(mail: EmailMessage) -> str:
    """What a person wrote: the plain part, or the HTML without its tags; attachments by name."""
    part = mail.get_body(preferencelist=("plain", "html"))
    text = _content(part) if part is not None else ""
    if part is not None and part.get_content_type() == "text/html":
        bare = re.sub(r"(?is)<(style|script|head)\b.*?</\1>", "", text)
        text = html.unescape(strip_tags(re.sub(r"(?i)<(br|/p|/div)\b[^>]*>", "\n", bare)))
    names = [each.get_filename() or _("without a name") for each in mail.iter_attachments()]
    if names:
        text += "\n\n" + _("Attachments: %(names)s") % {"names": ", ".join(map(str, names))}
    return text.replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST_TEXT]


def _content(part: EmailMessage) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # a character set that nobody knows
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
