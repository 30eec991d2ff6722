"""Files into rows of text, one at a time: CSV (also .gz), spreadsheets, fixed width.

    open_source(path) -> Source with `columns`; source.rows() -> Row, Row, …  (again from the start at each call)

A row that cannot be read (half a line, an open quotation mark, bytes of another encoding) comes with its `problem` and
the next one is read as if nothing had been; a file that cannot be read at all raises FileRefused before the first row.
Memory does not grow with the file, and a compressed file may not blow up beyond a ratio and a size.
"""

import csv
import datetime
import gzip
import io
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar

from django.utils.translation import gettext as _

from crm.records.importing.encodings import Evidence, by_mark
from crm.records.importing.problems import FileRefused, Row
from crm.records.importing.report import ERROR_COLUMNS, unguarded

MAX_COLUMNS = 500
MAX_LINE = 1_000_000  # bytes
MAX_CELL = 131_072
MAX_LINES_OF_A_ROW = 200
MISREAD_FROM = 100  # so many rows with wrong quotation marks, and more than half of all, make a file unreadable
MAX_UNPACKED = 8 * 1024**3
MAX_SHEET_UNPACKED = 768 * 1024**2  # a spreadsheet is unpacked in memory
MAX_RATIO = 200
RATIO_MATTERS_FROM = 32 * 1024**2
DELIMITERS = ",;\t|"
SHEETS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}


@dataclass(frozen=True)
class Layout:
    """Columns of fixed width: (name, first, end) as in text[first:end], and the width of a whole line."""

    columns: tuple[tuple[str, int, int], ...]
    width: int


