"""Everything known of a person as one file for the person: JSON for programs, pages and tables for people, files.

data.json           every record with every field, by kind
index.html          the same to be read, in the language of who made it
tables/<kind>.csv   the same for a spreadsheet
files/…             the files kept with the records
"""

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Field, FileField, ForeignKey, Model
from django.utils import formats, timezone, translation
from django.utils.html import escape
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from crm.accounts.models import Company, User
from crm.jobs import services as jobs
from crm.jobs.registry import JobContext
from crm.records.attachments.models import Attachment
from crm.records.custom.models import CustomField
from crm.records.export import harmless
from customers.models import Customer
from customers.privacy import holdings
from customers.privacy.holdings import Holding
from customers.privacy.models import PersonalDataFile
from customers.privacy.person import Person

JOB = "customers.personal_data"
KEPT = datetime.timedelta(days=7)
CHUNK = 500
INTERNAL = {"version", "batch", "deleted_by", "modified_by", "history_id", "figures"}
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#16181d;background:#fff}table{border-collapse:collapse}"
    "th,td{border:1px solid #c9cdd6;padding:.3rem .5rem;text-align:start;vertical-align:top;white-space:pre-line}"
    "h2{margin-top:2.5rem}.scroll{overflow-x:auto}"
)
Progress = Callable[[int, int, str], None]


def request(customer: Customer, *, user: User) -> PersonalDataFile:
    """Ask for the file to be made by a job; one that is being made already is the answer."""
    customer = Person(customer).customer
    with transaction.atomic():
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        busy = PersonalDataFile.objects.filter(customer=customer, made_by=user, finished_at=None).first()
        if busy is not None and busy.job is not None and not busy.job.is_finished:
            return busy
        made: PersonalDataFile = PersonalDataFile.objects.create(customer=customer, made_by=user)
        payload = {"file": made.pk, "language": translation.get_language()}
        made.job = jobs.enqueue(JOB, payload=payload, key=f"personal-data-{made.pk}", user=user)
        made.save(update_fields=["job"])
    return made


def run(job: JobContext) -> dict[str, Any]:
    found = PersonalDataFile.objects.select_related("customer").filter(pk=job.payload.get("file")).first()
    if found is None:
        return {"rows": 0}
    with translation.override(job.payload.get("language") or Company.objects.current().language):
        counts = write(found, job.progress)
    job.assert_mine()
    return {"rows": sum(counts.values())}


def write(file: PersonalDataFile, progress: Progress = lambda done, total, text: None) -> dict[str, int]:
    """Make the file; doing it again replaces it. How many rows of each model are in it."""
    forget_old()
    person = Person(file.customer)
    handed = [each for each in holdings.all_holdings()[::-1] if each.is_handed_out]
    file.path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.path.with_suffix(".unfinished")
    counts: dict[str, int] = {}
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as book:
        for place, holding in enumerate(handed):
            progress(place, len(handed), capfirst(holding.label))
            counts[holding.model] = _write_table(book, person, holding)
        _write_json(book, person, handed, counts)
        _write_page(book, person, handed, counts)
        counts["files"] = _write_files(book, person)
    unfinished.replace(file.path)
    file.path.chmod(0o600)
    file.size, file.counts, file.finished_at = file.path.stat().st_size, counts, timezone.now()
    file.save(update_fields=["size", "counts", "finished_at"])
    progress(len(handed), len(handed), "")
    return counts


def forget_old() -> int:
    """Files are kept for a week; how many went."""
    old = PersonalDataFile.objects.filter(created_at__lt=timezone.now() - KEPT)
    count = 0
    for each in old:
        if each.path.exists():
            each.path.unlink(missing_ok=True)
            count += 1
    return count


# rows -----------------------------------------------------------------------------------------------------------------


def fields_of(holding: Holding) -> list[Field]:
    return [
        each
        for each in holding.model_class._meta.concrete_fields
        if each.name not in {*INTERNAL, *holding.not_handed_out}
    ]


def rows_of(person: Person, holding: Holding) -> Iterator[dict[str, Any]]:
    """Each row with its values by field: texts of codes, names of related rows, custom fields under their names."""
    fields = fields_of(holding)
    related = [each.name for each in fields if isinstance(each, ForeignKey)]
    rows = person.rows(holding).select_related(*related).order_by("pk")
    custom = _custom_names(holding.model_class)
    for row in rows.iterator(chunk_size=CHUNK):
        found = {each.name: _value(each, row) for each in fields if each.name != "custom"}
        if custom and getattr(row, "custom", None):
            found["custom"] = {custom.get(key, key): value for key, value in row.custom.items()}
        if hasattr(row, "tags"):
            found["tags"] = [str(each) for each in row.tags.all()]
        found["history"] = _history(person, holding, row)
        yield {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _value(field: Field, row: Model) -> Any:
    if isinstance(field, ForeignKey):
        related = getattr(row, field.name)
        return str(related) if related is not None else None
    if isinstance(field, FileField):
        return None
    value = getattr(row, field.attname)
    if field.choices and value not in (None, ""):
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | dict | list):
        return value
    return str(value)


