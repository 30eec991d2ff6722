from django.urls import URLPattern, URLResolver, path

from analytics.alerts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("alerts/", views.alert_list, name="alert_list"),
    path("alerts/<int:pk>/", views.alert_detail, name="alert_detail"),
    path("alerts/<int:pk>/handle/", views.alert_handle, name="alert_handle"),
]
