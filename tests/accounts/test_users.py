"""Invitations, closing and opening access, and the administrator who must remain."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from crm.accounts import services
from crm.accounts.models import AccessLog, Invitation, Role, User
from tests.factories import a_company, a_region, a_unit, a_user, an_administrator

pytestmark = pytest.mark.django_db

PASSWORD = "tea-leaves-and-rain"


@pytest.fixture
def boss(client):
    a_company()
    boss = an_administrator(username="boss", language="en")
    client.force_login(boss)
    return boss


def role(code):
    return Role.objects.get(code=code)


def an_invitation(boss, **values):
    given = {"email": "guest@example.com", "role": role(Role.MANAGER), "invited_by": boss, **values}
    return services.invite(**given)


def test_an_invitation_is_mailed_in_the_language_of_the_invited_and_accepted_once(client, boss):
    unit, region = a_unit("south"), a_region("coast")
    sent = {
        "email": "Guest@example.com",
        "role": role(Role.MANAGER).pk,
        "unit": unit.pk,
        "region": region.pk,
        "language": "zh-hans",
    }
    assert client.post("/settings/invitations/new/", sent).url == "/settings/users/"
    (message,) = mail.outbox
    link = re.search(r"http://testserver(/invitations/\S+)", message.body).group(1)
    assert message.to == ["Guest@example.com"]
    assert "Guest@example.com" in client.get("/settings/users/").content.decode()

    guest = client.__class__()
    assert guest.get(link).status_code == 200
    chosen = {"username": "guest", "last_name": "Lin", "password1": PASSWORD, "password2": PASSWORD}
    assert guest.post(link, chosen).url == "/"
    user = User.objects.get(username="guest")
    kept = (user.email, user.role.code, user.unit, user.region, user.language, user.is_superuser)
    assert kept == ("Guest@example.com", "manager", unit, region, "zh-hans", False)
    assert guest.get("/profile/").status_code == 200
    again = client.__class__()
    assert again.get(link).status_code == 404
    assert again.post(link, {**chosen, "username": "other"}).status_code == 404


def test_the_form_cannot_give_more_than_was_promised(client, boss):
    invitation = an_invitation(boss)
    sent = {
        "username": "guest", "password1": PASSWORD, "password2": PASSWORD, "email": "boss@example.org",
        "role": role(Role.ADMINISTRATOR).pk, "is_superuser": "on", "is_staff": "on",
    }  # fmt: skip
    client.__class__().post(invitation.get_absolute_url(), sent)
    user = User.objects.get(username="guest")
    assert (user.email, user.role.code) == ("guest@example.com", "manager")
    assert not user.is_superuser and not user.is_staff


def test_an_invitation_runs_out_after_seven_days(client, boss):
    invitation = an_invitation(boss)
    assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=7)
    Invitation.objects.update(expires_at=timezone.now())
    visitor = client.__class__()
    assert visitor.get(invitation.get_absolute_url()).status_code == 404
    with pytest.raises(services.InvitationClosed):
        services.accept(invitation, User(username="late"))


def test_sending_again_makes_a_new_link_and_kills_the_old_one(client, boss):
    invitation = an_invitation(boss)
    old = invitation.get_absolute_url()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    client.post(f"/settings/invitations/{invitation.pk}/resend/")
    invitation.refresh_from_db()
    assert invitation.is_open and len(mail.outbox) == 1
    visitor = client.__class__()
    assert visitor.get(old).status_code == 404
    assert visitor.get(invitation.get_absolute_url()).status_code == 200


def test_a_withdrawn_invitation_is_dead(client, boss):
    invitation = an_invitation(boss)
    client.post(f"/settings/invitations/{invitation.pk}/withdraw/")
    assert client.__class__().get(invitation.get_absolute_url()).status_code == 404


def test_inviting_twice_keeps_one_link_and_users_are_not_invited(client, boss):
    first = an_invitation(boss)
    second = an_invitation(boss, email="GUEST@example.com")
    assert list(Invitation.objects.all()) == [second] and first.token != second.token
    sent = {"email": "BOSS@example.com", "role": role(Role.MANAGER).pk, "language": "en"}
    response = client.post("/settings/invitations/new/", sent)
    assert response.context["form"].errors["email"]


def test_without_a_mail_server_the_link_is_passed_on_by_hand(client, boss, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    sent = {"email": "guest@example.com", "role": role(Role.MANAGER).pk, "language": "en"}
    page = client.post("/settings/invitations/new/", sent, follow=True).content.decode()
    assert Invitation.objects.get().get_absolute_url() in page


def test_a_closed_user_is_out_and_comes_back(client, boss):
    rep = a_user(username="rep")
    other = client.__class__()
    other.force_login(rep)
    client.post(f"/settings/users/{rep.pk}/deactivate/")
    assert other.get("/profile/").status_code == 302
    client.post(f"/settings/users/{rep.pk}/reactivate/")
    assert other.get("/profile/").status_code == 200
    entries = AccessLog.objects.filter(kind="user", object_id=str(rep.pk)).order_by("id")
    assert [entry.detail for entry in entries] == [{"is_active": False}, {"is_active": True}]
    assert {entry.user for entry in entries} == {boss}


def form_of(user, **values):
    given = {
        "last_name": user.last_name, "first_name": user.first_name, "email": user.email, "phone": user.phone,
        "role": user.role_id or "", "unit": "", "region": "", "language": user.language,
    }  # fmt: skip
    return {**given, **values}


def test_a_role_taken_away_is_gone_at_the_next_request(client, boss):
    other = an_administrator(username="other")
    theirs = client.__class__()
    theirs.force_login(other)
    assert theirs.get("/settings/users/").status_code == 200
    assert client.post(f"/settings/users/{other.pk}/", form_of(other, role="")).status_code == 302
    assert theirs.get("/settings/users/").status_code == 404
    assert theirs.get("/profile/").status_code == 200


def test_the_last_administrator_stays(client, boss):
    page = f"/settings/users/{boss.pk}/"
    response = client.post(page, form_of(boss, role=role(Role.MANAGER).pk))
    assert response.status_code == 200 and response.context["form"].non_field_errors()
    client.post(f"{page}deactivate/")
    boss.refresh_from_db()
    assert boss.is_active and boss.role.code == Role.ADMINISTRATOR
    an_administrator(username="second", is_active=False)  # one who cannot sign in does not count
    with pytest.raises(ValidationError):
        services.set_active(User.objects.get(pk=boss.pk), False)
    an_administrator(username="third")
    assert client.post(page, form_of(boss, role=role(Role.MANAGER).pk)).status_code == 302
    assert client.get("/settings/users/").status_code == 404


def test_the_last_role_of_administrators_keeps_its_power(client, boss):
    page = f"/settings/roles/{boss.role_id}/"
    sent = {"name": "Administrator", "home": "manager", "may_manage_analysis": "on"}
    response = client.post(page, sent)
    assert response.context["form"].errors["is_administrator"]
    assert Role.objects.get(pk=boss.role_id).is_administrator
    assert client.get("/settings/users/").status_code == 200


@pytest.mark.parametrize("pk", [0, 999_999, 2**70])
@pytest.mark.parametrize("page", ["users/{}/", "departments/{}/", "regions/{}/", "roles/{}/", "roles/{}/rights/"])
def test_an_unknown_number_is_not_found(client, boss, page, pk):
    assert client.get(f"/settings/{page.format(pk)}").status_code == 404


def test_who_is_no_administrator_finds_no_settings_and_is_logged(client):
    a_company()
    rep = a_user()
    client.force_login(rep)
    assert client.get("/settings/log/", REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_FOR="8.8.8.8").status_code == 404
    entry = AccessLog.objects.get()
    assert (entry.user, entry.action, entry.address) == (rep, "refused", "10.1.2.3")
    assert entry.detail == {"path": "/settings/log/", "method": "GET"}


def test_lists_ask_the_same_number_of_questions_for_many_as_for_few(client, boss, django_assert_max_num_queries):
    for number in range(30):
        unit = a_unit(f"u{number}")
        a_user(username=f"u{number}", unit=unit)
    for page in ("users", "departments", "roles", "log"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/settings/{page}/").status_code == 200