class Source:
    """A file to import: its columns, and its rows as often as they are asked for."""

    columns: list[str]

    def __init__(self, path: Path) -> None:
        self.path = path
        self.blank_rows = 0

    def rows(self) -> Iterator[Row]:
        raise NotImplementedError

    def share_read(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return 0.0

    @property
    def row_count(self) -> int:
        """About how many rows there are; blank ones and those over several lines make it more than that."""
        return 0

    def _fitted(self, number: int, cells: list[str]) -> Row | None:
        """The row with as many cells as there are columns; None for a blank one."""
        width = len(self.columns)
        if not any(cell.strip() for cell in cells):
            self.blank_rows += 1
            return None
        if len(cells) == width:
            return Row(number, cells)
        if len(cells) > width and not any(cells[width:]):
            return Row(number, cells[:width])
        return Row(number, cells, self._misfit(len(cells)))

    def _misfit(self, found: int) -> str:
        return _("The row has %(found)s columns, the heading has %(wanted)s.") % {
            "found": found,
            "wanted": len(self.columns),
        }


def open_source(
    path: Path,
    *,
    name: str = "",
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    layouts: Sequence[Layout] = (),
) -> Source:
    """The reader for a file. `name` is what its owner calls it, where it was uploaded under another one."""
    if not path.is_file():
        raise FileRefused(_("There is no file %(path)s.") % {"path": path})
    if not path.stat().st_size:
        raise FileRefused(_("The file is empty."))
    suffix = Path(name or path.name).suffix.lower()
    if layouts and not _is_error_file(path):
        return FixedWidthSource(path, encoding=encoding, layouts=layouts)
    if suffix in SHEETS:
        return SheetSource(path, suffix=suffix, sheet=sheet)
    return CsvSource(path, encoding=encoding, delimiter=delimiter)


def _is_error_file(path: Path) -> bool:
    """Rows that were not taken come as CSV, whatever the file they were in."""
    heading = ",".join(ERROR_COLUMNS).encode()
    with path.open("rb") as file:
        return file.read(3 + len(heading)).removeprefix(b"\xef\xbb\xbf").startswith(heading)


class TextSource(Source):
    """What CSV and fixed width share: decompressing, encoding, numbered lines."""

    def __init__(self, path: Path, *, encoding: str) -> None:
        super().__init__(path)
        self.size = path.stat().st_size
        self._raw: BinaryIO | None = None
        self.encoding, self.line_count = self._scan(encoding)

    def share_read(self) -> float:
        if self._raw is None or self._raw.closed:
            return 1.0
        return min(self._raw.tell() / self.size, 1.0)

    @property
    def row_count(self) -> int:
        return max(self.line_count - 1, 0)

    def lines(self) -> Iterator[tuple[int, str, str]]:
        """(number, text, problem) of each line; a line in a wrong encoding has a problem and stand-in letters."""
        if self.encoding == "utf-16":
            yield from self._wide_lines()
            return
        encoding = "utf-8" if self.encoding == "utf-8-sig" else self.encoding
        with self._open() as file:
            number = 0
            while line := file.readline(MAX_LINE):
                number += 1
                if number == 1 and line.startswith(b"\xef\xbb\xbf"):
                    line = line[3:]
                if len(line) == MAX_LINE:
                    raise FileRefused(_("Line %(number)s is longer than a line can be.") % {"number": number})
                try:
                    text = line.decode(encoding)
                    problem = _("The row has damaged characters.") if "\ufffd" in text else ""
                    yield number, text, problem
                except UnicodeDecodeError:
                    problem = _("The row has characters that are not %(encoding)s.") % {"encoding": self._spoken()}
                    yield number, line.decode(encoding, errors="replace"), problem

    def _wide_lines(self) -> Iterator[tuple[int, str, str]]:
        with self._open() as file, io.TextIOWrapper(file, "utf-16", newline="") as text:
            try:
                for number, line in enumerate(text, 1):
                    yield number, line, ""
            except UnicodeError as error:
                raise FileRefused(_("The file says it is UTF-16, but is not.")) from error

    def _spoken(self) -> str:
        return {"gb18030": "GBK", "cp1252": "Windows-1252"}.get(self.encoding, self.encoding.upper())

    def _open(self) -> io.BufferedReader:
        raw = self._raw = self.path.open("rb")
        if raw.peek(2)[:2] != b"\x1f\x8b":  # type: ignore[attr-defined]
            return raw  # type: ignore[return-value]
        return io.BufferedReader(_Unpacked(raw), 1 << 18)

    def _scan(self, encoding: str) -> tuple[str, int]:
        """Read the file once: its encoding, its lines, and whether it is whole."""
        evidence = Evidence()
        try:
            with self._open() as file:
                start = file.peek(4)[:4]
                marked = by_mark(start)
                if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
                    raise FileRefused(_("This is a spreadsheet or an archive under the name of a text file."))
                while chunk := file.read(1 << 20):
                    if b"\0" in chunk and marked != "utf-16":
                        raise FileRefused(_("This is not a text file."))
                    evidence.add(chunk)
        except EOFError as error:
            raise FileRefused(_("The compressed file is cut off. Please send it again.")) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise FileRefused(_("The compressed file is damaged. Please send it again.")) from error
        try:
            "".encode(encoding or "ascii")
        except LookupError as error:
            raise FileRefused(_("There is no encoding %(name)s.") % {"name": encoding}) from error
        return encoding or marked or evidence.finish(), evidence.lines


class CsvSource(TextSource):
    def __init__(self, path: Path, *, encoding: str, delimiter: str) -> None:
        super().__init__(path, encoding=encoding)
        number, heading = self._heading()
        self.delimiter = delimiter or _sniffed(heading)
        self.first_row = number + 1
        self.columns = _checked_columns(self._heading_cells(heading))
        self._is_error_file = tuple(self.columns[: len(ERROR_COLUMNS)]) == ERROR_COLUMNS

    def rows(self) -> Iterator[Row]:
        for row in self._rows():
            if self._is_error_file:
                row.cells = [unguarded(cell) for cell in row.cells]
            yield row

    def _rows(self) -> Iterator[Row]:
        self.blank_rows = 0
        self._read = self._misread = 0
        waiting: deque[tuple[int, str, str]] = deque()
        lines = (line for line in self.lines() if line[0] >= self.first_row)
        while True:
            found = waiting.popleft() if waiting else next(lines, None)
            if found is None:
                return
            number, text, problem = found
            self._read += 1
            if problem:
                yield Row(number, self._plain_cells(text), problem)
                continue
            if '"' not in text:
                row = self._fitted(number, text.rstrip("\r\n").split(self.delimiter))
            else:
                row = self._quoted(number, text, waiting, lines)
            if row is not None:
                yield row

    def _quoted(
        self,
        number: int,
        text: str,
        waiting: "deque[tuple[int, str, str]]",
        lines: Iterator[tuple[int, str, str]],
    ) -> Row | None:
        """A row with quotation marks. It may go on over several lines; if it then makes no row, only its first line
        is to blame and the others are read again by themselves."""
        taken: list[tuple[int, str, str]] = []
        parts, size = [text], len(text)
        cells = self._parsed(text)
        while cells is None:
            following = waiting.popleft() if waiting else next(lines, None)
            if following is not None:
                taken.append(following)
            if following is None or len(taken) > MAX_LINES_OF_A_ROW or size > MAX_CELL:
                waiting.extendleft(reversed(taken))
                return self._misquoted(number, text, _("A quotation mark is opened and never closed."))
            parts.append(following[1])
            size += len(following[1])
            if '"' in following[1]:  # without one it goes on
                cells = self._parsed("".join(parts))
        if isinstance(cells, str):
            waiting.extendleft(reversed(taken))
            return self._misquoted(number, text, cells)
        row = self._fitted(number, cells)
        if taken and row is not None and row.problem:
            waiting.extendleft(reversed(taken))
            return self._misquoted(number, text, _("A quotation mark is opened and never closed."))
        return row

    def _parsed(self, text: str) -> list[str] | str | None:
        """The cells; None while a quotation mark is open; a sentence where the marks are wrong."""
        try:
            return next(csv.reader([text], delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                return None
            return _("The quotation marks of this row are wrong.")

    def _misquoted(self, number: int, text: str, problem: str) -> Row:
        """The line in one piece: cut into cells it might pass the next time without having been corrected."""
        self._misread += 1
        if self._misread >= MISREAD_FROM and self._misread * 2 > self._read:
            raise FileRefused(_("Most quotation marks of the file are opened and never closed."))
        return Row(number, [text.rstrip("\r\n")], problem)

    def _heading_cells(self, heading: str) -> list[str]:
        cells = self._parsed(heading)
        if not isinstance(cells, list):
            raise FileRefused(_("The quotation marks of the heading are wrong."))
        return cells

    def _plain_cells(self, text: str) -> list[str]:
        return text.rstrip("\r\n").split(self.delimiter)[:MAX_COLUMNS]

    def _heading(self) -> tuple[int, str]:
        for number, text, problem in self.lines():
            if problem:
                raise FileRefused(problem)
            if text.strip():
                return number, text.rstrip("\r\n")
        raise FileRefused(_("The file is empty."))


class FixedWidthSource(TextSource):
    """Lines of one width without a heading; the layout is the one whose width the first line has."""

    def __init__(self, path: Path, *, encoding: str, layouts: Sequence[Layout]) -> None:
        super().__init__(path, encoding=encoding)
        first = next((text for _number, text, _problem in self.lines() if text.strip()), "")
        width = len(first.rstrip("\r\n"))
        fitting = [layout for layout in layouts if layout.width == width]
        if not fitting:
            raise FileRefused(
                _("The lines are %(found)s characters wide; this layout has %(wanted)s.")
                % {"found": width, "wanted": " / ".join(str(layout.width) for layout in layouts)}
            )
        self.layout = fitting[0]
        self.columns = [name for name, _start, _end in self.layout.columns]

    def rows(self) -> Iterator[Row]:
        self.blank_rows = 0
        for number, text, problem in self.lines():
            text = text.rstrip("\r\n\x1a")
            if not text.strip():
                self.blank_rows += 1
                continue
            if not problem and len(text) != self.layout.width:
                problem = _("The line is %(found)s characters wide instead of %(wanted)s.") % {
                    "found": len(text),
                    "wanted": self.layout.width,
                }
            yield Row(number, [text[start:end].strip() for _name, start, end in self.layout.columns], problem)


class SheetSource(Source):
    """A sheet of a workbook; the first one unless it is named."""

    TEXTS: ClassVar[dict[bool, str]] = {True: "true", False: "false"}

    def __init__(self, path: Path, *, suffix: str, sheet: str) -> None:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError

        super().__init__(path)
        if suffix != ".xls":
            _refuse_zip_bomb(path)
        try:
            with path.open("rb") as file:
                workbook = CalamineWorkbook.from_filelike(file)
                names = self.sheet_names = workbook.sheet_names
                if sheet and sheet not in names:
                    raise FileRefused(
                        _("There is no sheet %(name)s; there are %(names)s.")
                        % {"name": sheet, "names": ", ".join(names)}
                    )
                if not names:
                    raise FileRefused(_("The file is empty."))
                self._sheet = workbook.get_sheet_by_name(sheet or names[0])
        except PasswordError as error:
            raise FileRefused(_("The workbook is locked with a password.")) from error
        except (CalamineError, OSError, ValueError) as error:
            raise FileRefused(_("This is not a workbook that can be read.")) from error
        self._read = 0
        heading = next((cells for _number, cells in self._cells() if any(cells)), None)
        if heading is None:
            raise FileRefused(_("The file is empty."))
        while heading and not heading[-1]:
            heading.pop()
        self.columns = _checked_columns(heading)

    @property
    def row_count(self) -> int:
        return max(self._sheet.total_height - 1, 0)

    def rows(self) -> Iterator[Row]:
        self.blank_rows = 0
        is_heading = True
        for number, cells in self._cells():
            self._read = number
            if is_heading:
                is_heading = not any(cells)
                continue
            row = self._fitted(number, cells)
            if row is not None:
                yield row

    def share_read(self) -> float:
        return min(self._read / max(self._sheet.total_height, 1), 1.0)

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            yield number, [self._text(cell) for cell in cells]

    def _text(self, cell: object) -> str:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool):
            return self.TEXTS[cell]
        if isinstance(cell, float):
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        if isinstance(cell, datetime.datetime):
            return cell.isoformat(sep=" ")
        return str(cell)


class _Unpacked(io.RawIOBase):
    """A gzip stream that stops before it fills the machine."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._stream = gzip.GzipFile(fileobj=packed)
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._size += len(data)
        if self._size > MAX_UNPACKED or (
            self._size > RATIO_MATTERS_FROM and self._size > MAX_RATIO * max(self._packed.tell(), 1)
        ):
            raise FileRefused(_("The file grows too much when it is unpacked."))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._packed.close()
        super().close()


def _refuse_zip_bomb(path: Path) -> None:
    """Unpack once into nothing: what the list of contents says need not be true."""
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > 10_000:
                raise FileRefused(_("The file grows too much when it is unpacked."))
            total = 0
            for entry in archive.infolist():
                with archive.open(entry) as file:
                    is_first = True
                    while chunk := file.read(1 << 20):
                        if is_first and b"<!DOCTYPE" in chunk[:4_096]:
                            raise FileRefused(_("The workbook defines words of its own, which none needs to."))
                        is_first = False
                        total += len(chunk)
                        if total > MAX_SHEET_UNPACKED or (
                            total > RATIO_MATTERS_FROM and total > MAX_RATIO * path.stat().st_size
                        ):
                            raise FileRefused(_("The file grows too much when it is unpacked."))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileRefused(_("This is not a workbook that can be read.")) from error


def _checked_columns(names: list[str]) -> list[str]:
    if len(names) > MAX_COLUMNS:
        raise FileRefused(_("The file has more than %(most)s columns.") % {"most": MAX_COLUMNS})
    names = [name.strip() for name in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise FileRefused(_("Columns stand twice in the heading: %(names)s.") % {"names": ", ".join(twice)})
    return names


def _sniffed(heading: str) -> str:
    """The delimiter that cuts the heading into most columns, outside quotation marks."""
    return max(DELIMITERS, key=lambda each: len(next(csv.reader([heading], delimiter=each))))
