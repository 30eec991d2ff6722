"""Two customers into one, and back: values, every relation, history, numbers, rights."""

from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from analytics.models import Alert, CustomerFigures, Run, Segment, SegmentMembership, StageChange
from crm.accounts.models import AccessLog, Role
from crm.records import services
from crm.records.models import Attachment, SearchGram
from customers.duplicates import merging, relations, sweep
from customers.duplicates.merging import MergeRefused, merge, undo
from customers.models import Consent, Customer, CustomerMerge, CustomerRelation, DuplicateKey, DuplicatePair, Tag
from interactions.cases.desk_models import CasePresence
from interactions.models import LevelPair, TradingRating
from interactions.orders.models import Order
from interactions.work.models import Task
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    factories.a_company()
    return factories.a_user(Role.MANAGER, unit=factories.a_unit("shanghai"))


@pytest.fixture
def pair(manager):
    """R-005: a known organisation and its double, with 3 and 2 orders."""
    values = {"type": "organisation", "phone": "+862155550101", "unit": manager.unit, "owner": manager}
    survivor = factories.a_customer(name="上海华信科技有限公司", **values)
    duplicate = factories.a_customer(name="華信科技(上海)", city="Shanghai", **values)
    for customer, count in ((survivor, 3), (duplicate, 2)):
        for _each in range(count):
            factories.an_order(customer=customer, lines=[(1, 100)])
    return survivor, duplicate


def refreshed(*customers: Customer) -> list[Customer]:
    return [Customer.objects.get(pk=each.pk) for each in customers]


# the worked example ---------------------------------------------------------------------------------------------------


def test_R_005_listed_as_duplicate_merged_five_orders_old_number_redirects(client, pair, manager):
    survivor, duplicate = pair
    sweep.sweep()
    client.force_login(manager)
    listed = client.get("/customers/duplicates/")
    (shown,) = listed.context["pairs"]
    assert (shown["pair"].score, shown["pair"].reasons) == (96, ["phone", "name"])
    assert shown["may_merge"] and shown["reasons"] == ("same phone", "similar name")
    url = reverse("customers:customer_merge", args=[survivor.pk, duplicate.pk])
    page = client.get(url)
    assert [row["texts"] for row in page.context["rows"]][0] == ["上海华信科技有限公司", "華信科技(上海)"]
    versions = {f"version-{each.pk}": each.version for each in (survivor, duplicate)}
    assert client.post(url, versions).url == survivor.get_absolute_url()
    survivor, duplicate = refreshed(*pair)
    assert survivor.orders.count() == 5
    assert sum(order.net_amount for order in survivor.orders.all()) == 500
    assert survivor.city == "Shanghai"
    for old in (duplicate.get_absolute_url(), f"/customers/number/{duplicate.number}/"):
        assert client.get(old).url == survivor.get_absolute_url()
    assert client.get(f"/api/v1/customers/{duplicate.pk}").url == f"/api/v1/customers/{survivor.pk}"
    assert client.get(f"/customers/number/{survivor.number}/").url == survivor.get_absolute_url()
    assert client.get("/customers/duplicates/").context["pairs"] == []
    assert client.get("/customers/", {"q": "华信"}).context["count"] == 1
    assert client.get("/customers/recycle-bin/").context["count"] == 0
    log = AccessLog.objects.get(kind="customer")
    assert log.detail == {"merged": duplicate.number, "into": survivor.number, "merge": CustomerMerge.objects.get().pk}
    rep = factories.a_user(Role.SALES_REP, unit=factories.a_unit("beijing"))
    client.force_login(rep)
    assert client.get(duplicate.get_absolute_url()).status_code == 404
    assert client.get(f"/customers/number/{duplicate.number}/").status_code == 404


