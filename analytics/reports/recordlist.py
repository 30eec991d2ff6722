"""The records behind a figure as the snapshot counted them, shown as they are now."""

from typing import Any

from django.core.paginator import Page
from django.db.models import Model
from django.utils.functional import cached_property

from analytics.reports import engine
from analytics.reports.arguments import NONE
from analytics.reports.engine import Asked
from analytics.reports.vocabulary import vocabulary
from crm.accounts.models import User
from crm.records.kinds import kinds
from crm.records.tables import RecordTable


class RecordList:
    """A sequence of ids for a paginator; `table` turns one page of them into rows."""

    def __init__(self, asked: Asked, measure: str, cell: dict[str, str], user: User | None, *, part: str = "") -> None:
        self.asked, self.measure, self.cell, self.user = asked, measure, cell, user
        self.parts = asked.report.builder.parts(measure)
        self.part = part if part in dict(self.parts) else next((key for key, _label in self.parts), "")
        self._found = engine.records(asked, measure=self.part or measure, cell=cell)
        self.kind = kinds[self._found.kind]
        self.changed: list[Model] = []
        self.deleted: list[str] = []
        self.out_of_sight = 0

    @cached_property
    def _count(self) -> int:
        return self._found.count()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> list[int]:
        start = part.start or 0
        stop = self._count if part.stop is None else part.stop
        return self._found.page(offset=start, limit=max(stop - start, 0))

    def table(self, page: Any) -> RecordTable:
        """The records of one page in the order of its ids; what changed, went or moved out of sight since is noted."""
        ids = list(page.object_list)
        rows = self.kind.queryset().visible_to(self.user).filter(pk__in=ids)  # type: ignore[attr-defined]
        by_id = {record.pk: record for record in rows}
        found = [by_id[key] for key in ids if key in by_id]
        self._note_what_happened_since(ids, found)
        made = self.kind.table_class(found, kind=self.kind, user=self.user, orderable=False)
        made.page = Page(made.rows, page.number, page.paginator)
        return made

    @property
    def taken_at(self) -> Any:
        return self.asked.source.taken_at if self.asked.source else None

    @property
    def conditions(self) -> list[dict[str, str]]:
        """What narrows the records down, in words."""
        found = []
        for key, value in self.cell.items():
            known = vocabulary.dimensions.get(key)
            label = str(known.label) if known else key
            shown = str(known.null_label) if known and value == NONE else value
            if known and known.labels:
                shown = str(dict(known.pairs()).get(value, shown))
            found.append({"label": label, "value": shown})
        for key, values in self.asked.arguments.filters:
            found.append({"label": str(vocabulary.dimension(key).label), "value": ", ".join(values)})
        return found

    @property
    def measure_label(self) -> str:
        return str(dict(self.asked.report.builder.measure_keys()).get(self.measure, ""))

    def _note_what_happened_since(self, ids: list[int], found: list[Model]) -> None:
        taken_at = self.taken_at
        self.changed = [
            record
            for record in found
            if taken_at and getattr(record, "modified_at", taken_at) > taken_at and getattr(record, "version", 1) > 1
        ]
        missing = set(ids) - {record.pk for record in found}
        if not missing:
            return
        from crm.accounts import access

        model = self.kind.model
        gone = model._default_manager.filter(access.rows(model, self.user), pk__in=missing, deleted_at__isnull=False)
        self.deleted = list(gone.values_list("number", flat=True))
        self.out_of_sight = len(missing) - len(self.deleted)
