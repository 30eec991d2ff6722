"""What the worker does for the service desk."""

from django.utils.translation import gettext_lazy as _

from crm.jobs import services as jobs
from crm.jobs.registry import JobContext, Message, handler, subscriber
from interactions.cases import escalation, inbox, mail, presence

ESCALATE = "cases.escalate"
READ_MAIL = "cases.read_mail"


@handler(ESCALATE, label=_("Tell of overdue cases"))
def escalate(job: JobContext) -> dict[str, int]:
    return escalation.escalate(job.progress)


@handler(READ_MAIL, label=_("Read the service mailbox"))
def read_mail(job: JobContext) -> dict[str, int]:
    return inbox.read(job.progress)


@subscriber(mail.REPLY, in_transaction=False, max_attempts=mail.MAX_ATTEMPTS)
def send_reply(message: Message) -> None:
    mail.send(message.payload["message"])


@subscriber(escalation.ESCALATED, in_transaction=False)
def mail_manager(message: Message) -> None:
    escalation.mail_manager(message.payload)


def watch_deadlines() -> bool:
    """Ask for the escalation job when there is something to tell."""
    presence.forget()
    is_needed = escalation.is_needed()
    if is_needed:
        jobs.enqueue(ESCALATE, key=ESCALATE)
    return is_needed


def watch_mailbox() -> bool:
    """Ask for the mailbox to be read when a mail has come."""
    is_needed = inbox.has_new_mail()
    if is_needed:
        jobs.enqueue(READ_MAIL, key=READ_MAIL)
    return is_needed
