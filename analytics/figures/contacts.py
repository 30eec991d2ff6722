"""How often a customer was talked to, about what, and what it complained of."""

from analytics.figures.work import Columns, FigureSet, Work, codes

MONTHS_OF_CONTACTS = 3  # a month is 30 days
AS_THEY_ARE = ("contacts_90_days", "contacts_180_days", "last_contact_on", "open_complaints", "complaints_90_days")


def _contacts(work: Work) -> Columns:
    known = work.known
    return {
        **{name: known[name] for name in AS_THEY_ARE},
        "contacts_per_month": known["contacts_90_days"] / MONTHS_OF_CONTACTS,
        "main_concern": codes(known["main_concern"]),
        "main_concern_share": known["main_concern_share"],
    }


CONTACTS = FigureSet("contacts", _contacts)