def test_R_005_a_merge_is_taken_back_with_everything_that_moved(client, pair, manager):
    survivor, duplicate = pair
    before = {each.pk: list(each.orders.order_by("pk").values_list("pk", flat=True)) for each in pair}
    done = merge(survivor=survivor, duplicate=duplicate, user=manager)
    later = factories.an_order(customer=survivor)
    client.force_login(manager)
    page = client.get(f"/customers/merges/{done.pk}/")
    assert page.context["moved"] == [("orders", 2)]
    assert page.context["against"] == []
    assert [entry.action for entry in page.context["entries"]] == ["merged into another record", "created"]
    assert client.post(f"/customers/merges/{done.pk}/undo/").url == duplicate.get_absolute_url()
    survivor, duplicate = refreshed(*pair)
    assert (survivor.city, duplicate.city) == ("", "Shanghai")
    assert (duplicate.is_deleted, duplicate.merged_into) == (False, None)
    orders = {each.pk: list(each.orders.order_by("pk").values_list("pk", flat=True)) for each in pair}
    assert orders == {survivor.pk: [*before[survivor.pk], later.pk], duplicate.pk: before[duplicate.pk]}
    assert client.get(duplicate.get_absolute_url()).status_code == 200
    assert client.get("/customers/", {"q": "華信"}).context["count"] == 1
    with pytest.raises(MergeRefused):
        undo(done, user=manager)


# values ---------------------------------------------------------------------------------------------------------------


def test_each_value_is_chosen_and_history_tells_it(pair, manager):
    survivor, duplicate = pair
    survivor.became_customer_on, duplicate.became_customer_on = date(2024, 5, 1), date(2023, 1, 1)
    for each, needs in ((survivor, "Fast"), (duplicate, "Cheap")):
        each.needs = needs
        each.custom = {"shared": needs, needs.lower(): 1}
        services.save(each, user=manager)
    teas, silks = Tag.objects.create(name="Teas"), Tag.objects.create(name="Silks")
    survivor.tags.add(teas)
    duplicate.tags.add(teas, silks)
    merge(survivor=survivor, duplicate=duplicate, user=manager, take=["needs"], keep=["city"])
    (survivor, duplicate) = refreshed(*pair)
    assert (survivor.needs, survivor.city, survivor.became_customer_on) == ("Cheap", "", date(2023, 1, 1))
    assert survivor.custom == {"shared": "Fast", "fast": 1, "cheap": 1}
    assert set(survivor.tags.all()) == {teas, silks}
    latest = survivor.history.first()
    assert (latest.needs, latest.history_user) == ("Cheap", manager)
    moved = Order.objects.filter(customer=survivor).order_by("-pk").first()
    versions = [(each.customer_id, each.history_user) for each in moved.history.order_by("-history_id")[:2]]
    assert versions[0] == (survivor.pk, manager)
    assert versions[1][0] == duplicate.pk
    assert duplicate.history.count() > 1


def test_a_merge_of_what_was_changed_meanwhile_is_refused_and_keeps_the_choices(client, pair, manager):
    survivor, duplicate = pair
    url = reverse("customers:customer_merge", args=[survivor.pk, duplicate.pk])
    sent = {f"version-{each.pk}": each.version for each in pair} | {"choice-name": "duplicate"}
    survivor.needs = "Changed"
    services.save(survivor, user=manager)
    client.force_login(manager)
    answer = client.post(url, sent)
    assert answer.status_code == 409
    assert next(row for row in answer.context["rows"] if row["name"] == "name")["takes_duplicate"]
    assert not CustomerMerge.objects.exists()


def test_who_may_not_read_a_field_neither_sees_nor_chooses_it(client, pair, manager):
    from crm.accounts.models import FieldRight

    survivor, duplicate = pair
    Customer.objects.filter(pk=survivor.pk).update(tax_number="91310000AAAA")
    Customer.objects.filter(pk=duplicate.pk).update(tax_number="91310000BBBB")
    right = FieldRight.objects.filter(role=manager.role, sensitivity="identity")
    right.update(level="masked")
    client.force_login(manager)
    url = reverse("customers:customer_merge", args=[survivor.pk, duplicate.pk])
    html = client.get(url).content.decode()
    assert "AAAA" not in html and "BBBB" not in html and "choice-tax_number" not in html
    client.post(url, {"choice-tax_number": "duplicate"})
    assert refreshed(survivor)[0].tax_number == "91310000AAAA"


# what speaks against --------------------------------------------------------------------------------------------------


def test_what_is_gone_or_the_same_is_not_merged(pair, manager):
    survivor, duplicate = pair
    with pytest.raises(MergeRefused):
        merge(survivor=survivor, duplicate=survivor, user=manager)
    services.delete(duplicate, user=manager)
    with pytest.raises(MergeRefused):
        merge(survivor=survivor, duplicate=duplicate, user=manager)


