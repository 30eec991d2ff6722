"""What is left of a person where no row points at it: uploaded files, mails kept as files, texts that name somebody."""

import email
import gzip
import json
import logging
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from email import policy
from email.utils import getaddresses
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from django.conf import settings
from django.db.models import JSONField, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from crm.records.attachments.models import Attachment
from crm.records.importing.models import ImportJob
from crm.records.models import Notice
from customers.privacy import holdings
from customers.privacy.models import PersonalDataFile
from customers.privacy.person import Person

if TYPE_CHECKING:
    from customers.privacy.erasing import Erased

BETWEEN_MAILS = "-" * 79
OVERLAP = 200  # a name may lie across two blocks
BLOCK = 4 * 1024 * 1024
log = logging.getLogger(__name__)


def remove_files(done: "Erased") -> None:
    """Files of the person's records, imports that hold the person, mails kept as files, files handed out before."""
    person = done.person
    files = person.rows(holdings_of(Attachment))
    for each in files:
        each.file.storage.delete(each.file.name)
    for each in PersonalDataFile.objects.filter(customer__in=person.ids):
        each.path.unlink(missing_ok=True)
    done.count(_("uploaded files of imports"), _remove_imports(person))
    done.count(_("mails kept as files"), _remove_sent(person))


def holdings_of(model: Any) -> holdings.Holding:
    return next(each for each in holdings.all_holdings() if each.model_class is model)


def mentions(text: str, identifiers: Iterable[str]) -> bool:
    """Whether a text holds one of them: addresses and numbers anywhere, a name in letters only as whole words."""
    folded = text.casefold()
    return any(each.casefold() in folded and _stands_alone(each, text) for each in identifiers)


def _stands_alone(identifier: str, text: str) -> bool:
    is_name = identifier.isascii() and "@" not in identifier and not any(each.isdigit() for each in identifier)
    return not is_name or re.search(rf"(?<![^\W_]){re.escape(identifier)}(?![^\W_])", text, re.IGNORECASE) is not None


# imports --------------------------------------------------------------------------------------------------------------


def _remove_imports(person: Person) -> int:
    """The upload of an import with its list of errors, where one of them names the person. An import that was not run
    yet cannot go on without its file, and says so."""
    count = 0
    base = settings.DATA_DIR / "imports"
    for folder in sorted(base.iterdir()) if base.is_dir() else []:
        if not folder.is_dir() or not any(_holds(path, person) for path in folder.iterdir() if path.is_file()):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        count += 1
        if folder.name.isdigit():
            waiting = ImportJob.objects.filter(
                pk=int(folder.name), status__in=[ImportJob.Status.DRAFT, ImportJob.Status.READING]
            )
            text = _("The file was removed: it held somebody whose personal data was erased. Upload it without them.")
            waiting.update(status=ImportJob.Status.CANCELLED, error=text)
    return count


def _holds(path: Path, person: Person) -> bool:
    wanted = {variant for each in person.identifiers for variant in _as_written(each)}
    try:
        return any(mentions(text, wanted) for text in _texts(path))
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        log.warning("%s could not be searched for a person: %s", path, error)
        return False


