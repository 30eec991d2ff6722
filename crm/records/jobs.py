"""What the worker does for records."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.jobs.registry import JobContext, Message, handler, subscriber
from crm.records import search
from crm.records.kinds import kinds
from crm.records.notices import services as notices
from crm.records.webhooks.announcing import TOPIC as WEBHOOK


@handler("records.import", label=_("Import"))
def import_file(job: JobContext) -> dict[str, Any]:
    from crm.records.importing import running

    return running.run(job)


@handler("records.import_read", label=_("Reading a file"))
def read_file(job: JobContext) -> dict[str, Any]:
    from crm.records.importing import running

    return running.read(job)


@handler("records.import_undo", label=_("Undoing an import"))
def undo_import(job: JobContext) -> dict[str, Any]:
    from crm.records.importing import running

    return running.take_out(job)


@handler("records.bulk_change", label=_("Change of many records"))
def change_many(job: JobContext) -> dict[str, Any]:
    from crm.records.bulkedit import running

    return running.run(job)


@handler("records.bulk_undo", label=_("Undoing a change of many records"))
def undo_many(job: JobContext) -> dict[str, Any]:
    from crm.records.bulkedit import running

    return running.undo(job)


@handler("records.reindex", label=_("Renewal of the search index"))
def reindex(job: JobContext) -> dict[str, Any]:
    """Safe to run twice: each record's entries are replaced by themselves."""
    found: dict[str, Any] = {}
    every = list(kinds)
    for at, kind in enumerate(every):
        job.progress(at, len(every), str(kind.label_plural))
        found[kind.key] = search.index(kind, kind.model._default_manager.order_by("pk"))
    return found


@handler(notices.DIGEST, label=_("Daily mails of what is new"))
def request_digests(job: JobContext) -> dict[str, Any]:
    """Safe to run twice: what was mailed is marked."""
    return {"forgotten": notices.forget_old(), "mails": notices.request_digests()}


@subscriber(notices.DIGEST, in_transaction=False)
def mail_digest(message: Message) -> None:
    notices.send_digest(message.payload["user"])


@subscriber(WEBHOOK, in_transaction=False, max_attempts=100, longest_pause_seconds=4 * 3600)
def tell_webhook(message: Message) -> None:
    """It gives up by itself, by the clock; attempts while the address rests do not count."""
    from crm.records.webhooks import sending

    sending.send(message.payload["delivery"])
