from django.urls import URLPattern, URLResolver, path

from analytics.reports import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("reports/", views.report_list, name="report_list"),
    path("reports/refresh/", views.report_refresh, name="report_refresh"),
    path("reports/<slug:slug>/", views.report_detail, name="report_detail"),
    path("reports/<slug:slug>/records/", views.report_records, name="report_records"),
    path("reports/<slug:slug>/export/", views.report_export, name="report_export"),
]
