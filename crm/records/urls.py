from django.urls import URLPattern, URLResolver, path

from crm.records import pages
from crm.records.custom import pages as custom

app_name = "records"
urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", pages.search_page, name="search"),
    path("lookup/<slug:key>/", pages.lookup, name="lookup"),
    path("profile/api-keys/", pages.token_list, name="token_list"),
    path("profile/api-keys/<int:pk>/delete/", pages.token_delete, name="token_delete"),
    path("settings/fields/", custom.field_list, name="field_list"),
    path("settings/fields/new/", custom.field_create, name="field_create"),
    path("settings/fields/<int:pk>/", custom.field_update, name="field_update"),
    path("settings/fields/<int:pk>/retire/", custom.field_retire, name="field_retire"),
    path("settings/fields/<int:pk>/restore/", custom.field_restore, name="field_restore"),
]
