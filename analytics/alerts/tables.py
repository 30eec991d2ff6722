"""The columns of the alert queue."""

import datetime
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from analytics.alerts import words
from analytics.models import Alert
from crm.records.attributes import Type
from crm.records.templatetags.shell import since, status


class DayColumn(tables.Column):
    type = Type.DATE

    def render(self, value: datetime.date) -> Any:
        return since(value)


class AlertTable(tables.Table):
    customer = tables.Column(_("customer"), order_by=("customer__name", "pk"))
    band = tables.Column(_("risk"))
    reasons = tables.Column(_("why"), orderable=False)
    owner = tables.Column(_("owner"), order_by=("owner__username", "pk"))
    region = tables.Column(_("region"), accessor="customer__region", order_by=("customer__region__path", "pk"))
    opened_on = DayColumn(_("opened on"))
    due_on = DayColumn(_("due"))
    status = tables.Column(_("status"))

    class Meta:
        template_name = "records/_table.html"
        order_by_field = "sort"
        empty_text = _("No alerts match these filters.")

    def render_customer(self, record: Alert) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record.customer)

    def render_band(self, record: Alert) -> SafeString:
        return status(record.band, record.get_band_display())

    def render_reasons(self, record: Alert) -> str:
        return " ".join(words.reasons(record.reasons))

    def render_status(self, record: Alert) -> SafeString:
        return status(record.status, record.get_status_display())
