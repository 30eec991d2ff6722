from django.urls import URLPattern, URLResolver

from crm.records.views import record_urls
from customers.kinds import CONTACT_PERSON, CUSTOMER

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = [*record_urls(CUSTOMER), *record_urls(CONTACT_PERSON)]
