"""R-015: what a customer needs, prefers and comes from, on the page and in rules."""

import pytest
from django.test import Client

from analytics.segments import services
from crm.accounts.models import Company
from tests import factories
from tests.analytics import published

pytestmark = pytest.mark.django_db


def test_R_015_needs_preferences_and_background_are_shown_and_make_segments(client: Client) -> None:
    Company(name="Tea House", currency="CNY", time_zone="Asia/Shanghai").save()
    boss = factories.an_administrator()
    client.force_login(boss)
    customer = factories.a_customer(name="Li Na")
    factories.a_customer(name="Other", needs="lower price")
    texts = {"needs": "Faster delivery", "preferences": "weekend calls", "background": "family business"}
    data = {"type": "person", "name": "Li Na", "relation_class": "ordinary"}
    assert client.post(f"/customers/{customer.pk}/edit/", data | texts).status_code == 302
    page = client.get(customer.get_absolute_url()).content.decode()
    assert all(text in page for text in texts.values())
    published.publish(published.run("2026-05-20", {}))
    for key, word in (("needs", "faster"), ("preferences", "WEEKEND"), ("background", "family")):
        rule = {"all": [{"attribute": key, "op": "contains", "value": word}]}
        found = services.create(name=key, purpose="Calls", rule=rule, owner=boss, user=boss)
        assert [each.customer.name for each in found.memberships.all()] == ["Li Na"], key
