import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from crm.accounts import services
from crm.accounts.models import Company, Role, User
from tests.factories import a_company, a_user

WELCOME = "/welcome/"
FOUNDING = {
    "name": "Lotus Trading",
    "currency": "GBP",
    "time_zone": "Europe/London",
    "fiscal_year_start": "4",
    "language": "zh-hant",
    "last_name": "Lin",
    "first_name": "Mei",
    "username": "mei",
    "email": "mei@example.com",
    "password1": "tea-leaves-and-rain",
    "password2": "tea-leaves-and-rain",
}


def picture(form="PNG", size=(900, 300)):
    kept = io.BytesIO()
    Image.new("RGB", size, "teal").save(kept, form)
    return SimpleUploadedFile("logo.png", kept.getvalue(), content_type="image/png")


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/", "/accounts/login/", "/profile/", "/settings/users/", "/customers/"])
def test_every_page_leads_to_the_first_one_while_nobody_works_here(client, page):
    response = client.get(page)
    assert (response.status_code, response.url) == (302, WELCOME)


@pytest.mark.django_db
def test_the_first_administrator_and_the_company_are_made_together(client):
    assert client.get(WELCOME).status_code == 200
    response = client.post(WELCOME, {**FOUNDING, "logo": picture()})
    assert (response.status_code, response.url) == (302, "/")
    company, user = Company.objects.get(), User.objects.get()
    kept = (company.name, company.currency, company.time_zone, company.fiscal_year_start, company.language)
    assert kept == ("Lotus Trading", "GBP", "Europe/London", 4, "zh-hant")
    assert user.role.code == Role.ADMINISTRATOR and user.is_administrator and not user.is_superuser
    assert user.language == "zh-hant" and user.check_password("tea-leaves-and-rain")
    assert client.get("/settings/users/").status_code == 200  # signed in at once
    logo = Client().get("/logo/")
    assert logo.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(b"".join(logo.streaming_content))).size == (512, 171)


@pytest.mark.django_db
def test_ever_after_the_page_is_not_there(client):
    client.post(WELCOME, FOUNDING)
    for visitor in (client, Client()):
        assert visitor.get(WELCOME).status_code == 404
        assert visitor.post(WELCOME, {**FOUNDING, "username": "second", "email": "x@example.com"}).status_code == 404
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("make", [a_company, a_user])
def test_a_company_or_a_user_alone_closes_the_page_too(client, make):
    make()
    assert client.get(WELCOME).status_code == 404
    assert client.get("/").status_code in (302, 404)
    assert client.get("/profile/").url.startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"currency": "XXX"}, "currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"fiscal_year_start": "13"}, "fiscal_year_start"),
        ({"email": ""}, "email"),
        ({"username": "mei@example.com"}, "username"),
        ({"password1": "short", "password2": "short"}, "password2"),
        ({"password2": "something-else-entirely"}, "password2"),
        ({"logo": SimpleUploadedFile("logo.png", b"<svg onload='alert(1)'/>", content_type="image/png")}, "logo"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_made(client, wrong, field):
    response = client.post(WELCOME, {**FOUNDING, **wrong})
    assert response.status_code == 200
    errors = {**response.context["company_form"].errors, **response.context["user_form"].errors}
    assert list(errors) == [field]
    assert services.is_empty()


@pytest.mark.django_db
def test_a_large_picture_is_refused(client, monkeypatch):
    monkeypatch.setattr("crm.accounts.forms.MAX_LOGO_BYTES", 100)
    response = client.post(WELCOME, {**FOUNDING, "logo": picture()})
    assert "logo" in response.context["company_form"].errors


@pytest.mark.django_db
def test_who_loses_the_race_gets_nothing(client, monkeypatch):
    """The other founder commits between the look whether all is empty and the writing."""
    looks = iter([True])
    monkeypatch.setattr(services, "is_empty", lambda: next(looks, True))
    a_company(name="Other")
    response = client.post(WELCOME, FOUNDING)
    assert response.status_code == 404
    assert Company.objects.get().name == "Other"
    assert not User.objects.exists()


@pytest.mark.django_db
def test_two_founders_who_both_saw_an_empty_house_make_one_administrator():
    """There is only one row that a company can have, so the database decides who was first."""
    services.found_company(company=Company(name="first"), administrator=User(username="first", email="1@example.com"))
    with pytest.raises(services.AlreadyFounded):
        services.found_company(company=Company(name="second"), administrator=User(username="second"))
    assert (Company.objects.get().name, User.objects.get().username) == ("first", "first")


@pytest.mark.django_db
def test_where_there_is_a_user_no_company_is_founded():
    a_user()
    with pytest.raises(services.AlreadyFounded):
        services.found_company(company=Company(name="late"), administrator=User(username="late"))
    assert not Company.objects.exists() and not User.objects.filter(username="late").exists()


def test_the_page_is_where_the_redirect_goes():
    assert reverse("accounts:welcome") == WELCOME
