import re

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache

from crm.accounts.models import User
from tests.factories import a_company, a_user

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
PASSWORD = "tea-leaves-and-rain"


@pytest.fixture(autouse=True)
def _company():
    a_company()
    cache.clear()  # tries per minute are counted there


@pytest.fixture
def wei():
    return a_user(username="wei", email="wei@example.com", password=PASSWORD)


def sign_in(client, name, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": name, "password": password}, **extra)


@pytest.mark.parametrize("name", ["wei", "WEI", "wei@example.com", "Wei@Example.com", " wei "])
def test_name_or_address_in_any_case_signs_in(client, wei, name):
    response = sign_in(client, name)
    assert (response.status_code, response.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(wei.pk)


@pytest.mark.parametrize(("name", "password"), [("wei", "wrong"), ("nobody", PASSWORD), ("wei", "")])
def test_wrong_ones_do_not_and_are_answered_alike(client, wei, name, password):
    response = sign_in(client, name, password)
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_after_signing_in_the_page_that_was_asked_for_comes(client, wei):
    asked = client.get("/profile/")
    assert asked.url == "/accounts/login/?next=/profile/"
    response = client.post(LOGIN, {"login": "wei", "password": PASSWORD, "next": "/profile/"})
    assert response.url == "/profile/"
    stranger = client.__class__()
    response = stranger.post(LOGIN, {"login": "wei", "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert response.url == "/"


def test_signing_out_needs_a_post(client, wei):
    client.force_login(wei)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/profile/").status_code == 200
    assert client.post("/accounts/logout/").url == LOGIN
    assert client.get("/profile/").status_code == 302


def test_a_closed_user_is_told_so_and_stays_out(client, wei):
    User.objects.filter(pk=wei.pk).update(is_active=False)
    response = sign_in(client, "wei")
    assert response.url == "/accounts/inactive/"
    assert client.get(response.url).status_code == 200
    assert client.get("/profile/").status_code == 302


def test_closing_a_user_counts_at_the_next_request(client, wei):
    client.force_login(wei)
    assert client.get("/profile/").status_code == 200
    User.objects.filter(pk=wei.pk).update(is_active=False)
    assert client.get("/profile/").status_code == 302


def test_eight_wrong_passwords_close_the_door_for_this_name_and_address(client, wei):
    other = a_user(username="other", password=PASSWORD)
    names = ["wei", "WEI", "wei ", "Wei", "wei", "wei", "wei"]
    assert [sign_in(client, name, "wrong").status_code for name in names] == [200] * 7
    last = sign_in(client, "wei", "wrong")
    assert last.status_code == 429
    assert "account/locked_out.html" in [template.name for template in last.templates]
    assert sign_in(client, "wei").status_code == 429  # even with the right password
    assert sign_in(client, "wei", REMOTE_ADDR="10.0.0.9").status_code == 302  # others are not shut out
    assert sign_in(client.__class__(), "other").status_code == 302
    assert other.pk


def test_lock_out_believes_no_forwarded_address(client, wei):
    for number in range(8):
        response = sign_in(client, "wei", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert response.status_code == 429
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"127.0.0.1"}


def test_the_right_password_resets_the_count(client, wei):
    for _round in range(2):
        for _try in range(6):
            sign_in(client.__class__(), "wei", "wrong")
        assert sign_in(client.__class__(), "wei").status_code == 302


def test_the_password_is_kept_nowhere_in_the_attempts(client, wei):
    sign_in(client, "wei", "secret-typing-error")
    kept = AccessAttempt.objects.get()
    assert "secret-typing-error" not in " ".join(str(value) for value in vars(kept).values())


def test_a_forgotten_password_is_chosen_anew_by_mail_once(client, wei):
    response = client.post("/accounts/password/reset/", {"email": "WEI@example.com"})
    assert response.url == "/accounts/password/reset/done/"
    assert client.get(response.url).status_code == 200
    (message,) = mail.outbox
    assert message.to == ["wei@example.com"] and message.subject == "Choose a new password"
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", message.body).group(1)
    page = client.get(link, follow=True)
    where = page.redirect_chain[-1][0]
    new = "another-good-password"
    assert client.post(where, {"password1": new, "password2": new}).status_code == 302
    assert sign_in(client.__class__(), "wei", new).status_code == 302
    again = client.__class__().get(link, follow=True)
    assert again.context["token_fail"]


def test_nobody_learns_who_has_access_and_strangers_get_no_mail(client, wei):
    response = client.post("/accounts/password/reset/", {"email": "stranger@example.com"})
    assert response.url == "/accounts/password/reset/done/"
    assert mail.outbox == []


def test_a_password_is_changed_with_the_old_one(client, wei):
    client.force_login(wei)
    new = "another-good-password"
    page = "/accounts/password/change/"
    wrong = client.post(page, {"oldpassword": "no", "password1": new, "password2": new})
    assert wrong.status_code == 200 and wrong.context["form"].errors["oldpassword"]
    weak = client.post(page, {"oldpassword": PASSWORD, "password1": "12345678", "password2": "12345678"})
    assert weak.status_code == 200 and weak.context["form"].errors
    assert client.post(page, {"oldpassword": PASSWORD, "password1": new, "password2": new}).status_code == 302
    assert client.get("/profile/").status_code == 200  # still signed in here
    assert sign_in(client.__class__(), "wei", new).status_code == 302


@pytest.mark.parametrize(
    "page", ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "password/set/", "login/code/confirm/"]
)
def test_pages_this_house_does_not_open_are_not_there(client, wei, page):
    for method in (client.get, client.post):
        assert method(f"/accounts/{page}").status_code == 404
    client.force_login(wei)
    assert client.post(f"/accounts/{page}", {"username": "x", "email": "x@example.com"}).status_code == 404
    assert User.objects.count() == 1


def test_a_fragment_sends_the_whole_page_to_the_door(client):
    response = client.get("/profile/", HTTP_HX_REQUEST="true")
    assert response.headers["HX-Redirect"] == LOGIN
    assert response.content == b""


def test_demo_log_ins_are_offered_in_the_demo_only(client, settings):
    a_user(username="rep", is_demo=True)
    a_user(username="gone", is_demo=True, is_active=False)
    a_user(username="real")
    assert "<code>rep</code>" not in client.get(LOGIN).content.decode()
    settings.DEMO = True
    page = client.get(LOGIN).content.decode()
    assert "<code>rep</code>" in page
    assert "<code>real</code>" not in page and "<code>gone</code>" not in page
    User.objects.filter(is_demo=True).delete()
    assert "<code>" not in client.get(LOGIN).content.decode()


def test_name_and_address_are_unique_in_any_case(wei):
    from django.db import IntegrityError, transaction

    for values in ({"username": "WEI", "email": ""}, {"username": "x", "email": "WEI@example.com"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(**values)
    User.objects.create(username="a", email="")
    User.objects.create(username="b", email="")  # no address is not an address
