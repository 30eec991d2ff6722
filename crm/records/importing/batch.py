"""Where imported records came from."""

from django.db import transaction

from crm.records.importing.registry import Request
from crm.records.importing.report import ImportSummary
from crm.records.models import Batch


class Provenance:
    """The Batch of an import, made with the first record: an import that adds nothing leaves nothing behind."""

    def __init__(self, request: Request, summary: ImportSummary) -> None:
        self.request = request
        self.summary = summary
        self._batch: Batch | None = None

    @property
    def batch(self) -> Batch:
        if self._batch is None:
            with transaction.atomic():
                self._batch = self.request.checkpoint.batch() or self._made()
            self.summary.batch = self._batch.pk
        return self._batch

    def _made(self) -> Batch:
        batch = Batch.objects.create(
            source=Batch.Source.IMPORT,
            kind=self.request.kind,
            file_name=self.request.name[:255],
            preset=self.request.preset_name,
            created_by=self.request.user,
        )
        self.request.checkpoint.batch_made(batch)
        return batch
