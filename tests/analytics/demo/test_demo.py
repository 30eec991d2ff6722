"""The demo company is the same for the same seed, carries its planted effects, and goes away without a trace."""

import datetime

import pytest
from django.core.management import CommandError, call_command

from analytics.demo import service
from analytics.demo.plan import Plan
from crm.accounts.models import Company, Region, Unit, User
from crm.records.models import Batch, SearchGram
from customers.models import Consent, ContactPerson, Customer
from customers.privacy import consents
from customers.quality import storing
from interactions.cases.models import Complaint, Enquiry
from interactions.contacts.models import ContactPlan, Interaction
from interactions.deals.models import Deal, DealLine, DealPhase
from interactions.knowledge.models import LevelPair
from interactions.orders.models import Order, OrderLine
from interactions.work.models import Task

UNTIL = datetime.date(2026, 3, 31)
pytestmark = pytest.mark.django_db


def small(**changes: object) -> Plan:
    return Plan(**{"until": UNTIL, "customers": 60, **changes})


def fingerprint() -> list[tuple]:
    return list(
        OrderLine.objects.order_by("order__number", "position").values_list(
            "order__number", "order__occurred_at", "order__customer__name", "product__name", "quantity", "amount"
        )
    )


def test_the_same_seed_makes_the_same_company():
    service.create(small())
    first = fingerprint()
    service.remove()
    service.create(small())
    again = fingerprint()
    assert len(first) > 300
    # numbers go on counting after a removal; everything else is the same
    assert [row[1:] for row in again] == [row[1:] for row in first]


def test_another_seed_makes_another_company():
    service.create(small())
    first = fingerprint()
    service.remove()
    service.create(small(seed=8))
    assert [row[1:] for row in fingerprint()] != [row[1:] for row in first]


def test_orders_add_up_from_their_lines():
    service.create(small())
    for order in Order.objects.prefetch_related("lines"):
        assert order.net_amount == round(sum(line.amount for line in order.lines.all()), 2)
        assert order.gross_amount == (0 if order.type == "return" else order.net_amount)


def test_nothing_lies_after_the_last_day():
    service.create(small())
    for model in (Order, Interaction):
        assert max(each.occurred_at for each in model.objects.all()).date() <= UNTIL


def test_removal_leaves_an_empty_database():
    service.create(small())
    service.remove()
    left = {
        model.__name__: model.objects.count()
        for model in (
            Customer,
            Order,
            OrderLine,
            Interaction,
            Deal,
            DealLine,
            DealPhase,
            Task,
            User,
            Unit,
            Region,
            Batch,
            SearchGram,
            Company,
        )
    }
    assert left == dict.fromkeys(left, 0)
    assert Customer.history.count() == Order.history.count() == 0


def test_removal_keeps_what_is_not_demo():
    own = Customer.objects.create(name="Own customer")
    service.create(small())
    demo = Customer.objects.exclude(pk=own.pk).first()
    order = Order.objects.create(customer=demo)
    summary = service.remove()
    assert set(Customer.objects.values_list("pk", flat=True)) == {own.pk, demo.pk}
    assert list(Order.objects.values_list("pk", flat=True)) == [order.pk]
    assert summary["adopted"] >= 1


def test_deals_add_up_and_stand_in_the_stage_of_their_last_phase():
    service.create(small(customers=300))
    deals = list(Deal.objects.select_related("stage").prefetch_related("lines", "phases"))
    assert len(deals) == 48
    for deal in deals:
        assert deal.amount == round(sum(line.amount for line in deal.lines.all()), 2)
        assert deal.weighted_amount == round(deal.amount * deal.probability / 100, 2)
        phases = list(deal.phases.all())
        assert [each.left_at for each in phases] == [*(each.entered_at for each in phases[1:]), None]
        assert (phases[0].stage.code, phases[-1].stage) == ("qualified", deal.stage)
        assert deal.status == deal.stage.outcome
    assert {deal.status for deal in deals} == {"open", "won", "lost"}
    opened = [deal for deal in deals if deal.is_open]
    assert Task.objects.filter(about_type__model="deal").count() == len(opened) > 5


