"""R-011 and R-014: who belongs to whom among customers, and who decides within one."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.accounts.models import AccessRule, Role, User
from customers.models import Customer, CustomerRelation
from customers.relations import pages, services
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> User:
    factories.a_company()
    user = factories.an_administrator()
    client.force_login(user)
    return user


def an_organisation(name: str, *amounts: int, **values: object) -> Customer:
    found = factories.a_customer(name=name, type="organisation", **values)
    for amount in amounts:
        factories.an_order([(1, amount)], customer=found)
    return found


def below(upper: Customer, lower: Customer, type: str = "dealer") -> CustomerRelation:
    return services.relate(upper=upper, lower=lower, type=type, user=None)


def test_R_011_an_account_shows_five_downstream_customers_with_their_orders_and_the_sum(client, administrator):
    pharma = an_organisation("Pharma", 100)
    dealers = [an_organisation(f"Dealer {at}", 10 * at, 1) for at in (1, 2, 3)]
    hospitals = [an_organisation(f"Hospital {at}", 5) for at in (1, 2)]
    for dealer in dealers:
        below(pharma, dealer)
    below(pharma, hospitals[0], "hospital")
    below(dealers[0], hospitals[1], "hospital")
    found = services.tree(pharma, administrator)
    assert (found.below, found.orders, found.amount) == (5, 9, Decimal(173))
    shown = [(each.customer.name, each.depth, each.orders, each.amount) for each in found.nodes]
    assert shown[:3] == [("Pharma", 0, 1, 100), ("Dealer 1", 1, 2, 11), ("Hospital 2", 2, 1, 5)]
    page = client.get(f"/customers/{pharma.pk}/account/").content.decode()
    assert "5 customers below" in page
    assert "173.00" in page
    part = client.get(f"/customers/{pharma.pk}/account/?part=tree").content.decode()
    assert "Hospital 2" in part and "<html" not in part
    assert f"/customers/{pharma.pk}/account/" in client.get(pharma.get_absolute_url()).content.decode()


def test_a_relation_is_added_and_ended_on_the_page(client, administrator):
    one, two = an_organisation("One"), an_organisation("Two")
    url = f"/customers/{one.pk}/account/"
    sent = {"other": two.pk, "is_above": "false", "type": "branch", "note": "since 2020"}
    assert client.post(url, sent).status_code == 302
    relation = CustomerRelation.objects.get()
    assert (relation.upper, relation.lower, relation.created_by) == (one, two, administrator)
    again = client.post(url, sent)
    assert "Two stands below One already." in again.content.decode()
    circle = client.post(f"/customers/{two.pk}/account/", sent | {"other": one.pk})
    assert "cannot stand above and below the same customer" in circle.content.decode()
    assert "since 2020" in circle.content.decode()  # what was typed stays
    assert client.post(f"{url}{relation.pk}/delete/").status_code == 302
    assert not CustomerRelation.objects.exists()
    assert relation.history.count() == 2


def test_circles_over_several_customers_are_refused():
    one, two, three = (an_organisation(name) for name in "ABC")
    below(one, two)
    below(two, three)
    with pytest.raises(services.RelationError):
        below(three, one)
    with pytest.raises(services.RelationError):
        below(one, one)


def test_a_tree_holds_only_customers_the_reader_may_see(client):
    factories.a_company()
    AccessRule.objects.filter(role__code=Role.SALES_REP, kind="customer").update(view="own", change="own")
    rep = factories.a_user()
    client.force_login(rep)
    own, foreign = an_organisation("Own", owner=rep), an_organisation("Foreign", 50)
    relation = below(own, foreign)
    assert services.tree(own, rep).below == 0
    assert "Foreign" not in client.get(f"/customers/{own.pk}/account/").content.decode()
    assert client.get(f"/customers/{foreign.pk}/account/").status_code == 404
    refused = client.post(f"/customers/{own.pk}/account/", {"other": foreign.pk, "is_above": "true", "type": "branch"})
    assert (refused.status_code, CustomerRelation.objects.count()) == (200, 1)
    assert client.post(f"/customers/{foreign.pk}/account/{relation.pk}/delete/").status_code == 404


def test_a_larger_tree_asks_no_more(administrator):
    top = an_organisation("Top")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            services.tree(top, administrator)
        return len(found)

    for name in "ABCDE":
        below(top, an_organisation(name, 5))
    queries()  # the rights of the reader are read once
    few = queries()
    last = top
    for at in range(6):
        below(last, an_organisation(f"Deep {at}", 5))
        last = Customer.objects.get(name=f"Deep {at}")
    assert queries() == few <= 4


def test_R_014_the_buying_centre_warns_of_a_negative_key_person(client, administrator):
    firm = an_organisation("Firm")
    people = [
        ("Wang", "technical", "negative", True),
        ("Li", "decision", "positive", False),
        ("Zhao", "user", "neutral", False),
        ("Sun", "", "", False),
    ]
    for name, role, attitude, is_key in people:
        factories.a_contact_person(customer=firm, name=name, buying_role=role, attitude=attitude, is_key_person=is_key)
    parts = pages.buying_centre(firm, administrator)
    assert {str(part.code): [each.name for each in part.persons] for part in parts} == {
        "decision": ["Li"], "technical": ["Wang"], "business": [], "user": ["Zhao"], "other": ["Sun"],
    }  # fmt: skip
    assert [text for text, _code in pages.warnings(parts)] == ["judges the technology: key person Wang is negative."]
    page = client.get(f"/customers/{firm.pk}/account/").content.decode()
    assert "key person Wang is negative" in page
    link = page.split('btn btn-sm ms-auto" href="')[1].split('"')[0].replace("&amp;", "&")
    task = client.get(link).content.decode()
    assert "key person Wang is negative" in task  # the suggested task has its title
