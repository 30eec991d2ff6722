"""The list of deals: a date that has passed is red."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.records import values
from crm.records.tables import RecordTable


class DealTable(RecordTable):
    def render_expected_on(self, record: Any, column: Any) -> str:
        attribute = self.kind.attribute("expected_on")
        shown = values.show(self.kind, attribute, record, self.user)
        if not record.is_overdue or shown.is_masked:
            return shown.text
        return format_html('<span class="text-danger" title="{}">{}</span>', _("overdue"), shown.text)
