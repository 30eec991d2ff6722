"""Staged lines into orders, whole orders at a time."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.records import bulk, search
from crm.records.importing.batch import Provenance
from crm.records.importing.problems import FileRefused, RowError
from crm.records.importing.readers import Source
from crm.records.importing.registry import Request
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.locks import hold
from crm.records.models import Sequence as Numbers
from crm.records.models import numbered
from customers.importers import country_code
from customers.models import Customer
from interactions.catalogue.models import Product
from interactions.orders.importers.company import CompanyOfFile
from interactions.orders.importers.policy import COUNTS_AS, GROSS_CLASSES, LineClass, LinePolicy
from interactions.orders.importers.reading import CENT, LONGEST_NUMBER
from interactions.orders.importers.referred import RECORDS_AT_ONCE, TURN, Referred
from interactions.orders.models import Order, OrderLine
from interactions.orders.services import rate_of, reckon
from interactions.orders.staging import StagedLine, Staging, in_chunks

LINES_AT_ONCE = 20_000  # per transaction, about a second
READ_SHARE = 0.4  # of the progress bar; reading the file comes before


class Writer:
    """Staged lines into records: what they refer to first, then orders with their lines, whole orders at a time."""

    def __init__(
        self,
        request: Request,
        staging: Staging,
        policy: LinePolicy,
        company: CompanyOfFile,
        summary: ImportSummary,
        errors: ErrorFile,
        source: Source,
    ) -> None:
        self.request = request
        self.staging = staging
        self.policy = policy
        self.company = company
        self.summary = summary
        self.errors = errors
        self.source = source
        self.provenance = Provenance(request, summary)
        self.referred = Referred(request, staging, policy, company, summary, errors, self.provenance)
        self.rates: dict[datetime.date, Decimal] = {}
        self.written = 0
        self.refused: dict[int, str] = {}  # row -> why

    @property
    def dry_run(self) -> bool:
        return self.request.dry_run

    def write(self) -> None:
        chunks_done = self._take_up()
        self.referred.prepare()
        for place, groups in enumerate(_groups_in_chunks(self.staging.orders())):
            if place < chunks_done:
                self.written += sum(len(group) for group in groups)
                continue
            self._orders(groups, place)
        self._write_refused()
        if not self.dry_run and self.summary.batch:
            _refresh_statistics()

    def _take_up(self) -> int:
        """What an interrupted run has written counts as written; how many chunks of orders that is."""
        state = self.request.checkpoint.state()
        if not state:
            return 0
        counted = state["summary"]
        self.summary.created, self.summary.updated = counted["created"], counted["updated"]
        self.summary.existing = counted["existing"]
        self.summary.notes = counted["notes"] or self.summary.notes
        self.refused = {int(row): why for row, why in state["refused"].items()}
        return state["chunks"]

    def _keep(self, chunks: int) -> None:
        if not self.dry_run:
            self.request.checkpoint.save(self.summary, self.errors, chunks=chunks, refused=self.refused)

    def _orders(self, groups: list[list[StagedLine]], place: int) -> None:
        keyed = [_with_keys(group) for group in groups]
        with transaction.atomic():
            if not self.dry_run:
                hold(TURN)
            present = _present_keys(key for group in keyed for key, _line in group)
            missing = [[pair for pair in group if pair[0] not in present] for group in keyed]
            missing = [group for group in missing if group]
            self.summary.existing += sum(key in present for group in keyed for key, _line in group)
            if missing:
                self._write_orders(missing)
            self._keep(place + 1)
        self.written += sum(len(group) for group in groups)
        share = self.written / max(sum(self.summary.classes.values()), 1)
        self.request.progress(READ_SHARE + share * (1 - READ_SHARE), _("writing"))

    def _write_orders(self, groups: "list[list[tuple[str, StagedLine]]]") -> None:
        known = self._known_orders(groups)
        new: list[tuple[Order, list[tuple[str, StagedLine]]]] = []
        more: list[tuple[Order, list[tuple[str, StagedLine]]]] = []
        taken: set[str] = set()
        for group in groups:
            number, order = self._order_for(group[0][1], known, taken)
            problem = _why_closed(order)
            if problem:
                self._refuse(group, problem)
            elif order is not None:
                more.append((order, group))
            elif self.policy.each_row_is_an_order and not number:
                new.extend((self._order("", [pair[1]]), [pair]) for pair in group)
            else:
                taken.add(number)
                new.append((self._order(number, [line for _key, line in group]), group))
        lines = sum(len(group) for _order, group in new + more)
        if not lines:
            return
        self.summary.count("created", "lines", lines)
        if new:
            self.summary.count("created", "orders", len(new))
        if more:
            self.summary.count("updated", "orders", len(more))
        if not self.dry_run:
            self._save(new, more)

    def _known_orders(self, groups: "list[list[tuple[str, StagedLine]]]") -> dict[str, Order]:
        numbers = set()
        for group in groups:
            line = group[0][1]
            if _has_number(line):
                numbers |= {line.document, _split_number(line)}
        found = Order.objects.filter(number__in=numbers)
        if not self.dry_run:
            found = found.select_for_update(of=("self",)).order_by("pk")
        return {order.number: order for order in found}

    def _order_for(self, line: StagedLine, known: dict[str, Order], taken: set[str]) -> tuple[str, Order | None]:
        """Number and, if it is there, the order for a customer's lines. Where one number covers several customers,
        each after the first has an order of his own, with the customer behind the number."""
        if not _has_number(line):
            return "", None
        customer_id = self.referred.customers.get(line.customer)
        plain = known.get(line.document)
        if plain is None and line.document not in taken:
            return line.document, None
        if plain is not None and (plain.customer_id == customer_id or plain.batch_id is None):
            return line.document, plain
        number = _split_number(line)
        return number, known.get(number)

    def _order(self, number: str, lines: list[StagedLine]) -> Order:
        first = min(lines, key=lambda line: (line.occurred_at, line.row))
        gross, net = _totals(lines, self._rate(first.moment))
        region = self.referred.regions.id_of(first.place)
        return Order(
            number=number,
            customer_id=self.referred.customers.get(first.customer),
            type=self._type(number, lines),
            status=Order.Status.DELIVERED,
            occurred_at=first.moment,
            region_id=region,
            country=country_code(first.country),
            channel_id=self.referred.channels.get(first.channel),
            currency=self.company.order_currency,
            gross_amount=gross,
            net_amount=net,
            created_by=self.request.user,
        )

    def _rate(self, moment: datetime.datetime) -> Decimal:
        """Of the order's currency on the order's day; without a currency of its own it is the base currency."""
        if not self.company.order_currency:
            return Decimal(1)
        day = moment.astimezone(self.company.company.zone).date()
        if day not in self.rates:
            try:
                self.rates[day] = rate_of(self.company.order_currency, day)
            except ValidationError as error:
                raise FileRefused(" ".join(error.messages)) from error
        return self.rates[day]

    def _type(self, number: str, lines: list[StagedLine]) -> str:
        classes = {line.line_class for line in lines}
        if classes == {LineClass.CORRECTION}:
            return Order.Type.CORRECTION
        if classes <= {LineClass.RETURN, LineClass.CANCELLED_FEE}:
            return Order.Type.RETURN
        return Order.Type.SALE

    def _save(
        self,
        new: list[tuple[Order, list[tuple[str, StagedLine]]]],
        more: list[tuple[Order, list[tuple[str, StagedLine]]]],
    ) -> None:
        unnumbered = [order for order, _group in new if not order.number]
        if unnumbered:
            first = Numbers.take(Order.NUMBER_PREFIX, len(unnumbered))
            for place, order in enumerate(unnumbered):
                order.number = numbered(Order.NUMBER_PREFIX, first + place)
        for order, _group in new:
            order.batch = self.provenance.batch
        Order.objects.bulk_create([order for order, _group in new], batch_size=1_000)
        search.index("order", [order for order, _group in new])
        positions = _last_positions([order.pk for order, _group in more])
        rows = [
            (order.pk, positions.get(order.pk, 0) + place, key, line)
            for order, group in [*new, *more]
            for place, (key, line) in enumerate(group, 1)
        ]
        self._append_lines(rows)
        if more:
            reckon_again([order for order, _group in more])
            for order, group in more:
                if order.batch_id != self.provenance.batch.pk:
                    keys = [key for key, _line in group]
                    order.refresh_from_db(fields=["version"])
                    self.request.checkpoint.changed(self.provenance.batch, "order", order, {"lines": keys})

    def _append_lines(self, rows: list[tuple[int, int, str, StagedLine]]) -> None:
        lines = [line for _order, _position, _key, line in rows]
        bulk.append(
            OrderLine,
            {
                "order_id": [order for order, _position, _key, _line in rows],
                "position": [position for _order, position, _key, _line in rows],
                "kind": [COUNTS_AS[LineClass(line.line_class)].value for line in lines],
                "product_id": [self.referred.products.get(line.product) for line in lines],
                "description": [line.description for line in lines],
                "quantity": [line.quantity for line in lines],
                "unit_price": [line.unit_price for line in lines],
                "discount": [line.discount for line in lines],
                "unit_cost": [line.unit_cost or None for line in lines],
                "amount": [line.amount_text for line in lines],
                "source_key": [key for _order, _position, key, _line in rows],
            },
        )

    def _refuse(self, group: "list[tuple[str, StagedLine]]", problem: str) -> None:
        """Lines that were good in themselves, but cannot be added to their order."""
        self.refused.update((line.row, problem) for _key, line in group)

    def _write_refused(self) -> None:
        """Move them from their classes to the errors, with their cells, which only the file still has."""
        if not self.refused:
            return
        for line in (line for group in self.staging.orders() for line in group):
            if line.row in self.refused:
                self.summary.classes[line.line_class] -= 1
                self.summary.amounts[line.line_class] -= line.exact_amount
        for row in self.source.rows():
            if row.number in self.refused:
                self.errors.add(RowError(row.number, "", self.refused[row.number], row.cells))


def _has_number(line: StagedLine) -> bool:
    return "\x1f" not in line.document


def _split_number(line: StagedLine) -> str:
    return f"{line.document}/{line.customer or '-'}"[:LONGEST_NUMBER]


def _why_closed(order: Order | None) -> str:
    if order is None:
        return ""
    if order.is_deleted:
        return _("Order %(number)s is in the recycle bin.") % {"number": order.number}
    if order.batch_id is None:
        return _("Order %(number)s was entered by hand; nothing is added to it.") % {"number": order.number}
    return ""


def _with_keys(lines: list[StagedLine]) -> list[tuple[str, StagedLine]]:
    """Each line with its key: what it says, and the how-manieth it is that says so."""
    seen: Counter[str] = Counter()
    keyed = []
    for line in lines:
        seen[line.digest] += 1
        keyed.append((f"{line.digest}-{seen[line.digest]}", line))
    return keyed


def _present_keys(keys: Iterable[str]) -> set[str]:
    present: set[str] = set()
    for chunk in in_chunks(keys, 5_000):
        found = OrderLine.objects.filter(source_key__in=chunk).order_by()
        present.update(found.values_list("source_key", flat=True))
    return present


def _groups_in_chunks(groups: Iterator[list[StagedLine]]) -> Iterator[list[list[StagedLine]]]:
    """Whole orders, about LINES_AT_ONCE lines together; one number's customers stay in one chunk."""
    chunk: list[list[StagedLine]] = []
    lines = 0
    for group in groups:
        is_new_number = not chunk or group[0].document != chunk[-1][0].document
        if is_new_number and (lines >= LINES_AT_ONCE or len(chunk) >= RECORDS_AT_ONCE):
            yield chunk
            chunk, lines = [], 0
        chunk.append(group)
        lines += len(group)
    if chunk:
        yield chunk


