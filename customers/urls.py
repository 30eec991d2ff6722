from django.urls import URLPattern, URLResolver

from crm.records.views import record_urls
from customers.addresses.pages import urlpatterns as addresses
from customers.completeness.pages import urlpatterns as completeness
from customers.duplicates.pages import urlpatterns as duplicates
from customers.kinds import CONTACT_PERSON, CUSTOMER
from customers.privacy.pages import urlpatterns as privacy
from customers.relations.pages import urlpatterns as relations
from customers.standards.pages import urlpatterns as standards

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = [
    *addresses,
    *completeness,
    *duplicates,
    *relations,
    *standards,
    *privacy,
    *record_urls(CUSTOMER),
    *record_urls(CONTACT_PERSON),
]
