"""Importing order lines and orders in bulk, from the company's own files and from well-known ones.

A file is read twice over: its lines go into a staging file, each checked and put into one class; then customers,
products and orders are written in short transactions of whole orders. Lines carry a key of their content, so an import
that was broken off or is made again adds only what is missing.
"""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import Company, User
from crm.records import privacy
from crm.records.importing import undo
from crm.records.importing.mapping import Field, map_columns, unused
from crm.records.importing.models import ImportChange
from crm.records.importing.problems import FileRefused, RowError
from crm.records.importing.readers import Source
from crm.records.importing.registry import Importer, Request, register
from crm.records.importing.report import ErrorFile, ImportSummary
from crm.records.kinds import kinds
from interactions.orders.importers.company import CompanyOfFile
from interactions.orders.importers.fields import FIELDS, STORED_AS
from interactions.orders.importers.policy import CDNOW, ONLINE_RETAIL, LineClass, LinePolicy
from interactions.orders.importers.reading import LineReader
from interactions.orders.importers.writing import READ_SHARE, Writer, reckon_again
from interactions.orders.models import OrderLine
from interactions.orders.staging import Staging


class OrderLinesImporter(Importer):
    """Files with one row for each line of an order."""

    name = "order-lines"
    label = gettext_lazy("order lines")
    kind_keys = ("order", "customer", "product")
    presets = (ONLINE_RETAIL,)
    policy = LinePolicy()

    def fields(self, user: User | None) -> list[Field]:
        """Fields that end in attributes which the user may write; others mean nothing to his files."""
        return [each for each in FIELDS if _may_write(each.key, user)]

    def class_label(self, name: str) -> Any:
        return LineClass(name).label if name in LineClass else name

    def date_order(self, request: Request, source: Source) -> str:
        mapped = map_columns(source.columns, self.fields(request.user), request.mapping)
        return LineReader(mapped, source, self.policy, Company.objects.current().zone, request.date_order).date_order

    def run(self, request: Request, source: Source, summary: ImportSummary, errors: ErrorFile) -> None:
        if not self.may_run(request.user):
            raise PermissionDenied
        if request.update_by:
            raise FileRefused(_("Order lines are known by their content; they cannot be updated by a field."))
        policy = request.preset.policy if request.preset else self.policy
        mapped = map_columns(source.columns, self.fields(request.user), request.mapping)
        if "unit_price" not in mapped and "amount" not in mapped:
            raise FileRefused(_("The file needs a column for the unit price or for the amount."))
        if "order" not in mapped:
            policy = self._without_order_numbers(policy, mapped)
        summary.unused_columns = unused(source.columns, mapped)
        company = CompanyOfFile(request, policy, summary)
        reader = LineReader(mapped, source, policy, company.zone, request.date_order)
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder, Staging(Path(folder)) as staging:
            self._stage(request, source, reader, staging, summary, errors)
            for name, count, amount in staging.classes():
                summary.classes[name], summary.amounts[name] = count, amount
            if not summary.classes:
                return
            company.adopt()
            Writer(request, staging, policy, company, summary, errors, source).write()
        summary.date_order = reader.date_order
        _check_books(summary)

    def _without_order_numbers(self, policy: LinePolicy, mapped: dict[str, int]) -> LinePolicy:
        if "customer" not in mapped and not policy.each_row_is_an_order:
            raise FileRefused(_("The file needs a column for the order number or for the customer."))
        return policy

    def _stage(
        self,
        request: Request,
        source: Source,
        reader: LineReader,
        staging: Staging,
        summary: ImportSummary,
        errors: ErrorFile,
    ) -> None:
        for row in source.rows():
            summary.rows += 1
            if summary.rows % 10_000 == 0:
                request.progress(source.share_read() * READ_SHARE, _("reading"))
            found = reader.read(row)
            if isinstance(found, RowError):
                errors.add(found)
            else:
                staging.add(found)
            if request.seen is not None:
                is_wrong = isinstance(found, RowError)
                shown = {} if is_wrong else reader.shown(found, row)
                request.seen(row, shown, "" if is_wrong else "create", found if is_wrong else None)
        staging.finish()


class OrdersImporter(OrderLinesImporter):
    """Files with one row for each order; the order has one line with its amount."""

    name = "orders"
    label = gettext_lazy("orders without lines")
    presets = (CDNOW,)
    policy = LinePolicy(each_row_is_an_order=True)

    def _without_order_numbers(self, policy: LinePolicy, mapped: dict[str, int]) -> LinePolicy:
        return replace(policy, each_row_is_an_order=True)


def _may_write(key: str, user: User | None) -> bool:
    kind_key, _point, attribute = STORED_AS.get(key, "").partition(".")
    if not attribute:
        return True
    kind = kinds[kind_key]
    return attribute not in kind.by_key or privacy.may_write(kind, kind.attribute(attribute), user)


def _take_back_lines(order: Any, change: ImportChange) -> None:
    """Lines that an import added to an order which was there before."""
    OrderLine.objects.filter(order=order, source_key__in=change.before["lines"]).delete()
    reckon_again([order])


def _check_books(summary: ImportSummary) -> None:
    """Every row is in one class or among the errors."""
    counted = sum(summary.classes.values()) + summary.errors
    if counted != summary.rows:
        raise RuntimeError(f"{summary.rows} rows were read, {counted} are accounted for.")


undo.register_taker("lines", _take_back_lines)
register(OrderLinesImporter())
register(OrdersImporter())
