from django.urls import URLPattern, URLResolver, path

from crm.records import pages

app_name = "records"
urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", pages.search_page, name="search"),
    path("lookup/<slug:key>/", pages.lookup, name="lookup"),
    path("profile/api-keys/", pages.token_list, name="token_list"),
    path("profile/api-keys/<int:pk>/delete/", pages.token_delete, name="token_delete"),
]
