"""Data may come before the company: the page that founds it is still there, with zone and currency of the data."""

from pathlib import Path

import pytest
from django.test import Client

from crm.accounts import services
from crm.accounts.models import Company, User
from crm.records.importing import run_import

LINES = Path(__file__).parent / "files" / "invoice_lines.csv"


@pytest.mark.django_db
def test_a_company_can_be_founded_after_an_import(client: Client) -> None:
    run_import("order-lines", LINES, preset="online-retail")
    assert services.is_empty()
    form = client.get("/", follow=True).context["company_form"]
    assert (form.instance.time_zone, form.instance.currency) == ("Europe/London", "GBP")
    company = Company.objects.get()
    company.name = "Gifts Ltd"
    services.found_company(company=company, administrator=User(username="first"))
    assert (Company.objects.get().name, Company.objects.get().currency) == ("Gifts Ltd", "GBP")
    assert not services.is_empty()
