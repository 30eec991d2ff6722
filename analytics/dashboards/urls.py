from django.urls import URLPattern, URLResolver, path

from analytics.dashboards import views

urlpatterns: list[URLPattern | URLResolver] = [path("", views.home, name="home")]