def test_a_second_demo_company_is_refused():
    service.create(small())
    with pytest.raises(CommandError, match="--remove"):
        call_command("demo", customers=10, until=UNTIL, verbosity=0)
    assert Customer.objects.count() == 60


def test_if_empty_adds_nothing_to_records_of_ones_own():
    Customer.objects.create(name="Own customer")
    call_command("demo", if_empty=True, verbosity=0)
    assert Customer.objects.count() == 1


def test_planted_effects_are_there_with_their_sign():
    effects = service.create(small(customers=600))["effects"]
    assert effects["fault_complaints_per_line"] > 5 * effects["other_complaints_per_line"]
    assert effects["slipping_region_change"] < effects["other_regions_change"] - 0.25
    assert effects["over_contacting_answered"] < effects["others_answered"] - 0.2
    assert effects["customers_leaving_for_competitor"] >= 5


def test_work_is_waiting_at_the_end_of_the_last_day():
    service.create(Plan(until=UNTIL, customers=600))
    end = datetime.datetime.combine(UNTIL, datetime.time(23, 59), datetime.UTC)
    waiting = [case for model in (Complaint, Enquiry) for case in model.objects.open()]
    assert len(waiting) >= 4
    assert any(case.due_at < end for case in waiting)
    for username in ("rep", "service", "manager"):
        assert Task.objects.filter(staff__username=username, status="open", due_at__lt=end).count() >= 2


def test_customers_agree_to_some_things_and_what_holds_is_what_was_said_last():
    service.create(small())
    assert Consent.objects.filter(state="given").count() > 40
    assert Consent.objects.filter(state="withdrawn").count() > 1
    for customer in Customer.objects.all():
        assert customer.consents == consents.holding(customer.pk)
    reached = Customer.objects.reachable("email", "marketing").count()
    assert 20 < reached < 50
    service.remove()
    assert Consent.objects.count() == 0


def test_accounts_have_persons_pairs_and_a_plan_of_contacts():
    ContactPlan.objects.create(month=datetime.date(2026, 3, 1), relation_class="key", planned=4)
    service.create(small())
    accounts = Customer.objects.filter(contact_persons__isnull=False).distinct()
    assert {each.type for each in accounts} == {"organisation"}
    assert ContactPerson.objects.count() == 3 * accounts.count() > 10
    pairs = LevelPair.objects.select_related("person", "staff__role")
    assert 0 < pairs.count() < ContactPerson.objects.count()  # some levels nobody covers
    assert all(pair.person.customer_id == pair.customer_id for pair in pairs)
    assert {pair.staff.role.code for pair in pairs if pair.level == "executive"} <= {"executive"}
    assert Interaction.objects.filter(person__isnull=False).exists()
    months = set(ContactPlan.objects.values_list("month", flat=True))
    assert len(months) == 7
    assert ContactPlan.objects.get(month=datetime.date(2026, 3, 1), relation_class="key").planned == 4
    first = list(pairs.values_list("customer__name", "level", "person__name"))
    service.remove()
    assert not ContactPerson.objects.exists()
    assert not SearchGram.objects.exists()
    assert [plan.planned for plan in ContactPlan.objects.all()] == [4]  # that of your own
    ContactPlan.objects.all().delete()
    service.create(small())
    assert list(LevelPair.objects.values_list("customer__name", "level", "person__name")) == first


def test_files_of_customers_have_errors_and_gaps_to_be_found():
    service.create(small(customers=400))
    storing.catch_up()
    persons = Customer.objects.filter(type="person")
    without = persons.filter(birth_date__isnull=True).count() / persons.count()
    assert 0.05 < without < 0.11
    codes = [code for each in Customer.objects.all() for code in (each.problems or {}).items()]
    assert set(codes) == {
        ("phone", "impossible"),
        ("address", "no_number"),
        ("tax_number", "check_digit"),
    }
    assert 0.05 < len(codes) / 400 < 0.11
