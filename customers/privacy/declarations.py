"""What the models of this floor and those below hold of a customer."""

from customers.privacy.erasing import first_of_its_year, named_by_number
from customers.privacy.holdings import declare, declare_mentions


def declare_all() -> None:
    _customers()
    _records()
    _mentions()


def _customers() -> None:
    declare(
        "customers.Customer",
        keeps=("problems",),  # codes only
        shared=("district", "city", "province", "lost_reason"),
        not_handed_out=("consents", "problems"),  # told by the statements and the values themselves
        values={"name": named_by_number, "birth_date": first_of_its_year("birth_date")},
    )
    declare("customers.ContactPerson", values={"name": named_by_number, "birth_date": _nothing})
    declare("customers.CustomerRelation")
    declare("customers.Consent")
    declare("customers.CustomerMerge", values={"fields": dict, "moved": list})
    declare("customers.DuplicateKey", removed=True, is_handed_out=False)
    declare("customers.DuplicatePair", removed=True, is_handed_out=False)
    declare("customers.Erasure", keeps=("number", "reference", "counts"), is_handed_out=False)
    declare("customers.PersonalDataFile", removed=True, is_handed_out=False)


def _records() -> None:
    """Rows of the floor of records and of the access log, about records of the customer."""
    declare("records.Attachment", removed=True, not_handed_out=("file",))
    declare("records.SearchGram", removed=True, is_handed_out=False)
    declare("records.ApiAnswer", removed=True, is_handed_out=False)
    declare("records.ImportChange", removed=True, is_handed_out=False)
    declare("records.BulkRow", keeps=("kind",), is_handed_out=False)
    declare("records.WebhookDelivery", keeps=("kind", "event"), is_handed_out=False)
    declare("accounts.AccessLog", keeps=("kind", "object_id"), values={"detail": dict})


def _mentions() -> None:
    declare_mentions("records.Notice", "data", removed=True)
    declare_mentions("jobs.Job", "payload", "text", "result", "error")
    declare_mentions("jobs.Outbox", "payload", "error")
    declare_mentions("records.ImportJob", "name", "choices", "state", "trial", "summary", "undone", "error")
    declare_mentions("records.ImportMapping", "name", "columns", "choices", removed=True)
    declare_mentions("records.Batch", "file_name", "summary")
    declare_mentions("records.SavedView", "name", "query", removed=True)
    declare_mentions("records.BulkChange", "query", "value")
    declare_mentions("accounts.AccessLog", "detail")


def _nothing() -> None:
    """What cannot be a text, such as a day."""
