"""Pages of analysis. Each room lists its own; all are named `analytics:…`."""

from analytics.alerts import urls as alerts
from analytics.costs.kinds import COST_ENTRY
from analytics.dashboards import urls as dashboards
from analytics.reports import urls as reports
from analytics.segments import urls as segments
from analytics.tuning import views as tuning
from crm.records.views import record_urls

app_name = "analytics"
urlpatterns = [
    *dashboards.urlpatterns,  # the home page "/"
    *reports.urlpatterns,  # /reports/…
    *segments.urlpatterns,  # /segments/…
    *alerts.urlpatterns,  # /alerts/…
    *tuning.urlpatterns,  # /settings/analysis/…
    *record_urls(COST_ENTRY),  # /costs/…
]
