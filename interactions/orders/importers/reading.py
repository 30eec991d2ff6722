"""Rows of a file into staged lines."""

import hashlib
import zoneinfo
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from crm.records.importing.problems import BadValue, FileRefused, Row, RowError
from crm.records.importing.readers import Source
from crm.records.importing.values import (
    cleaned,
    dates_read,
    day_or_month_first,
    needs_a_choice,
    parse_number,
    parse_ratio,
)
from interactions.orders.importers.policy import LinePolicy
from interactions.orders.staging import AMOUNT_UNITS, StagedLine

SAMPLE_ROWS = 5_000  # looked at to tell day from month
MILLI, TENTH_OF_MILLI, CENT = Decimal("0.001"), Decimal("0.0001"), Decimal("0.01")
LARGEST = Decimal(10) ** 10
LONGEST_ORDER, LONGEST_NUMBER, LONGEST_TEXT, LONGEST_NAME = 36, 40, 200, 120


class LineReader:
    """Rows of text into staged lines, or into what is wrong with them."""

    def __init__(
        self, mapped: dict[str, int], source: Source, policy: LinePolicy, zone: zoneinfo.ZoneInfo, date_order: str
    ) -> None:
        self.mapped = mapped
        self.columns = source.columns
        self.policy = policy
        self._place = mapped.get
        self.zone = zone
        self.date_order: Any = self._date_order(source, date_order)
        self._moment = dates_read(self.date_order, zone)
        self._problems: list[tuple[str, str]] = []

    def read(self, row: Row) -> StagedLine | RowError:
        if row.problem:
            return RowError(row.number, "", row.problem, row.cells)
        self._problems = []
        line = self._line(row)
        if not self._problems:
            return line
        columns = ", ".join(dict.fromkeys(column for column, _message in self._problems))
        messages = " ".join(dict.fromkeys(message for _column, message in self._problems))
        return RowError(row.number, columns, messages, row.cells)

    def shown(self, line: StagedLine, row: Row) -> dict[str, Any]:
        """The values by the key of their field, as they will be stored."""
        found = {key: getattr(line, key, cleaned(row.cells[place])) for key, place in self.mapped.items()}
        found["occurred_at"] = line.moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")
        if "amount" in self.mapped:
            found["amount"] = f"{line.exact_amount.normalize():f}"
        return found

    def _line(self, row: Row) -> StagedLine:
        cells = row.cells
        order = self._identifier(cells, "order", LONGEST_ORDER)
        customer = self._identifier(cells, "customer", LONGEST_NUMBER)
        product = self._text(cells, "product", LONGEST_NUMBER)
        if self.policy.is_fee(product):
            product = product.upper()
        moment = self._occurred_at(cells)
        quantity, price, discount, amount = self._money(cells)
        cost = self._number(cells, "unit_cost")
        if "order" in self.mapped and not order:
            self._wrong("order", _("The order number is missing."))
        known_as = self._text(cells, "customer_name", 0)
        line_class = self.policy.classify(
            order=order, product=product, quantity=quantity, amount=amount, customer=customer
        )
        units = int((amount * AMOUNT_UNITS).to_integral_value(ROUND_HALF_UP))
        description = self._text(cells, "description", 0)[:LONGEST_TEXT]
        country, region = self._text(cells, "country", 80), self._text(cells, "region", 80)
        if self._problems:  # the rest would be made of stand-ins
            order = order or "-"
        document = order or f"{customer}\x1f{moment}"
        content = (order, product, description, _exact(quantity), moment, _exact(price), units, customer, country)
        digest = hashlib.blake2b("\x1f".join(map(str, content)).encode(), digest_size=12).hexdigest()
        return StagedLine(
            row.number,
            document,
            customer,
            product,
            description,
            _exact(quantity),
            _exact(price),
            _exact(discount),
            "" if cost is None else _exact(cost),
            units,
            moment,
            line_class.value,
            country,
            region,
            self._text(cells, "city", 80),
            known_as[:160],
            self._text(cells, "category", LONGEST_NAME),
            self._text(cells, "channel", LONGEST_NAME),
            digest,
        )

    def _money(self, cells: Sequence[str]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Quantity, unit price, discount in per cent and amount; what the file leaves out follows from the rest."""
        quantity = self._number(cells, "quantity", missing=True)
        price = self._number(cells, "unit_price", missing="amount" not in self.mapped)
        amount = self._number(cells, "amount", missing="unit_price" not in self.mapped)
        discount = self._discount(cells)
        quantity = Decimal(1) if quantity is None else quantity
        if amount is None:
            amount = quantity * (price or Decimal(0)) * (100 - discount) / 100
        elif price is None:
            kept = (100 - discount) / 100
            price = amount / (quantity * kept) if quantity and kept else amount
        price = Decimal(0) if price is None else price
        if abs(quantity) >= LARGEST or abs(price) >= LARGEST or abs(amount) >= LARGEST:
            self._wrong("amount" if "amount" in self.mapped else "unit_price", _("The number is too large."))
            return Decimal(0), Decimal(0), Decimal(0), Decimal(0)
        return quantity.quantize(MILLI, ROUND_HALF_UP), price.quantize(TENTH_OF_MILLI, ROUND_HALF_UP), discount, amount

    def _discount(self, cells: Sequence[str]) -> Decimal:
        """Per cent; a fraction below 1 is one as well ("0.2" is 20 %)."""
        text = self._text(cells, "discount", 0)
        if not text:
            return Decimal(0)
        try:
            value = parse_ratio(text) if text.endswith("%") else parse_number(text)
        except BadValue as error:
            self._wrong("discount", str(error.message))
            return Decimal(0)
        value = value * 100 if text.endswith("%") or value < 1 else value
        if not 0 <= value <= 100:
            self._wrong("discount", _("A discount is between 0 and 100 %%.") % ())
            return Decimal(0)
        return value.quantize(CENT, ROUND_HALF_UP)

    def _occurred_at(self, cells: Sequence[str]) -> int:
        text = cells[self.mapped["occurred_at"]]
        if not text.strip():
            self._wrong("occurred_at", _("The date is missing."))
            return 0
        try:
            return int(self._moment(text).timestamp())
        except (BadValue, OverflowError) as error:
            self._wrong("occurred_at", str(getattr(error, "message", error)))
            return 0

    def _number(self, cells: Sequence[str], key: str, *, missing: bool = False) -> Decimal | None:
        """The number, None for an empty cell; an empty cell is wrong where it is `missing`."""
        place = self._place(key)
        if place is None:
            return None
        text = cells[place].strip()
        if not text:
            if missing:
                self._wrong(key, _("The number is missing."))
            return None
        try:
            return parse_number(text)
        except BadValue as error:
            self._wrong(key, str(error.message))
            return None

    def _identifier(self, cells: Sequence[str], key: str, longest: int) -> str:
        """A number that is a name: spreadsheets and data frames write 17850 as 17850.0."""
        text = self._text(cells, key, longest)
        if "." not in text:
            return text
        whole, _point, rest = text.partition(".")
        return whole if whole.isdigit() and not rest.strip("0") else text

    def _text(self, cells: Sequence[str], key: str, longest: int) -> str:
        """The text of a cell; longer than `longest` is wrong, 0 is no limit."""
        place = self._place(key)
        if place is None:
            return ""
        text = cleaned(cells[place])
        if longest and len(text) > longest:
            self._wrong(key, _("The text is longer than %(most)s characters.") % {"most": longest})
        return text

    def _wrong(self, key: str, message: str) -> None:
        place = self.mapped.get(key)
        self._problems.append((self.columns[place] if place is not None else key, message))

    def _date_order(self, source: Source, told: str) -> str:
        if told:
            return told
        place = self.mapped["occurred_at"]
        texts = [row.cells[place] for row in islice(source.rows(), SAMPLE_ROWS) if len(row.cells) > place]
        found = day_or_month_first(texts)
        if not found and needs_a_choice(texts):
            raise FileRefused(
                _("Dates such as %(text)s can be read in two ways. Say --date-order dmy or --date-order mdy.")
                % {"text": next(text for text in texts if needs_a_choice([text]))}
            )
        return found


@lru_cache(maxsize=50_000)
def _exact(number: Decimal) -> str:
    return f"{number.normalize():f}" if number else "0"
