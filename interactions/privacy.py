"""What the rooms hold of a customer, for handing it out and for erasing it; and the mails that lie in the mailbox."""

import mailbox
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from customers.privacy import erasing, traces
from customers.privacy.holdings import declare
from interactions.cases import inbox
from interactions.catalogue.models import Product


def register() -> None:
    lines = {"description": not_of_the_product}
    declare("interactions.Order", keeps=("currency", "carrier"))
    declare("interactions.StockMovement")
    declare("interactions.AfterSales", not_handed_out=("cost",))
    declare("interactions.OrderLine", keeps=("source_key",), narrowed=lines, not_handed_out=("unit_cost", "source_key"))
    declare("interactions.Interaction", shared=("competitor",))
    declare("interactions.Deal", keeps=("currency",), shared=("competitor",))
    declare("interactions.DealLine", narrowed=lines, not_handed_out=("unit_cost",))
    declare("interactions.DealMilestone")
    declare("interactions.DealPhase")
    declare("interactions.Complaint", keeps=("former_numbers",), shared=("competitor",))
    declare("interactions.Enquiry", keeps=("former_numbers",))
    declare("interactions.CaseMessage")
    declare("interactions.CaseEscalation")
    declare("interactions.CasePresence", keeps=("kind",), is_handed_out=False)
    declare("interactions.InboundMail", removed=True, also=from_the_person)
    declare("interactions.Task")
    declare("interactions.CustomerNeed", shared=("title",))  # a need of many is ranked by its words
    declare("interactions.SpecialRequest", values={"reason": was_given})  # none is decided without one
    declare("interactions.LevelPair")
    declare("interactions.TradingRating", values={"note": word_without_grade})
    erasing.register_step(empty_mailbox)


def was_given() -> Any:
    """That there was a reason, where there was one."""
    return Case(When(reason="", then=Value("")), default=Value(erasing.word()))


def word_without_grade() -> Any:
    """A rating says something, in words where it has no grade."""
    return Case(When(grade="", then=Value(erasing.word())), default=Value(""))


def not_of_the_product(rows: QuerySet) -> QuerySet:
    """Lines whose description is more than the name of their product."""
    of_line = Product._base_manager.filter(pk=OuterRef("product_id"))
    names = ("name", "name_zh_hans", "name_zh_hant")
    same = Q(pk__in=[])
    for each in names:
        same |= Q(**{each: OuterRef("description")})
    return rows.exclude(description="").exclude(Exists(of_line.filter(same)))


def from_the_person(person: Any) -> Q:
    """Mails that nobody filed with a customer, from one of the person's addresses."""
    return Q(address__in=person.emails)


def empty_mailbox(done: erasing.Erased) -> None:
    """The mails themselves, as the mail server put them there, read and unread."""
    if not inbox.folder().is_dir():
        return
    box = mailbox.Maildir(inbox.folder(), create=False)
    for key in list(box.keys()):
        if traces.is_of(box.get_bytes(key), done.person):
            box.discard(key)
            done.count(_("mails kept as files"), 1)
