"""Keeping and removing files of records."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.records.attachments import formats
from crm.records.attachments.models import Attachment
from crm.records.kinds import kinds

MOST = 100


class FileRefused(ValueError):
    """A file that is not taken; the text says why and what would be."""


def of(record: Any) -> list[Attachment]:
    rows = Attachment.objects.filter(kind=kinds.of(record).key, object_id=record.pk).select_related("created_by")
    return list(rows[:MOST])


def attach(record: Any, file: UploadedFile, *, user: User | None, note: str = "") -> Attachment:
    """Check a file by its content and keep it with a record."""
    name = _clean_name(file.name or "")
    size = file.size or 0
    if not size:
        raise FileRefused(_("%(name)s is empty.") % {"name": name})
    if size > settings.ATTACHMENT_LIMIT:
        limits = {"name": name, "size": filesizeformat(size), "limit": filesizeformat(settings.ATTACHMENT_LIMIT)}
        raise FileRefused(_("%(name)s has %(size)s; at most %(limit)s are taken.") % limits)
    promised, found = formats.expected(name), formats.of(file.file)  # type: ignore[arg-type]
    if not promised or not found:
        raise FileRefused(
            _("%(name)s is not taken. These are: %(formats)s.") % {"name": name, "formats": formats.ALLOWED}
        )
    if promised != found:
        raise FileRefused(_("%(name)s holds something else than its ending says.") % {"name": name})
    key = kinds.of(record).key
    if Attachment.objects.filter(kind=key, object_id=record.pk).count() >= MOST:
        raise FileRefused(_("A record keeps at most %(count)s files.") % {"count": MOST})
    made: Attachment = Attachment.objects.create(
        kind=key, object_id=record.pk, file=file, name=name, size=size, format=found, note=note[:160], created_by=user
    )
    return made


def remove(attachment: Attachment) -> None:
    """The row at once, the file when that is certain."""
    file = attachment.file
    attachment.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name))


def remove_all(kind: str, object_id: int) -> None:
    for each in Attachment.objects.filter(kind=kind, object_id=object_id):
        remove(each)


def _clean_name(given: str) -> str:
    """The name as people know it: no folders, nothing unprintable, short enough with its ending."""
    name = given.replace("\\", "/").rpartition("/")[2]
    name = "".join(each for each in name if each.isprintable()).strip() or "file"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 150 - len(ending)]}{dot}{ending}" if dot and len(ending) < 10 else name[:150]