def test_a_merge_is_not_taken_back_against_what_came_after(client, pair, manager):
    survivor, duplicate = pair
    done = merge(survivor=survivor, duplicate=duplicate, user=manager)
    moved = Order.objects.get(pk=done.moved[0]["ids"][0])
    moved.customer = factories.a_customer(name="Third", unit=manager.unit, owner=manager)
    services.save(moved, user=manager)
    (survivor,) = refreshed(survivor)
    survivor.city = "Suzhou"
    services.save(survivor, user=manager)
    with pytest.raises(MergeRefused) as refused:
        undo(done, user=manager)
    assert str(refused.value) == (
        "Changed since: city. 1 record that came with the merge belongs to another customer by now."
    )
    client.force_login(manager)
    assert len(client.get(f"/customers/merges/{done.pk}/").context["against"]) == 2
    assert client.post(f"/customers/merges/{done.pk}/undo/").url == f"/customers/merges/{done.pk}/"


def test_merges_lead_on_step_by_step_and_are_undone_from_the_last(pair, manager):
    survivor, duplicate = pair
    third = factories.a_customer(name="Third", unit=manager.unit)
    first = merge(survivor=survivor, duplicate=duplicate, user=manager)
    second = merge(survivor=third, duplicate=survivor, user=manager)
    assert third.orders.count() == 5
    assert merging.survivor_of(duplicate.number, manager) == third
    with pytest.raises(MergeRefused):
        undo(first, user=manager)
    undo(second, user=manager)
    assert merging.survivor_of(duplicate.number, manager) == survivor
    undo(first, user=manager)
    assert [each.orders.count() for each in (survivor, duplicate, third)] == [3, 2, 0]


def test_what_is_written_to_a_merged_customer_afterwards_follows_it(pair, manager):
    survivor, duplicate = pair
    merge(survivor=survivor, duplicate=duplicate, user=manager)
    factories.an_order(customer=duplicate)  # by somebody who had read it before
    assert merging.gather() == 1
    assert (survivor.orders.count(), duplicate.orders.count()) == (6, 0)
    assert merging.gather() == 0


def test_who_is_not_the_duplicate_is_not_the_survivor(pair, manager):
    survivor, duplicate = pair
    other = factories.a_customer(name="华信科技(上海)", type="organisation", phone="+862155550101", unit=manager.unit)
    sweep.sweep()
    pairs = DuplicatePair.objects
    assert pairs.open().count() == 3 and pairs.values("group").distinct().count() == 1
    pairs.between(duplicate.pk, other.pk).update(status="dismissed")
    merge(survivor=survivor, duplicate=duplicate, user=manager)
    sweep.sweep()
    assert pairs.open().of_kept().count() == 0
    assert pairs.between(survivor.pk, other.pk).get().status == "dismissed"


# every relation -------------------------------------------------------------------------------------------------------


def _figures(customer: Customer) -> None:
    CustomerFigures.objects.create(run=Run.objects.create(as_of=date(2024, 5, 1)), customer=customer)


def _membership(customer: Customer) -> None:
    segment, _made = Segment.objects.get_or_create(code="key", defaults={"name": "Key", "purpose": "Known", "rule": {}})
    SegmentMembership.objects.create(segment=segment, customer=customer, entered_on=date(2024, 5, 1))


def _alert(customer: Customer) -> None:
    Alert.objects.create(customer=customer, band="high", opened_on=date(2024, 5, 1))


def _stage(customer: Customer) -> None:
    StageChange.objects.create(customer=customer, run=Run.objects.create(as_of=date(2024, 5, 1)), on=date(2024, 5, 1))


def _tag(customer: Customer) -> None:
    customer.tags.add(Tag.objects.get_or_create(name="Teas")[0])


def _task_about(customer: Customer) -> None:
    factories.a_task(about_type=ContentType.objects.get_for_model(Customer), about_id=customer.pk)


def _presence(customer: Customer) -> None:
    CasePresence.objects.create(kind="customer", object_id=customer.pk, user=factories.a_user())


# relation -> how a row of it is made. A new relation fails the suite until it is listed here.
def _relation(**ends: Customer) -> CustomerRelation:
    return CustomerRelation.objects.create(**ends)


