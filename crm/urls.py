"""The roof: every page of the house."""

from django.urls import include, path

from crm.records import api

urlpatterns = [
    path("accounts/", include("crm.accounts.sign_in_urls")),
    path("api/v1/", api.urls()),
    path("", include("crm.accounts.urls")),
    path("", include("crm.jobs.urls")),
    path("", include("crm.records.urls")),
    path("", include("customers.urls")),
    path("", include("interactions.urls")),
    path("", include("analytics.urls")),
]
