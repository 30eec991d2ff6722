"""A list as a file: exactly the rows of its filters, in its order, with its columns, masked as on the page."""

import csv
import datetime
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from crm.accounts.models import User
from crm.accounts.watermark import Watermark
from crm.records import values
from crm.records.attributes import Attribute
from crm.records.kinds import Kind

CHUNK = 2_000
A_PHONE = re.compile(r"\+[\d ]+")  # a sum of nothing, and wanted back by an import
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LARGEST_SHEET = 1_048_575


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS) and not A_PHONE.fullmatch(value):
        return f"'{value}"
    return value


def table(kind: Kind, attributes: list[Attribute], rows: QuerySet, user: User | None) -> Iterator[list[Any]]:
    """The heading, then a row per record."""
    yield [str(each.label) for each in attributes]
    for record in rows.iterator(chunk_size=CHUNK):
        yield [harmless(values.plain(kind, each, record, user)) for each in attributes]


def file_name(base: str, form: str, mark: Watermark | None) -> str:
    """The name of a file; with a watermark it says who took it and when."""
    return f"{base}{mark.in_name if mark else ''}.{form}"


def csv_stream(lines: Iterable[list[Any]], mark: Watermark | None = None) -> Iterator[bytes]:
    """CSV with a byte order mark, without which Excel reads Chinese as noise."""
    if mark and mark.in_csv:
        lines = chain(lines, [[harmless(mark.text)]])
    yield "\ufeff".encode()
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for number, line in enumerate(lines, 1):
        writer.writerow([_written(each) for each in line])
        if number % 200 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def xlsx_file(lines: Iterable[list[Any]], mark: Watermark | None = None) -> Any:
    """An open temporary file with the sheet, at its beginning. Written row by row, so memory stays small.

    A watermark lies behind the cells and in the header of the print: the cells themselves are data and nothing else.
    """
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115  closed by the response that sends it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    dates, moments = (book.add_format({"num_format": each}) for each in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
    if mark:
        _mark(book, sheet, mark)
    for at, line in enumerate(lines):
        if at > LARGEST_SHEET:
            break
        for column, value in enumerate(line):
            if isinstance(value, datetime.datetime):
                sheet.write_datetime(at, column, value, moments)
            elif isinstance(value, datetime.date):
                sheet.write_datetime(at, column, datetime.datetime.combine(value, datetime.time()), dates)
            elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                sheet.write_number(at, column, value)
            else:
                sheet.write_string(at, column, str(value)[:32_767], bold if at == 0 else None)
    sheet.freeze_panes(1, 0)
    book.close()
    file.seek(0)
    return file


def _mark(book: Any, sheet: Any, mark: Watermark) -> None:
    sheet.set_header(f"&R&9{mark.in_header}")
    book.set_properties({"author": mark.username, "comments": mark.text})
    picture = mark.picture()
    if picture:
        sheet.set_background(picture)


def _written(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)


def _taken(buffer: io.StringIO) -> bytes:
    taken = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return taken
