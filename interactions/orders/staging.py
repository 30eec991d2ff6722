"""Lines of a file put in order on disk: read once as they come, given back by order, however they were shuffled.

A file of any size is sorted and counted by a throw-away SQLite file, so memory does not grow with it.
"""

import datetime
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

CHUNK = 10_000
AMOUNT_UNITS = 10_000  # amounts are kept as whole numbers of 1/10,000


class StagedLine(NamedTuple):
    """One line as read. Numbers are exact texts, `amount` counts 1/10,000, `occurred_at` seconds since 1970."""

    row: int
    document: str  # what holds lines together: the order's number, or customer and moment where there is none
    customer: str
    product: str
    description: str
    quantity: str
    unit_price: str
    discount: str
    unit_cost: str
    amount: int
    occurred_at: int
    line_class: str
    country: str
    region: str
    city: str
    customer_name: str
    category: str
    channel: str
    digest: str

    @property
    def moment(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.occurred_at, datetime.UTC)

    @property
    def exact_amount(self) -> Decimal:
        return Decimal(self.amount) / AMOUNT_UNITS

    @property
    def amount_text(self) -> str:
        sign, units = "-" if self.amount < 0 else "", abs(self.amount)
        return f"{sign}{units // AMOUNT_UNITS}.{units % AMOUNT_UNITS:04d}"

    @property
    def place(self) -> tuple[str, str]:
        return self.country, self.region


COLUMNS = StagedLine._fields


@dataclass(frozen=True, slots=True)
class StagedCustomer:
    number: str
    name: str
    country: str
    region: str
    city: str
    first_at: int


@dataclass(frozen=True, slots=True)
class StagedProduct:
    number: str
    name: str
    category: str
    price: str


class Staging:
    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "lines.sqlite3", isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "cache_size=-48000"):
            self._database.execute(f"PRAGMA {pragma}")
        types = StagedLine.__annotations__
        declared = ", ".join(f"{name} {'INTEGER' if types[name] is int else 'TEXT'}" for name in COLUMNS)
        self._database.execute(f"CREATE TABLE lines ({declared})")
        self._insert = f"INSERT INTO lines VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
        self._waiting: list[StagedLine] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def add(self, line: StagedLine) -> None:
        self._waiting.append(line)
        if len(self._waiting) == CHUNK:
            self._flush()

    def finish(self) -> None:
        self._flush()

    def classes(self) -> list[tuple[str, int, Decimal]]:
        """(class, lines, amount)."""
        rows = self._database.execute(
            "SELECT line_class, COUNT(*), SUM(amount) FROM lines GROUP BY line_class ORDER BY MIN(row)"
        )
        return [(name, count, Decimal(amount) / AMOUNT_UNITS) for name, count, amount in rows]

    def places(self) -> list[tuple[str, str]]:
        return self._database.execute("SELECT DISTINCT country, region FROM lines ORDER BY 1, 2").fetchall()

    def distinct(self, column: str) -> list[str]:
        if column not in COLUMNS:
            raise ValueError(column)
        sql = f"SELECT DISTINCT {column} FROM lines WHERE {column} <> '' ORDER BY 1"  # noqa: S608  a known column
        return [value for (value,) in self._database.execute(sql)]

    def customers(self) -> Iterator[StagedCustomer]:
        """Each customer with the place of the last line and the moment of the first."""
        rows = self._database.execute(
            """
            SELECT latest.customer, customer_name, country, region, city, first_at
            FROM (
                SELECT customer, customer_name, country, region, city, MAX(occurred_at * 2147483648 + row)
                FROM lines WHERE customer <> '' GROUP BY customer
            ) AS latest
            JOIN (
                SELECT customer, MIN(occurred_at) AS first_at FROM lines WHERE customer <> '' GROUP BY customer
            ) AS firsts ON firsts.customer = latest.customer
            ORDER BY latest.customer
            """
        )
        return (StagedCustomer(*row) for row in rows)

    def products(self) -> Iterator[StagedProduct]:
        """Each product with its most frequent description (of equals the first by alphabet) and its last price."""
        names = self._database.execute(
            """
            SELECT product, description, COUNT(*) AS lines FROM lines WHERE product <> ''
            GROUP BY product, description ORDER BY product, description = '', lines DESC, description
            """
        )
        latest = self._latest_prices()
        for number, rows in groupby(names, key=lambda row: row[0]):
            _number, name, _lines = next(rows)
            category, price = latest.get(number, ("", "0"))
            yield StagedProduct(number, name, category, price)

    def orders(self) -> Iterator[list[StagedLine]]:
        """The lines of one order and one customer at a time, each in the order of the file."""
        columns = ", ".join(COLUMNS)
        rows = self._database.execute(
            f"SELECT {columns} FROM lines ORDER BY document, customer = '', customer, row"  # noqa: S608
        )
        lines = map(StagedLine._make, rows)
        for _key, group in groupby(lines, key=lambda line: (line.document, line.customer)):
            yield list(group)

    def _latest_prices(self) -> dict[str, tuple[str, str]]:
        rows = self._database.execute(
            """
            SELECT product, category, unit_price, MAX(occurred_at * 2147483648 + row) FROM lines
            WHERE product <> '' AND amount > 0 GROUP BY product
            """
        )
        found = {number: (category, price) for number, category, price, _latest in rows}
        others = self._database.execute(
            "SELECT product, MAX(category) FROM lines WHERE product <> '' AND category <> '' GROUP BY product"
        )
        for number, category in others:
            found.setdefault(number, (category, "0"))
        return found

    def _flush(self) -> None:
        if self._waiting:
            self._database.execute("BEGIN")
            self._database.executemany(self._insert, self._waiting)
            self._database.execute("COMMIT")
            self._waiting.clear()


def in_chunks(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for item in items:
        chunk.append(item)
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