def _totals(lines: Iterable[StagedLine], rate: Decimal) -> tuple[Decimal, Decimal]:
    """Gross and net in the base currency."""
    gross = net = Decimal(0)
    for line in lines:
        net += line.exact_amount
        if line.line_class in GROSS_CLASSES:
            gross += line.exact_amount
    return (gross * rate).quantize(CENT, ROUND_HALF_UP), (net * rate).quantize(CENT, ROUND_HALF_UP)


def _last_positions(order_ids: list[int]) -> dict[int, int]:
    lines = OrderLine.objects.filter(order_id__in=order_ids).order_by().values("order_id")
    return {row["order_id"]: row["last"] for row in lines.annotate(last=Max("position"))}


def reckon_again(orders: list[Order]) -> None:
    """Totals of orders that got more lines."""
    lines: dict[int, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order__in=orders):
        lines.setdefault(line.order_id, []).append(line)
    for order in orders:
        reckon(order, lines.get(order.pk, []))
        Order.objects.filter(pk=order.pk).update(
            gross_amount=order.gross_amount,
            net_amount=order.net_amount,
            modified_at=timezone.now(),
            version=F("version") + 1,
        )


def _refresh_statistics() -> None:
    """After so many rows the planner of the database needs new statistics."""
    tables = [each._meta.db_table for each in (OrderLine, Order, Customer, Product)]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
