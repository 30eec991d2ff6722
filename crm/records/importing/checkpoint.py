"""How far an import has come, kept in the transaction of what it wrote: whoever goes on writes nothing twice."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from crm.records.importing.report import ErrorFile, ImportSummary

if TYPE_CHECKING:
    from crm.records.models import Batch, Record


class Checkpoint:
    """Of an import that nobody goes on with: remembers nothing."""

    def state(self) -> dict[str, Any]:
        """What the last `save` of an earlier run kept."""
        return {}

    def save(self, summary: ImportSummary, errors: ErrorFile, **more: Any) -> None:
        """Inside the transaction of the rows it speaks of."""

    def batch(self) -> "Batch | None":
        """The batch an earlier run has made."""
        return None

    def batch_made(self, batch: "Batch") -> None:
        """Inside the transaction that makes it."""

    def changed(self, batch: "Batch", kind: str, record: "Record", before: dict[str, Any]) -> None:
        """A record that was there before has been changed; `before` is what an undo writes back."""
        from crm.records.importing.models import ImportChange

        ImportChange.objects.create(batch=batch, kind=kind, object_id=record.pk, version=record.version, before=before)

    def changed_many(self, batch: "Batch", kind: str, changes: Sequence[tuple["Record", dict[str, Any]]]) -> None:
        from crm.records.importing.models import ImportChange

        ImportChange.objects.bulk_create(
            ImportChange(batch=batch, kind=kind, object_id=record.pk, version=record.version, before=before)
            for record, before in changes
        )


def kept_values(record: Model, names: Iterable[str], *, is_stored: bool = False) -> dict[str, Any]:
    """The stored values of fields, as JSON can keep them: {"name": …, "tags": [ids]}. `is_stored`: as they were read,
    nothing was entered into this record since."""
    stored = record if is_stored else type(record)._default_manager.get(pk=record.pk)
    found: dict[str, Any] = {}
    fields = {field.name: field for field in record._meta.concrete_fields}
    several = {field.name for field in record._meta.many_to_many}
    for name in dict.fromkeys(name if name in fields or name in several else "custom" for name in names):
        if name in fields:
            found[name] = (
                fields[name].value_to_string(stored) if fields[name].value_from_object(stored) is not None else None
            )
        elif name in several:
            found[name] = list(getattr(stored, name).values_list("pk", flat=True))
    return found
