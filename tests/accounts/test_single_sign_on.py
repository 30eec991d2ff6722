"""Signing in with the company's own account, against a provider of our own on this machine."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client

from crm.accounts import services
from crm.accounts.models import AccessLog, Role, User
from tests import factories

pytestmark = pytest.mark.django_db
BEGIN = "/accounts/company-account/company/login/"
CLIENT, SECRET = "clientele", "a-secret-of-more-than-thirty-two-letters"


class Provider(ThreadingHTTPServer):
    """Enough of OpenID Connect: discovery, a token for any code, and what it says of the person."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.person = {}
        self.claims = {}
        self.tokens_asked = []


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self):
        issuer = self.server.issuer
        if self.path == "/.well-known/openid-configuration":
            self._say(
                {
                    "issuer": issuer,
                    "authorization_endpoint": f"{issuer}/authorize",
                    "token_endpoint": f"{issuer}/token",
                    "userinfo_endpoint": f"{issuer}/userinfo",
                    "jwks_uri": f"{issuer}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif self.path == "/userinfo":
            self._say(self.server.person)

    def do_POST(self):
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.tokens_asked.append({name: values[0] for name, values in asked.items()})
        claims = {"iss": self.server.issuer, "aud": CLIENT, "exp": time.time() + 60, **self.server.claims}
        token = jwt.encode({**claims, "sub": self.server.person["sub"]}, SECRET, algorithm="HS256")
        self._say({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _say(self, answer):
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    factories.a_company()
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OIDC_ISSUER = server.issuer
    settings.OIDC_NAME = "Huaxin account"
    app = {
        "provider_id": "company", "name": "Huaxin account", "client_id": CLIENT, "secret": SECRET,
        "settings": {"server_url": server.issuer},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    server.person = {"sub": "u-1", "email": "Lin@Example.com", "email_verified": True, "preferred_username": "lin"}
    yield server
    server.shutdown()
    server.server_close()


def signed_in(browser: Client, *, state: str | None = None):
    """The way there and back: what the sign-in page says at the end."""
    begun = browser.post(BEGIN, {"next": "/tasks/"})
    sent = parse_qs(urlsplit(begun.headers["Location"]).query)
    return browser.get(f"{BEGIN}callback/", {"code": "c", "state": state or sent["state"][0]})


def is_in(browser: Client) -> bool:
    return browser.get("/profile/").status_code == 200


def test_a_user_is_known_by_the_confirmed_address_and_later_by_the_identifier(provider):
    user = factories.a_user(username="lin", email="lin@example.com")
    browser = Client()
    answer = signed_in(browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tasks/")
    assert browser.session["_auth_user_id"] == str(user.pk)
    provider.person["email"] = "other@example.com"
    again = Client()
    signed_in(again)
    assert again.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == 1


def test_the_way_there_is_guarded_by_state_and_a_verifier(provider):
    factories.a_user(username="lin", email="lin@example.com")
    browser = Client()
    begun = browser.post(BEGIN)
    sent = {name: values[0] for name, values in parse_qs(urlsplit(begun.headers["Location"]).query).items()}
    assert begun.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    assert sent["client_id"] == CLIENT
    assert set(sent["scope"].split()) == {"openid", "profile", "email"}
    assert sent["redirect_uri"] == f"http://testserver{BEGIN}callback/"
    assert sent["code_challenge_method"] == "S256"
    browser.get(f"{BEGIN}callback/", {"code": "c", "state": sent["state"]})
    assert provider.tokens_asked[0]["client_secret"] == SECRET
    assert len(provider.tokens_asked[0]["code_verifier"]) >= 43


def test_another_state_signs_nobody_in(provider):
    factories.a_user(username="lin", email="lin@example.com")
    browser = Client()
    assert signed_in(browser, state="another").status_code == 401
    assert not is_in(browser)
    assert provider.tokens_asked == []


def test_a_link_alone_begins_nothing(provider):
    answer = Client().get(BEGIN)
    assert answer.status_code == 200
    assert "Huaxin account" in answer.content.decode()


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"iss": "https://another.example"}, {"exp": 1}])
def test_a_token_for_others_from_others_or_of_old_is_refused(provider, claims):
    factories.a_user(username="lin", email="lin@example.com")
    provider.claims = claims
    browser = Client()
    assert signed_in(browser).status_code == 401
    assert not is_in(browser)


@pytest.mark.parametrize("confirmed", [False, None, "no"])
def test_an_address_that_is_not_confirmed_is_nobodys(provider, confirmed):
    factories.a_user(username="lin", email="lin@example.com")
    provider.person["email_verified"] = confirmed
    browser = Client()
    answer = signed_in(browser)
    assert (answer.status_code, is_in(browser)) == (403, False)
    assert "no confirmed e-mail address" in answer.content.decode()


def test_who_is_not_known_stays_outside_and_is_logged(provider):
    browser = Client()
    answer = signed_in(browser)
    assert (answer.status_code, is_in(browser), User.objects.count()) == (403, False, 0)
    assert "no user with your e-mail address" in answer.content.decode()
    assert AccessLog.objects.get().action == AccessLog.Action.REFUSED


def test_who_is_invited_becomes_the_user_that_was_promised_once(provider):
    administrator = factories.an_administrator()
    factories.a_user(username="lin", email="another@example.com")  # the name is taken
    role = Role.objects.get(code="service_agent")
    services.invite(email="lin@example.com", role=role, invited_by=administrator)
    browser = Client()
    assert signed_in(browser).status_code == 302
    user = User.objects.get(email="lin@example.com")
    assert (user.username, user.role, user.has_usable_password()) == ("lin2", role, False)
    assert browser.session["_auth_user_id"] == str(user.pk)


def test_a_user_who_was_switched_off_stays_outside(provider):
    user = factories.a_user(username="lin", email="lin@example.com")
    signed_in(Client())
    User.objects.filter(pk=user.pk).update(is_active=False)
    browser = Client()
    answer = signed_in(browser)
    assert (answer.status_code, is_in(browser)) == (403, False)
    assert "switched off" in answer.content.decode()


def test_a_provider_that_does_not_answer_is_said(provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"] = {"server_url": "http://127.0.0.1:9"}
    answer = Client().post(BEGIN)
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_the_sign_in_page_offers_it_only_where_there_is_one(provider, settings):
    assert "Sign in with Huaxin account" in Client().get("/accounts/login/").content.decode()
    settings.OIDC_ISSUER = ""
    assert "Huaxin" not in Client().get("/accounts/login/").content.decode()


def test_without_a_provider_there_is_no_such_page(settings):
    factories.a_company()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert Client().post(BEGIN).status_code == 404
    assert Client().get(f"{BEGIN}callback/").status_code == 404


def test_one_of_the_two_ways_in_stands_out(client, settings):
    factories.a_company()
    alone = client.get("/accounts/login/").content.decode()
    assert alone.count("btn-primary") == 1
    settings.OIDC_ISSUER, settings.OIDC_NAME = "https://id.example.com", "Lotus"
    both = client.get("/accounts/login/").content.decode()
    assert "Sign in with Lotus" in both
    assert both.count("btn-primary") == 1
    assert "Sign in with a password" in both
