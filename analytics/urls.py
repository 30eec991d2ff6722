"""Pages of analysis. Each room lists its own; all are named `analytics:…`."""

from analytics.alerts import urls as alerts
from analytics.dashboards import urls as dashboards
from analytics.reports import urls as reports
from analytics.segments import urls as segments
from analytics.tuning import views as tuning

app_name = "analytics"
urlpatterns = [
    *dashboards.urlpatterns,  # the home page "/"
    *reports.urlpatterns,  # /reports/…
    *segments.urlpatterns,  # /segments/…
    *alerts.urlpatterns,  # /alerts/…
    *tuning.urlpatterns,  # /settings/analysis/…
]