def _texts(path: Path) -> Iterator[str]:
    """The text of a file in blocks that overlap; of workbooks every part."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"PK") and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            for part in book.infolist():
                with book.open(part) as content:
                    yield from _decoded(content)
        return
    if head.startswith(b"\xd0\xcf\x11\xe0"):  # an old workbook: letters of one or two bytes lie as they are
        yield path.read_bytes().decode("latin-1")
        yield path.read_bytes().decode("utf-16-le", "ignore")
        return
    opened: Any = gzip.open if head.startswith(b"\x1f\x8b") else open
    with opened(path, "rb") as content:
        yield from _decoded(content)


def _decoded(content: Any) -> Iterator[str]:
    """In the encodings that files of imports come in; a wrong one finds nothing."""
    rest = b""
    while block := content.read(BLOCK):
        piece = rest + block
        for encoding in ("utf-8", "gb18030", "utf-16-le", "big5"):
            yield piece.decode(encoding, "ignore")
        rest = piece[-OVERLAP:]


# mails ----------------------------------------------------------------------------------------------------------------


def _remove_sent(person: Person) -> int:
    """Without a mail server mails are kept as files; those to the person go, others of the same file stay."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", "") or "")
    if not getattr(settings, "EMAIL_FILE_PATH", None) or not folder.is_dir() or not person.emails:
        return 0
    count = 0
    for path in folder.iterdir():
        raw = path.read_bytes()
        mails = [each for each in raw.split(f"\n{BETWEEN_MAILS}\n".encode()) if each.strip()]
        kept = [each for each in mails if not is_of(each, person)]
        if len(kept) == len(mails):
            continue
        count += len(mails) - len(kept)
        if kept:
            path.write_bytes(b"".join(each + f"\n{BETWEEN_MAILS}\n".encode() for each in kept))
        else:
            path.unlink(missing_ok=True)
    return count


def is_of(raw: bytes, person: Person) -> bool:
    """Whether a mail is from or to the person, or names an address of theirs in its text."""
    if not person.emails:
        return False
    try:
        mail = email.message_from_bytes(raw, policy=policy.compat32)
        headers = [str(value) for name in ("From", "To", "Cc", "Reply-To") for value in mail.get_all(name, [])]
        addresses = {address.casefold() for _name, address in getaddresses(headers)}
    except (ValueError, TypeError, IndexError):
        addresses = set()
    return bool(addresses & person.emails)


# texts that name somebody ---------------------------------------------------------------------------------------------


def remove_mentions(done: "Erased") -> None:
    """Notices about the person's records, and texts of jobs, imports, saved views … that hold a name or address."""
    person = done.person
    variants = {variant for each in person.identifiers for variant in _as_written(each)}
    for start in _chunks(_addresses_of_pages(person)):
        Notice.objects.filter(url__in=start).delete()
    for mention in holdings.mentions():
        model: Any = holdings.Holding(mention.model).model_class
        for name in mention.fields:
            field = model._meta.get_field(name)
            rows = model._base_manager.annotate(as_text=Cast(name, TextField())).filter(_names(person))
            for row in rows.only("pk", name).iterator(chunk_size=200):
                value = getattr(row, name)
                if not mentions(row.as_text, variants):
                    continue
                if mention.removed:
                    model._base_manager.filter(pk=row.pk).delete()
                    continue
                clean = without(value, person.identifiers) if isinstance(field, JSONField) else ""
                model._base_manager.filter(pk=row.pk).update(**{name: clean})


def without(value: Any, identifiers: Iterable[str]) -> Any:
    """A JSON value with every text emptied that names the person."""
    wanted = list(identifiers)
    if isinstance(value, str):
        return "" if any(mentions(value, _as_written(each)) for each in wanted) else value
    if isinstance(value, list):
        return [without(each, wanted) for each in value]
    if isinstance(value, dict):
        return {
            key: without(each, wanted)
            for key, each in value.items()
            if not any(mentions(str(key), _as_written(one)) for one in wanted)
        }
    if isinstance(value, int | float):
        return None if str(value) in wanted else value
    return value


def _names(person: Person) -> Q:
    found = Q(pk__in=[])
    for each in person.identifiers:
        for variant in _as_written(each):
            found |= Q(as_text__icontains=variant)
    return found


def _as_written(identifier: str) -> set[str]:
    """As plain text, within JSON, and within an address of a page."""
    return {identifier, json.dumps(identifier)[1:-1], quote(identifier), quote_plus(identifier)}


def _addresses_of_pages(person: Person) -> Iterator[str]:
    for model, rows in person.records():
        for pk in rows.order_by().values_list("pk", flat=True).iterator():
            yield model(pk=pk).get_absolute_url()  # type: ignore[attr-defined]


def _chunks(texts: Iterable[str], size: int = 500) -> Iterator[list[str]]:
    chunk: list[str] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


__all__ = ["is_of", "mentions", "remove_files", "remove_mentions", "without"]
