"""Mails to customers about their cases.

Answering writes the message, the contact and the announcement in one transaction; the mail itself leaves afterwards,
and again later while the mail server does not take it. A repeated delivery has the same Message-ID.
"""

import secrets
import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.jobs import services as jobs
from customers.models import Channel
from interactions.cases import desk_models
from interactions.cases.desk_models import CaseMessage
from interactions.cases.models import Case, Complaint, Enquiry
from interactions.cases.services import save_case
from interactions.contacts.models import Interaction
from interactions.contacts.services import save_contact

REPLY = "case.reply"
MAX_ATTEMPTS = 8
Direction, State = CaseMessage.Direction, CaseMessage.State


def answer(
    case: Complaint | Enquiry,
    *,
    address: str,
    person: str,
    subject: str,
    text: str,
    user: User,
    and_wait: bool = False,
) -> CaseMessage:
    """Answer the customer by e-mail. The first answer stops the clock of the reply; `and_wait` stops all of it."""
    now = timezone.now()
    with transaction.atomic():
        contact = log_contact(case, Interaction.Direction.OUTBOUND, subject=subject, text=text, staff=user)
        message = CaseMessage.objects.create(
            direction=Direction.OUT,
            state=State.QUEUED,
            at=now,
            user=user,
            person=person[:160],
            address=address,
            subject=subject[:250],
            text=text,
            contact=contact,
            message_id=f"<{case.number}.{secrets.token_hex(8)}@{_domain()}>".lower(),
            **desk_models.of(case),
        )
        case.first_reply_at = case.first_reply_at or now
        if and_wait and case.is_open:
            case.status = Case.Status.WAITING
        elif case.status == Case.Status.OPEN:
            case.status = Case.Status.IN_WORK
        save_case(case, user=user)
        jobs.announce(REPLY, {"message": message.pk}, key=f"{REPLY}:{message.pk}")
    return message


def send_again(message: CaseMessage) -> None:
    """Try anew what could not be sent."""
    with transaction.atomic():
        message.state, message.attempts, message.error = State.QUEUED, 0, ""
        message.save(update_fields=["state", "attempts", "error"])
        jobs.announce(REPLY, {"message": message.pk}, key=f"{REPLY}:{message.pk}")


def send(message_id: int) -> None:
    """Hand a message to the mail server. Raises while it is worth trying again; what was sent is not sent twice."""
    message = CaseMessage.objects.select_related("complaint", "enquiry").filter(pk=message_id).first()
    if message is None or message.state != State.QUEUED:
        return
    try:
        _mail(message).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        if not _is_final(error):
            _note_failure(message, error)
            raise
        message.attempts = MAX_ATTEMPTS
        _note_failure(message, error)
    except Exception as error:
        _note_failure(message, error)
        raise
    else:
        CaseMessage.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=timezone.now(), error="")


def log_contact(
    case: Complaint | Enquiry, direction: str, *, subject: str, text: str, staff: User | None
) -> Interaction:
    """A mail about a case counts as a contact with its customer; the time it took is that of the case."""
    contact = Interaction(
        customer=case.customer,
        channel=Channel.objects.filter(code="email").first(),
        direction=direction,
        subject=subject[:200] or case.title,
        content=text,
        product=case.product,
        staff=staff or case.staff,
        minutes_spent=0,
    )
    return save_contact(contact, user=staff)[0]


def _mail(message: CaseMessage) -> EmailMessage:
    case = message.case
    last = CaseMessage.objects.filter(direction=Direction.IN, **desk_models.of(case)).exclude(message_id="").last()
    headers = {"Message-ID": message.message_id}
    if last:
        headers |= {"In-Reply-To": last.message_id, "References": last.message_id}
    subject = message.subject if case.number in message.subject else f"[{case.number}] {message.subject}"
    return EmailMessage(subject, message.text, None, [message.address], headers=headers)


def _is_final(error: smtplib.SMTPException) -> bool:
    """Whether the server will never take it (5xx); 4xx means later."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return getattr(error, "smtp_code", 0) >= 500


def _note_failure(message: CaseMessage, error: Exception) -> None:
    message.attempts += 1
    is_over = message.attempts >= MAX_ATTEMPTS
    message.error = f"{type(error).__name__}: {error}"[:300]
    message.state = State.FAILED if is_over else State.QUEUED
    message.save(update_fields=["attempts", "error", "state"])
    if is_over:
        text = _("The mail “%(subject)s” could not be sent.") % {"subject": message.subject}
        CaseMessage.objects.create(direction=Direction.EVENT, text=text, **desk_models.of(message.case))


def _domain() -> str:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address.partition("@")[2] or "localhost"
