"""Signing in with a password and a code."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from crm.accounts import second_factor
from crm.accounts.models import AccessLog
from tests import factories

pytestmark = pytest.mark.django_db
SIGN_IN, STEP = "/accounts/login/", "/accounts/second-factor/authenticate/"
SECRET = "JBSWY3DPEHPK3PXP"


def code() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def user():
    factories.a_company()
    return factories.a_user(username="lin", password="a-good-password")


@pytest.fixture
def browser(user):
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    browser = Client()
    answer = browser.post(SIGN_IN, {"login": "lin", "password": "a-good-password"})
    assert (answer.status_code, answer.headers["Location"]) == (302, STEP)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/profile/").status_code == 200


def test_the_password_alone_opens_nothing_and_the_code_does(browser):
    assert not is_in(browser)
    assert browser.get(STEP).status_code == 200
    browser.post(STEP, {"code": code()})
    assert is_in(browser)


def test_a_recovery_code_opens_once(user, browser):
    spare = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    browser.post(STEP, {"code": spare})
    assert is_in(browser)
    again = Client()
    again.post(SIGN_IN, {"login": "lin", "password": "a-good-password"})
    again.post(STEP, {"code": spare})
    assert not is_in(again)


def test_wrong_codes_are_logged_and_after_some_even_the_right_one_is_refused(user, browser):
    for _each in range(second_factor.MOST_WRONG):
        assert browser.post(STEP, {"code": "000000"}).status_code == 200
    answer = browser.post(STEP, {"code": code()})
    assert "Too many wrong codes" in answer.content.decode()
    assert not is_in(browser)
    assert AccessLog.objects.filter(user=user, kind="second_factor").count() == second_factor.MOST_WRONG


def test_a_user_sets_it_up_in_the_profile(user, client):
    client.post(SIGN_IN, {"login": "lin", "password": "a-good-password"})
    asked = client.get("/accounts/second-factor/totp/activate/").headers["Location"]
    assert client.get(asked).status_code == 200
    page = client.post(asked, {"password": "a-good-password"}, follow=True)
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    wrong = client.post("/accounts/second-factor/totp/activate/", {"code": "000000"})
    assert wrong.context["form"].errors
    value = hotp_value(secret, next(iter(yield_hotp_counters_from_time())))
    client.post("/accounts/second-factor/totp/activate/", {"code": format_hotp_value(value)})
    assert {each.type for each in Authenticator.objects.filter(user=user)} == {"totp", "recovery_codes"}
    shown = client.get("/accounts/second-factor/recovery-codes/")
    assert len(shown.context["unused_codes"]) == 10
    for path in ("", "totp/deactivate/", "recovery-codes/generate/"):
        assert client.get(f"/accounts/second-factor/{path}").status_code == 200
