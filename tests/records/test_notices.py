"""What users hear of: told once, read in their language, mailed once a day."""

import pytest
from django.core import mail
from django.utils import translation

from crm.accounts.models import Role
from crm.jobs import services as jobs
from crm.records import notices, services
from crm.records.notices import services as notice_services
from crm.records.notices.models import Notice
from interactions.work.services import create_task
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    factories.a_company()
    return factories.a_user(Role.MANAGER, username="chen")


def of(user):
    return [notice.text for notice in Notice.objects.unread_of(user)]


def test_whoever_is_given_a_record_hears_of_it_in_his_language(manager):
    rep = factories.a_user()
    customer = factories.a_customer(name="Lotus", owner=rep)
    create_task(title="Call Lotus", customer=customer, staff=rep, user=manager)
    assert of(rep) == ["chen gave you “Call Lotus”"]
    with translation.override("zh-hans"):
        assert of(rep) == ["chen把“Call Lotus”交给了您"]


def test_nobody_hears_of_what_he_did_himself_or_of_what_did_not_change_hands(manager):
    rep = factories.a_user()
    task = create_task(title="Call", staff=rep, user=rep)
    services.save(task, user=manager)
    assert of(rep) == []
    task.staff = manager
    services.save(task, user=rep)
    assert (len(of(manager)), of(rep)) == (1, [])


def test_the_same_is_told_once_until_it_is_read(manager):
    for what in ("A", "B"):
        notices.tell(manager, "given", "/tasks/1/", what=what, by="Li")
    assert of(manager) == ["Li gave you “B”"]
    assert notice_services.read(manager) == 1
    notices.tell(manager, "given", "/tasks/1/", what="C", by="Li")
    assert (of(manager), Notice.objects.count()) == (["Li gave you “C”"], 2)


def test_users_who_left_are_told_nothing_and_unknown_sentences_are_refused(manager):
    gone = factories.a_user(is_active=False)
    assert notices.tell(gone, "given", "/", what="A", by="B") is None
    with pytest.raises(LookupError, match="nonsense"):
        notices.tell(manager, "nonsense", "/")


def test_a_notice_opens_what_it_is_about_and_is_read_then(client, manager):
    mine = notices.tell(manager, "given", "/tasks/", what="A", by="Li")
    others = notices.tell(factories.a_user(), "given", "/tasks/", what="B", by="Li")
    client.force_login(manager)
    page = client.get("/notices/").content.decode()
    assert "Li gave you “A”" in page
    assert "“B”" not in page
    assert client.get(f"/notices/{mine.pk}/").status_code == 405
    assert client.post(f"/notices/{mine.pk}/").url == "/tasks/"
    assert client.post(f"/notices/{others.pk}/").status_code == 404
    assert of(manager) == []
    assert Notice.objects.unread_of(others.user).count() == 1


def test_one_mail_a_day_tells_what_is_new_to_who_wants_it(manager, settings):
    quiet = factories.a_user(wants_digest=False)
    for user in (manager, quiet):
        notices.tell(user, "given", "/tasks/7/", what="Call Lotus", by="Li")
    for _day in range(2):
        assert notice_services.request_digests() == (1 if not mail.outbox else 0)
        jobs.deliver()
    (sent,) = mail.outbox
    assert sent.to == [manager.email]
    assert "Li gave you “Call Lotus”" in sent.body
    assert f"{settings.SITE_URL}/tasks/7/" in sent.body
    assert "(1)" in sent.subject


def test_a_sentence_of_another_version_is_still_readable(manager):
    notice = notices.tell(manager, "given", "/tasks/7/", what="A")
    assert notice.text == "A"