def _history(person: Person, holding: Holding, row: Any) -> list[dict[str, Any]]:
    """What the row was before: each saving with what it changed."""
    history = getattr(type(row), "history", None)
    if history is None:
        return []
    fields = [each for each in holdings.texts_of(type(row)) if each.name not in holding.not_handed_out]
    found, before = [], {}
    for past in history.filter(id=row.pk).select_related("history_user").order_by("history_date", "history_id"):
        values = {each.name: _plain(getattr(past, each.attname)) for each in fields if hasattr(past, each.attname)}
        changed = {name: value for name, value in values.items() if value != before.get(name) and value}
        if changed:
            found.append({"at": timezone.localtime(past.history_date).isoformat(timespec="seconds"), **changed})
        before = values
    return found if len(found) > 1 else []


def _plain(value: Any) -> Any:
    return value if isinstance(value, dict | list) or value is None else str(value)


def _custom_names(model: Any) -> dict[str, str]:
    access = getattr(model, "Access", None)
    return {each.key: str(each) for each in CustomField.objects.filter(kind=access.kind)} if access else {}


# files of the archive -------------------------------------------------------------------------------------------------


def _write_table(book: zipfile.ZipFile, person: Person, holding: Holding) -> int:
    """A CSV with a column for each field that has any value."""
    names = [each.name for each in fields_of(holding) if each.name != "custom"] + ["tags", "custom", "history"]
    count = 0
    with book.open(f"tables/{_slug(holding)}.csv", "w", force_zip64=True) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow([_heading(holding, name) for name in names])
        for row in rows_of(person, holding):
            writer.writerow([harmless(_as_text(row.get(name))) for name in names])
            count += 1
        text.flush()
        text.detach()
    return count


def _write_json(book: zipfile.ZipFile, person: Person, handed: Iterable[Holding], counts: dict[str, int]) -> None:
    """Written row by row: the memory it takes does not grow with the records."""
    with book.open("data.json", "w", force_zip64=True) as file:
        about = {
            "customer": person.customer.number,
            "made_at": timezone.localtime().isoformat(timespec="seconds"),
            "company": Company.objects.current().name,
            "counts": counts,
        }
        file.write(f'{{"about": {_json(about)}, "records": {{'.encode())
        for at, holding in enumerate(handed):
            file.write(f"{',' if at else ''}\n{_json(holding.model)}: [".encode())
            for number, row in enumerate(rows_of(person, holding)):
                file.write(("," if number else "").encode() + b"\n" + _json(row).encode())
            file.write(b"]")
        file.write(b"}}\n")


def _write_page(book: zipfile.ZipFile, person: Person, handed: Iterable[Holding], counts: dict[str, int]) -> None:
    title = _("Personal data of %(customer)s") % {"customer": person.customer}
    with book.open("index.html", "w", force_zip64=True) as file:
        made = formats.date_format(timezone.localtime(), "SHORT_DATETIME_FORMAT")
        said = _("Everything that %(company)s keeps of you, as of %(at)s.") % {
            "company": Company.objects.current().name,
            "at": made,
        }
        head = f'<!doctype html><html lang="{translation.get_language()}"><meta charset="utf-8"><title>{escape(title)}'
        file.write(f"{head}</title><style>{STYLE}</style><h1>{escape(title)}</h1><p>{escape(said)}</p>".encode())
        for holding in handed:
            if not counts[holding.model]:
                continue
            file.write(f"<h2>{escape(capfirst(holding.label))} ({counts[holding.model]})</h2>".encode())
            for row in rows_of(person, holding):
                cells = "".join(
                    f"<tr><th>{escape(_heading(holding, name))}</th><td>{escape(_as_text(value))}</td></tr>"
                    for name, value in row.items()
                    if name != "id"
                )
                file.write(f'<div class="scroll"><table>{cells}</table></div><br>'.encode())


def _write_files(book: zipfile.ZipFile, person: Person) -> int:
    count = 0
    holding = next(each for each in holdings.all_holdings() if each.model_class is Attachment)
    for each in person.rows(holding).order_by("pk"):
        try:
            with each.file.open("rb") as kept, book.open(f"files/{each.pk}-{each.name}", "w", force_zip64=True) as file:
                while block := kept.read(1024 * 1024):
                    file.write(block)
            count += 1
        except FileNotFoundError:
            continue
    return count


def _heading(holding: Holding, name: str) -> str:
    further = {"tags": _("tags"), "custom": _("custom fields"), "history": _("earlier values")}
    if name in further:
        return capfirst(further[name])
    return capfirst(str(holding.model_class._meta.get_field(name).verbose_name))


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_as_text(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "\n".join(map(_as_text, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def _slug(holding: Holding) -> str:
    return slugify(holding.model.replace(".", "-"))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


__all__ = ["JOB", "fields_of", "forget_old", "request", "rows_of", "run", "write"]
