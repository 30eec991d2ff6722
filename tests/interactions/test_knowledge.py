"""What is known of an account: R-010, R-013, R-017, R-018, R-024, R-186 on one page."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from crm.accounts.models import FieldRight, Role, User
from customers.duplicates import merging
from interactions.knowledge import services
from interactions.knowledge.models import LevelPair, TradingRating
from interactions.knowledge.reach import Answered, reach
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> User:
    factories.a_company()
    user = factories.an_administrator(first_name="Mei", last_name="Lin")
    client.force_login(user)
    return user


def knowledge(customer) -> str:
    return f"/customers/{customer.pk}/knowledge/"


def test_R_010_eight_items_with_date_and_author_keep_their_history_and_filter(client: Client, boss: User):
    account = factories.a_customer(name="Lotus", type="organisation")
    factories.a_customer(name="Other", type="organisation")
    for item, grade, note in (("credit", "B", ""), ("finance", "", "stable"), ("problems", "", "late deliveries")):
        assert client.post(knowledge(account), {"item": item, "grade": grade, "note": note}).status_code == 302
    page = client.get(knowledge(account))
    rows = {row.item.value: row.rating for row in page.context["items"]}
    assert len(rows) == 8
    assert (rows["credit"].grade, rows["finance"].note, rows["problems"].note) == ("B", "stable", "late deliveries")
    assert rows["credit"].rated_by == boss
    assert timezone.localdate(rows["credit"].rated_at) == timezone.localdate()
    assert rows["image"] is None
    assert client.get("/customers/?trading_credit=C").context["count"] == 0
    client.post(knowledge(account), {"item": "credit", "grade": "C", "note": ""})
    client.post(knowledge(account), {"item": "credit", "grade": "C", "note": ""})  # says nothing new
    found = TradingRating.objects.filter(item="credit").order_by("pk")
    assert [(each.grade, each.is_current) for each in found] == [("B", False), ("C", True)]
    assert [each.grade for each in client.get(knowledge(account)).context["past"]] == ["B"]
    assert client.get("/customers/?trading_credit=C").context["count"] == 1
    assert client.get("/customers/?trading_credit=B").context["count"] == 0
    columns = client.get("/customers/?columns=name,trading_credit&sort=trading_credit")
    assert columns.status_code == 200


def test_a_rating_says_something_and_what_was_typed_is_kept(client: Client, boss: User):
    account = factories.a_customer(type="organisation")
    page = client.post(knowledge(account), {"item": "credit", "grade": "", "note": " "})
    assert page.context["rating_form"].non_field_errors() == ["Give a grade or say it in words."]
    page = client.post(knowledge(account), {"item": "nothing", "grade": "Z", "note": "typed"})
    assert sorted(page.context["rating_form"].errors) == ["grade", "item"]
    assert 'value="typed"' in page.content.decode()
    person = factories.a_customer(type="person")
    assert client.post(knowledge(person), {"item": "credit", "grade": "A"}).status_code == 404
    assert TradingRating.objects.count() == 0


def test_who_may_not_read_finance_knows_neither_credit_nor_its_history(client: Client, boss: User):
    account = factories.a_customer(type="organisation")
    services.rate(account, "credit", grade="B", note="slow payer", user=boss)
    services.rate(account, "credit", grade="D", note="does not pay", user=boss)
    services.rate(account, "image", grade="A", note="well known", user=boss)
    role = Role.objects.get(code=Role.SERVICE_AGENT)
    FieldRight.objects.filter(role=role, sensitivity="finance").update(level="hidden")
    client.force_login(factories.a_user(role))
    html = client.get(knowledge(account)).content.decode()
    assert "well known" in html
    assert "pay" not in html.split("Trading status")[1].split("Talks and needs")[0]
    assert client.get("/customers/?trading_credit=D").status_code == 400


def test_R_013_a_map_of_three_levels_says_what_is_not_covered(client: Client, boss: User):
    account = factories.a_customer(name="Lotus", type="organisation")
    full = factories.a_customer(name="Covered", type="organisation")
    factories.a_customer(name="Person", type="person")
    chief, clerk = (factories.a_contact_person(customer=account, name=name) for name in ("Chief", "Clerk"))
    rep = factories.a_user(Role.SALES_REP)
    for level, staff, person in (("executive", boss, chief), ("working", rep, clerk)):
        data = {"part": "level", "level": level, "staff": staff.pk, "person": person.pk}
        assert client.post(knowledge(account), data).status_code == 302
    at = datetime(2026, 5, 4, 2, tzinfo=UTC)
    factories.a_contact(customer=account, person=clerk, staff=rep, occurred_at=at)
    for level in LevelPair.Level.values:
        services.match(full, level, staff=rep, person=factories.a_contact_person(customer=full))
    page = client.get(knowledge(account))
    rows = [
        (row.code, row.pair.person.name if row.pair else "", row.pair.last if row.pair else None)
        for row in page.context["levels"]
    ]
    assert rows == [("executive", "Chief", None), ("manager", "", None), ("working", "Clerk", at)]
    assert '<td colspan="4" class="text-danger">not covered</td>' in page.content.decode()
    address = "/customers/?uncovered_levels_min=1&columns=name,uncovered_levels,owner"
    assert address.replace("&", "&amp;") in page.content.decode()
    listed = client.get(address)
    assert listed.context["count"] == 1
    assert "Lotus" in listed.content.decode()
    pair = LevelPair.objects.get(customer=account, level="working")
    assert client.post(f"/customers/{account.pk}/knowledge/levels/{pair.pk}/").status_code == 302
    assert client.get("/customers/?uncovered_levels_min=2").context["count"] == 1


def test_a_person_of_another_customer_covers_nothing(client: Client, boss: User):
    account = factories.a_customer(type="organisation")
    other = factories.a_contact_person()
    data = {"part": "level", "level": "working", "staff": boss.pk, "person": other.pk}
    assert list(client.post(knowledge(account), data).context["level_form"].errors) == ["person"]


def test_R_018_six_calls_and_four_mails_recommend_the_mail(client: Client, boss: User):
    li = factories.a_customer(name="Li Na")
    phone, mail = factories.the_channel("phone"), factories.the_channel("email")
    now = timezone.now()
    for number in range(6):
        factories.a_contact(
            customer=li, channel=phone, is_answered=number == 0, occurred_at=now - timedelta(days=number)
        )
    for number in range(4):
        factories.a_contact(
            customer=li, channel=mail, is_answered=number != 0, occurred_at=now - timedelta(days=number)
        )
    factories.a_contact(customer=li, channel=phone, direction="inbound", occurred_at=now)
    page = client.get(knowledge(li), {"part": "summary"})
    assert page.context["recommended"] == f"{mail} (75% vs 17%)"
    assert f"{mail} (75% vs 17%)" in page.content.decode()


def test_R_018_the_best_time_is_the_weekday_and_hours_answered_most(boss: User):
    def contact(day: int, hour: int, is_answered: bool) -> dict:
        at = datetime(2026, 5, day, hour, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
        return {"direction": "outbound", "channel": 1, "is_answered": is_answered, "occurred_at": at}

    tuesdays = [contact(day, 16, day != 5) for day in (5, 12, 19, 26)]
    mondays = [contact(day, 10, day == 4) for day in (4, 11, 18)]
    twice = [contact(6, 10, True), contact(13, 10, True)]  # too few to say anything
    found = reach(tuesdays + mondays + twice, ZoneInfo("Asia/Shanghai"))
    assert found.best_time == Answered((2, 15, 18), 4, 3)
    assert [each.share for each in found.times] == [Decimal("0.75"), Decimal(1) / 3]
    assert reach([], ZoneInfo("Asia/Shanghai")).best is None
    assert reach([contact(4, 9, False)] * 3, ZoneInfo("Asia/Shanghai")).best is None


def test_R_024_and_R_017_rhythm_and_concerns_are_told_at_once(client: Client, boss: User):
    li = factories.a_customer(name="Li Na")
    now = timezone.now()
    for number, concern in enumerate(["price", "price", "quality", "price", "delivery", "", "", "", ""]):
        factories.a_contact(
            customer=li,
            concern=concern,
            occurred_at=now - timedelta(days=9 * number, minutes=1),
            direction="inbound" if number == 0 else "outbound",
        )
    factories.a_contact(customer=li, concern="quality", occurred_at=now - timedelta(days=100))
    context = client.get(knowledge(li), {"part": "summary"}).context
    assert (context["per_month"], context["outbound"], context["inbound"]) == (3, 8, 1)
    assert [(each["code"], each["count"], each["before"]) for each in context["concerns"]] == [
        ("price", 3, 1),
        ("quality", 2, 0),
        ("delivery", 1, 1),
    ]
    assert context["concerns"][0]["share"] == Decimal("0.5")


def test_R_186_needs_and_requests_of_the_customer_are_on_its_page(client: Client, boss: User):
    li = factories.a_customer(name="Li Na")
    factories.a_need(customer=li, title="Slow delivery", type="pain_point", importance=5)
    factories.a_need(customer=li, title="Gifts", importance=2)
    factories.a_need(customer=li, title="Met long ago", status="met")
    factories.a_request(customer=li, title="Invoice in two parts")
    assert "hx-get" in client.get(li.get_absolute_url()).content.decode()
    context = client.get(knowledge(li), {"part": "summary"}).context
    assert [each.title for each in context["needs"]] == ["Slow delivery", "Gifts"]
    assert [each.title for each in context["requests"]] == ["Invoice in two parts"]


def test_strangers_see_nothing_and_write_nothing(client: Client, boss: User):
    account = factories.a_customer(type="organisation")
    client.force_login(factories.a_user(Role.SALES_REP, unit=factories.a_unit()))
    assert client.get(knowledge(account)).status_code == 404
    assert client.post(knowledge(account), {"item": "image", "grade": "A"}).status_code == 404
    assert TradingRating.objects.count() == 0


def test_of_two_merged_accounts_the_survivor_s_ratings_stay_current(boss: User):
    stays, goes = (factories.a_customer(name=f"Lotus {n}", type="organisation") for n in range(2))
    services.rate(stays, "credit", grade="A", note="", user=boss)
    services.rate(goes, "credit", grade="D", note="", user=boss)
    services.rate(goes, "image", grade="B", note="", user=boss)
    merging.merge(survivor=stays, duplicate=goes, user=boss)
    rows = stays.trading_ratings.order_by("item", "grade").values_list("item", "grade", "is_current")
    assert list(rows) == [("credit", "A", True), ("credit", "D", False), ("image", "B", True)]


def test_the_page_asks_as_much_for_many_records(client: Client, boss: User, django_assert_max_num_queries):
    account = factories.a_customer(type="organisation")

    def fill(count: int) -> None:
        for _number in range(count):
            factories.a_contact(customer=account, concern="price")
            factories.a_need(customer=account)
            services.rate(account, "image", grade="", note=f"Note {_number} of {count}", user=boss)

    fill(5)
    client.get(knowledge(account))
    with django_assert_max_num_queries(12) as few:
        client.get(knowledge(account))
    fill(45)
    with django_assert_max_num_queries(12) as many:
        client.get(knowledge(account))
    assert len(few) == len(many)
    with django_assert_max_num_queries(12):
        client.get(knowledge(account), {"part": "summary"})