A_ROW_OF = {
    "analytics.Alert.customer": _alert,
    "analytics.CustomerFigures.customer": _figures,
    "analytics.CostEntry.customer": lambda customer: factories.a_cost_entry(customer=customer),
    "analytics.SegmentMembership.customer": _membership,
    "analytics.StageChange.customer": _stage,
    "records.Attachment.object_id": lambda customer: Attachment.objects.create(
        kind="customer", object_id=customer.pk, file="attachments/none", name="none.pdf", size=1, format="pdf"
    ),
    "customers.Consent.customer": lambda customer: Consent.objects.create(
        customer=customer, channel=factories.the_channel("email"), purpose="survey", state="given"
    ),
    "customers.ContactPerson.customer": lambda customer: factories.a_contact_person(customer=customer),
    "customers.CustomerRelation.upper": lambda customer: _relation(upper=customer, lower=factories.a_customer()),
    "customers.CustomerRelation.lower": lambda customer: _relation(upper=factories.a_customer(), lower=customer),
    "customers.Customer_tags.customer": _tag,
    "interactions.CasePresence.object_id": _presence,
    "interactions.CustomerNeed.customer": lambda customer: factories.a_need(customer=customer),
    "interactions.SpecialRequest.customer": lambda customer: factories.a_request(customer=customer),
    "interactions.Complaint.customer": lambda customer: factories.a_complaint(customer=customer),
    "interactions.Deal.customer": lambda customer: factories.a_deal(customer=customer),
    "interactions.Enquiry.customer": lambda customer: factories.an_enquiry(customer=customer),
    "interactions.Interaction.customer": lambda customer: factories.a_contact(customer=customer),
    "interactions.LevelPair.customer": lambda customer: LevelPair.objects.create(
        customer=customer,
        level="manager",
        staff=factories.a_user(),
        person=factories.a_contact_person(customer=factories.a_customer()),
    ),
    "interactions.TradingRating.customer": lambda customer: TradingRating.objects.create(
        customer=customer, item=TradingRating.Item.values[0], grade=TradingRating.Grade.values[0]
    ),
    "interactions.AfterSales.customer": lambda customer: factories.a_record("after_sales", customer=customer),
    "interactions.Order.customer": lambda customer: factories.an_order(customer=customer),
    "interactions.Task.customer": lambda customer: factories.a_task(customer=customer),
    "interactions.Task.about": _task_about,
}
STAY = {
    "accounts.AccessLog.object_id",
    "analytics.CustomerFigures.customer",
    "customers.Customer.merged_into",
    "customers.CustomerMerge.duplicate",
    "customers.CustomerMerge.survivor",
    "customers.DuplicateKey.customer",
    "customers.DuplicatePair.first",
    "customers.DuplicatePair.second",
    "customers.Erasure.customer",
    "customers.PersonalDataFile.customer",
    "records.ApiAnswer.object_id",
    "records.BulkRow.object_id",
    "records.ImportChange.object_id",
    "records.SearchGram.object_id",
    "records.WebhookDelivery.object_id",
}
STAY_WHERE_BOTH_HAVE_ONE = {
    "customers.Customer_tags.customer",
    "analytics.StageChange.customer",
    "interactions.LevelPair.customer",
    "interactions.TradingRating.customer",
}


@pytest.fixture
def known() -> dict[str, relations.Relation]:
    return {each.name: each for each in relations.all_relations()}


def test_every_relation_to_customers_is_known(known):
    assert set(known) == set(A_ROW_OF) | STAY
    assert {name for name, each in known.items() if each.rule.stays} == STAY
    assert set(relations.rules()) <= set(known)


def test_every_related_row_moves_exactly_once_and_back(known, manager):
    survivor, duplicate = (factories.a_customer(name=name, unit=manager.unit) for name in ("Stays", "Goes"))
    for make in A_ROW_OF.values():
        make(duplicate)
    before = {name: each.rows(duplicate.pk).count() for name, each in known.items()}
    assert all(before[name] for name in A_ROW_OF)
    moving = {name for name in A_ROW_OF if name not in STAY}
    total = {name: known[name].model._base_manager.count() for name in moving}
    done = merge(survivor=survivor, duplicate=duplicate, user=manager)
    for name in moving:
        counts = (known[name].rows(survivor.pk).count(), known[name].rows(duplicate.pk).count())
        assert counts == (before[name], 0), name
    undo(done, user=manager)
    for name in moving:
        counts = (known[name].rows(survivor.pk).count(), known[name].rows(duplicate.pk).count())
        assert counts == (0, before[name]), name
        assert known[name].model._base_manager.count() == total[name]


