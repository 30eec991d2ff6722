"""The board mechanism, on complaints: lanes, counts, ways of a card, and who may move what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.accounts.models import AccessRule, FieldRight, Role
from crm.records.board import Board, Boards, boards
from interactions.cases.services import close
from interactions.models import Complaint
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = factories.a_user(Role.ADMINISTRATOR, unit=factories.a_unit())
    client.force_login(user)
    return user


def lanes(client, query=""):
    found = client.get(f"/complaints/board/{query}").context["lanes"]
    return {lane.column.code: lane for lane in found}


def test_cards_stand_in_their_column_with_counts(client, admin):
    case = factories.a_complaint(title="Broken cup")
    factories.a_complaint(status="in_work")
    found = lanes(client)
    assert list(found) == ["open", "in_work", "waiting", "closed"]
    assert [lane.count for lane in found.values()] == [1, 1, 0, 0]
    card = found["open"].cards[0]
    assert (card.record, card.title, card.codes) == (case, "Broken cup", "in_work waiting closed")
    assert (card.before, card.after.code, card.asking) == (None, "in_work", "closed")
    page = client.get("/complaints/board/").content.decode()
    assert f'action="/complaints/{case.pk}/move/"' in page
    assert 'value="in_work"' in page


def test_a_long_column_is_cut_and_its_count_is_not(client, admin, monkeypatch):
    monkeypatch.setitem(boards.get("complaint").__dict__, "limit", 2)
    for _each in range(5):
        factories.a_complaint()
    lane = lanes(client)["open"]
    assert (len(lane.cards), lane.count, lane.hidden) == (2, 5, 3)


def test_the_last_column_shows_recent_ones_only(client, admin):
    old = close(factories.a_complaint(), outcome="solved", user=admin)
    Complaint.objects.filter(pk=old.pk).update(resolved_at=timezone.now() - timedelta(days=15))
    new = close(factories.a_complaint(), outcome="solved", user=admin)
    lane = lanes(client)["closed"]
    assert ([card.record for card in lane.cards], lane.count, lane.days) == ([new], 1, 14)


def test_whose_and_search_narrow_the_board(client, admin):
    mine = factories.a_complaint(staff=admin, title="Mine and late")
    theirs = factories.a_complaint(staff=factories.a_user(), receiving_unit=admin.unit)
    nobody = factories.a_complaint()
    shown = {
        query: {card.record.pk for card in lanes(client, query)["open"].cards}
        for query in ("", "?whose=mine", "?whose=unassigned", "?whose=unit", "?q=Mine", "?severity=high", "?whose=x")
    }
    every = {mine.pk, theirs.pk, nobody.pk}
    assert shown == {
        "": every,
        "?whose=mine": {mine.pk},
        "?whose=unassigned": {nobody.pk},
        "?whose=unit": {theirs.pk},
        "?q=Mine": {mine.pk},
        "?severity=high": set(),
        "?whose=x": every,
    }


def test_a_card_is_moved_by_form_and_by_script(client, admin):
    case = factories.a_complaint()
    address = f"/complaints/{case.pk}/move/"
    answer = client.post(address, {"to": "in_work", "version": case.version, "next": "/complaints/board/?whose=mine"})
    assert (answer.status_code, answer.url) == (302, "/complaints/board/?whose=mine")
    case.refresh_from_db()
    assert case.status == "in_work"
    told = client.post(address, {"to": "waiting", "version": case.version}, headers={"X-Board": "1"})
    assert (told.status_code, set(told.json())) == (200, {"text"})
    case.refresh_from_db()
    assert (case.status, case.history.count()) == ("waiting", 3)


def test_what_a_column_asks_comes_before_the_move_and_keeps_what_was_typed(client, admin):
    case = factories.a_complaint()
    address = f"/complaints/{case.pk}/move/"
    assert client.get(address, {"to": "closed"}).context["form"].is_bound is False
    pushed = client.post(address, {"to": "closed"})
    assert (pushed.status_code, pushed.context["form"].errors) == (200, {})
    assert client.post(address, {"to": "closed"}, headers={"X-Board": "1"}).status_code == 422
    wrong = client.post(address, {"to": "closed", "asked": "1", "outcome": "partly", "solution": "Half of it"})
    assert "failure_cause" in wrong.context["form"].errors
    assert "Half of it" in wrong.content.decode()
    assert client.post(address, {"to": "closed", "asked": "1", "outcome": "solved"}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("closed", "solved")


def test_a_way_that_does_not_exist_is_refused_with_words(client, admin):
    case = close(factories.a_complaint(), outcome="solved", user=admin)
    address = f"/complaints/{case.pk}/move/"
    told = client.post(address, {"to": "waiting"}, headers={"X-Board": "1"})
    assert told.status_code == 422
    assert "cannot go" in told.json()["error"]
    assert client.post(address, {"to": "nowhere"}).status_code == 404
    assert client.post(address, {}).status_code == 404
    case.refresh_from_db()
    assert case.status == "closed"


def test_two_people_moving_one_card_do_not_overwrite_each_other(client, admin):
    case = factories.a_complaint()
    seen = case.version
    client.post(f"/complaints/{case.pk}/move/", {"to": "in_work", "version": seen})
    late = client.post(f"/complaints/{case.pk}/move/", {"to": "waiting", "version": seen}, headers={"X-Board": "1"})
    assert late.status_code == 409
    case.refresh_from_db()
    assert case.status == "in_work"


def test_who_may_only_look_cannot_move(client):
    unit = factories.a_unit()
    agent = factories.a_user(Role.SERVICE_AGENT, unit=unit)
    client.force_login(agent)
    theirs = factories.a_complaint(receiving_unit=factories.a_unit())
    own = factories.a_complaint(receiving_unit=unit)
    cards = {card.record.pk: card for card in lanes(client)["open"].cards}
    assert (cards[theirs.pk].may_move, cards[own.pk].may_move) == (False, True)
    assert client.post(f"/complaints/{theirs.pk}/move/", {"to": "in_work"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == "open"


def test_who_may_not_write_the_column_moves_nothing(client):
    agent = factories.a_user(Role.SERVICE_AGENT, unit=factories.a_unit())
    FieldRight.objects.create(role=agent.role, kind="complaint", sensitivity="public", level="read")
    AccessRule.objects.filter(role=agent.role, kind="complaint").update(change="all")
    client.force_login(agent)
    case = factories.a_complaint()
    assert not lanes(client)["open"].cards[0].may_move
    assert client.post(f"/complaints/{case.pk}/move/", {"to": "in_work"}).status_code == 404


def test_the_number_of_queries_does_not_grow(client, admin, django_assert_max_num_queries):
    def fill(count):
        for at in range(count):
            status = ["open", "in_work", "waiting"][at % 3]
            factories.a_complaint(status=status, staff=factories.a_user(), product=factories.a_product())

    fill(5)
    client.get("/complaints/board/")
    with django_assert_max_num_queries(12) as few:
        client.get("/complaints/board/")
    fill(30)
    with django_assert_max_num_queries(len(few)) as many:
        client.get("/complaints/board/")
    assert len(many) == len(few)


def test_a_kind_has_one_board_and_columns_may_be_rows():
    made = Boards()
    made.register(Board(kind="complaint", column="status", fields=(), move=close))
    with pytest.raises(ValueError, match="board already"):
        made.register(Board(kind="complaint", column="status", fields=(), move=close))
    by_type = Board(kind="complaint", column="opinion_type", fields=(), move=close)
    case = factories.a_complaint()
    assert by_type.code_of(case) == str(case.opinion_type_id)
