"""Zone and currency of a file against those of the company."""

import zoneinfo

from django.utils.translation import gettext as _

from crm.accounts.models import Company
from crm.records.importing.registry import Request
from crm.records.importing.report import ImportSummary
from interactions.orders.importers.policy import LinePolicy
from interactions.orders.models import Order


class CompanyOfFile:
    def __init__(self, request: Request, policy: LinePolicy, summary: ImportSummary) -> None:
        self.request = request
        self.policy = policy
        self.summary = summary
        self.company = Company.objects.current()
        self.zone = zoneinfo.ZoneInfo(policy.zone) if policy.zone else self.company.zone

    @property
    def may_change(self) -> bool:
        """While there are no orders but those of this preset, it says what the company is like."""
        if not self.policy.zone:
            return False
        return not Order.objects.exclude(batch__preset=self.request.preset_name).exists()

    @property
    def order_currency(self) -> str:
        """Written on orders only where it is not the company's own."""
        return self.policy.currency if self.policy.currency != self.company.currency else ""

    def adopt(self) -> None:
        wanted = (self.policy.zone, self.policy.currency)
        if not self.policy.zone or (self.company.pk and wanted == (self.company.time_zone, self.company.currency)):
            return
        if not self.may_change:
            self.summary.notes.append(
                _("The company keeps its time zone %(zone)s and its currency %(currency)s: it has other orders.")
                % {"zone": self.company.time_zone, "currency": self.company.currency}
            )
            return
        self.company.time_zone, self.company.currency = wanted
        if not self.request.dry_run:
            self.company.save()
        self.summary.notes.append(
            _("The company's time zone is now %(zone)s and its currency %(currency)s.")
            % {"zone": wanted[0], "currency": wanted[1]}
        )
