from django.urls import URLPattern, URLResolver, path

from analytics.segments import editing, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("segments/", views.segment_list, name="segment_list"),
    path("segments/new/", editing.segment_create, name="segment_create"),
    path("segments/migration/", views.segment_migration, name="segment_migration"),
    path("segments/<int:pk>/", views.segment_detail, name="segment_detail"),
    path("segments/<int:pk>/edit/", editing.segment_update, name="segment_update"),
    path("segments/<int:pk>/copy/", views.segment_copy, name="segment_copy"),
    path("segments/<int:pk>/retire/", views.segment_retire, name="segment_retire"),
    path("segments/<int:pk>/reactivate/", views.segment_reactivate, name="segment_reactivate"),
]
