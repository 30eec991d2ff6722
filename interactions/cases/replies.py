"""Saved replies: texts with placeholders such as {customer}, filled from the case when somebody answers."""

import re

from django.db.models import Case, Q, QuerySet, When
from django.utils import formats, timezone, translation
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Company, User
from interactions.cases.desk_models import SavedReply
from interactions.cases.models import Complaint, Enquiry

PLACEHOLDERS = {
    "customer": _("name of the customer"),
    "number": _("number of the case"),
    "title": _("subject of the case"),
    "product": _("product of the case"),
    "order": _("number of the order"),
    "due": _("by when it is to be solved"),
    "solution": _("solution or answer as recorded"),
    "agent": _("name of who answers"),
    "company": _("name of the company"),
}
PLACE = re.compile(r"\{([^{}\s]{1,40})\}")


def unknown_in(text: str) -> list[str]:
    """Placeholders of a text that nothing would be put in for."""
    return sorted({name for name in PLACE.findall(text) if name not in PLACEHOLDERS})


def for_case(case: Complaint | Enquiry, language: str) -> QuerySet[SavedReply]:
    """What may be used for a case, those of the language first."""
    fitting = SavedReply.objects.filter(is_active=True).filter(Q(kind="") | Q(kind=case.Access.kind))
    first = Case(When(language=language, then=0), default=1)
    return fitting.order_by(first, "name", "language", "id")


def filled(reply: SavedReply, case: Complaint | Enquiry, user: User) -> tuple[str, str]:
    """Subject and text with the case's words, moments in the language of the reply."""
    with translation.override(reply.language):
        words = _words(case, user)
    return _put(reply.subject, words), _put(reply.text, words)


def _put(text: str, words: dict[str, str]) -> str:
    return PLACE.sub(lambda place: words.get(place[1], place[0]), text)


def _words(case: Complaint | Enquiry, user: User) -> dict[str, str]:
    company = Company.objects.current()
    due = case.due_at
    answer = case.answer if isinstance(case, Enquiry) else case.solution
    return {
        "customer": case.customer.name,
        "number": case.number,
        "title": case.title,
        "product": str(case.product or ""),
        "order": case.order.number if case.order else "",
        "due": formats.date_format(timezone.localtime(due, company.zone), "SHORT_DATETIME_FORMAT") if due else "",
        "solution": answer,
        "agent": str(user),
        "company": company.name,
    }
