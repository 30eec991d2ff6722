"""What can be wrong with a file: as a whole, in a row, in a value."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise


class FileRefused(Exception):
    """The file cannot be taken at all; nothing was written."""


class DateOrderNeeded(FileRefused):
    """Whether day or month comes first cannot be told from the file."""

    def __init__(self, example: str) -> None:
        super().__init__(
            _("Dates such as %(text)s can be read in two ways. Say --date-order dmy or --date-order mdy.")
            % {"text": example}
        )
        self.example = example


class BadValue(ValueError):
    """A cell that does not say what its column needs."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


class UnknownValue(BadValue):
    """A name that stands for nothing known; its owner may say what it stands for."""


@dataclass(frozen=True)
class RowError:
    """Why a row was not taken. `number` is the line of the file, or the row of the sheet."""

    number: int
    column: str
    message: str
    cells: list[str] = field(default_factory=list, compare=False)

    def as_dict(self) -> dict[str, object]:
        return {"row": self.number, "column": self.column, "message": self.message}


@dataclass(slots=True)
class Row:
    """One row as read. A row that could not be read has a `problem` and whatever cells were left of it."""

    number: int
    cells: list[str]
    problem: str = ""