def test_rows_that_contradict_one_of_the_survivor_are_settled_or_stay(known, manager):
    survivor, duplicate = (factories.a_customer(name=name, unit=manager.unit) for name in ("Stays", "Goes"))
    for make in A_ROW_OF.values():
        make(survivor)
        make(duplicate)
    before = {name: each.rows(duplicate.pk).count() for name, each in known.items()}
    done = merge(survivor=survivor, duplicate=duplicate, user=manager)
    for name in set(A_ROW_OF) - STAY - STAY_WHERE_BOTH_HAVE_ONE:
        counts = (known[name].rows(survivor.pk).count(), known[name].rows(duplicate.pk).count())
        assert counts == (2 * before[name], 0), name
    assert sorted(survivor.alerts.values_list("status", flat=True)) == ["cleared", "open"]
    assert survivor.segment_memberships.filter(left_on__isnull=True).count() == 1
    assert survivor.tags.count() == 1
    undo(done, user=manager)
    assert duplicate.alerts.get().status == "open"
    assert duplicate.segment_memberships.get().left_on is None
    assert duplicate.alerts.get().closed_on is None
    assert [each.tags.count() for each in (survivor, duplicate)] == [1, 1]


def test_a_relation_between_the_two_does_not_become_one_to_itself(manager):
    survivor, duplicate = (factories.a_customer(name=name, unit=manager.unit) for name in ("Stays", "Goes"))
    between = CustomerRelation.objects.create(upper=survivor, lower=duplicate)
    back = CustomerRelation.objects.create(upper=duplicate, lower=survivor)
    undo(merge(survivor=survivor, duplicate=duplicate, user=manager), user=manager)
    for each in (between, back):
        ends = (each.upper_id, each.lower_id)
        each.refresh_from_db()
        assert (each.upper_id, each.lower_id) == ends


def test_moved_records_are_read_anew_by_the_facts(pair, manager):
    survivor, duplicate = pair
    before = dict(duplicate.orders.values_list("pk", "modified_at"))
    merge(survivor=survivor, duplicate=duplicate, user=manager)
    for pk, modified_at in before.items():
        order = Order.objects.get(pk=pk)
        assert order.modified_at > modified_at
        assert order.version == order.history.first().version


def test_search_and_keys_forget_the_duplicate_until_it_is_back(pair, manager):
    survivor, duplicate = pair
    done = merge(survivor=survivor, duplicate=duplicate, user=manager)
    assert not SearchGram.objects.filter(kind="customer", object_id=duplicate.pk).exists()
    undo(done, user=manager)
    assert SearchGram.objects.filter(kind="customer", object_id=duplicate.pk).exists()
    assert DuplicateKey.objects.filter(customer=duplicate).exists()


def test_custom_fields_that_point_at_the_duplicate_follow(pair, manager, monkeypatch):
    from crm.records.attributes import Type
    from crm.records.custom.attributes import CustomAttribute
    from crm.records.kinds import kinds

    survivor, duplicate = pair
    field = CustomAttribute("custom_referrer", "referrer", Type.RELATION, related="customer", name="referrer")
    kind = type("K", (), {"key": "task", "attributes": (field,), "model": Task})
    monkeypatch.setattr(merging, "kinds", type("Kinds", (), {
        "__iter__": lambda self: iter([kind]),
        "__getitem__": lambda self, key: kind if key == "task" else kinds[key],
        "of": lambda self, model: kinds.of(model),
    })())  # fmt: skip
    task = factories.a_task(custom={"referrer": duplicate.pk, "other": 1})
    done = merge(survivor=survivor, duplicate=duplicate, user=manager)
    assert Task.objects.get(pk=task.pk).custom == {"referrer": survivor.pk, "other": 1}
    undo(done, user=manager)
    assert Task.objects.get(pk=task.pk).custom == {"referrer": duplicate.pk, "other": 1}
