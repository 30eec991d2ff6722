"""Contacts, orders, cases and tasks as they are entered."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from crm.accounts.models import Company, ExchangeRate, Role
from crm.records import timeline
from interactions.cases.services import save_case
from interactions.models import Complaint, Interaction, Order, OrderLine, Task
from interactions.orders.services import record_return
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(client):
    user = factories.a_user(Role.ADMINISTRATOR, unit=factories.a_unit(), first_name="Wang")
    client.force_login(user)
    return user


def lines_of(*rows):
    data = {"lines-TOTAL_FORMS": str(len(rows)), "lines-INITIAL_FORMS": "0"}
    for at, row in enumerate(rows):
        data |= {f"lines-{at}-{name}": value for name, value in row.items()}
    return data


def test_r016_a_logged_visit_shows_on_the_timeline_and_its_next_step_becomes_a_task(client, rep):
    li = factories.a_customer(name="Li Na", owner=rep)
    product = factories.a_product(number="P-10")
    before = Interaction.objects.filter(unit=rep.unit).count()
    data = {"customer": li.pk, "subject": "Visit", "channel": factories.the_channel("visit").pk, "product": product.pk}
    data |= {"occurred_at": "2024-05-06T09:00", "direction": "outbound", "is_answered": "on", "result": "quote asked"}
    data |= {"next_step": "Send the quote", "next_step_on": "2024-05-12", "staff": rep.pk}
    answer = client.post("/contacts/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert [entry.title for entry in timeline.of(li, rep, group="contact").entries] == ["Visit"]
    task = Task.objects.get()
    assert (task.title, task.customer, task.staff, task.source) == ("Send the quote", li, rep, "follow_up")
    assert task.due_at.astimezone(Company.objects.current().zone).date() == date(2024, 5, 12)
    assert task.about == Interaction.objects.get()
    assert Interaction.objects.filter(unit=rep.unit).count() == before + 1


def test_the_composer_logs_in_one_go_and_asks_for_what_is_missing(client, rep):
    li = factories.a_customer(owner=rep)
    channel = factories.the_channel()
    data = {
        "customer": li.pk,
        "channel": channel.pk,
        "direction": "outbound",
        "subject": "Called",
        "next": f"/customers/{li.pk}/",
    }
    answer = client.post("/contacts/log/", data)
    assert (answer.status_code, answer.url) == (302, f"/customers/{li.pk}/")
    again = client.post("/contacts/log/", data | {"subject": "", "result": "kept"})
    assert again.status_code == 200
    assert again.context["form"]["result"].value() == "kept"
    assert Interaction.objects.count() == 1
    assert client.post("/contacts/log/", data | {"next": "https://elsewhere.example/"}).url == f"/customers/{li.pk}/"


def test_moving_the_next_step_moves_the_task(rep):
    contact = factories.a_contact(next_step="Call", next_step_on=date(2024, 5, 12))
    from interactions.contacts.services import save_contact

    contact.next_step_on = date(2024, 5, 20)
    save_contact(contact, user=rep)
    assert Task.objects.get().due_at.date() == date(2024, 5, 20)


def test_r026_an_order_of_two_lines_comes_to_550(client, rep):
    li, product = factories.a_customer(owner=rep), factories.a_product(number="P-10", price=100)
    data = {"customer": li.pk, "status": "confirmed", "occurred_at": "2024-05-06T09:00"}
    rows = [{"product": "p-10", "quantity": "3"}, {"product": product.name, "quantity": "1", "unit_price": "250"}]
    answer = client.post("/orders/new/", data | lines_of(*rows, {"product": "", "quantity": "1"}))
    assert answer.status_code == 302, (answer.context["form"].errors, answer.context["form"].lines.errors)
    order = Order.objects.get()
    assert (order.gross_amount, order.net_amount) == (Decimal(550), Decimal(550))
    assert [line.kind for line in order.lines.all()] == ["sale", "sale"]
    assert "550.00" in client.get(order.get_absolute_url()).content.decode()


def test_r029_a_return_of_one_unit_leaves_450(client, rep):
    order = factories.an_order([(3, 100), (1, 250)])
    line = order.lines.get(quantity=3)
    answer = client.post(f"/orders/{order.pk}/return/", {f"quantity_{line.pk}": "1"})
    assert answer.status_code == 302, answer.context["form"].errors
    back = Order.objects.get(return_of=order)
    assert (back.type, back.net_amount, back.gross_amount) == ("return", Decimal(-100), Decimal(0))
    assert [(each.kind, each.quantity) for each in back.lines.all()] == [("return", Decimal(-1))]
    assert order.amount_after_returns == Decimal(450)
    assert "450.00" in client.get(order.get_absolute_url()).content.decode()
    after_sales = timeline.of(order.customer, rep, group="after_sales").entries
    assert [(entry.kind.key, entry.pk) for entry in after_sales] == [("after_sales", back.after_sales_return.pk)]


def test_no_more_comes_back_than_was_sold(rep):
    order = factories.an_order([(3, 100)])
    line = order.lines.get()
    record_return(order, quantities={line.pk: Decimal(2)}, user=rep)
    with pytest.raises(ValidationError):
        record_return(order, quantities={line.pk: Decimal(2)}, user=rep)
    record_return(order, quantities={line.pk: Decimal(1)}, user=rep)
    assert order.amount_after_returns == 0


def test_lines_count_as_what_they_are():
    fee, product = factories.a_product(is_fee=True), factories.a_product()
    order = factories.an_order([(1, 100), (1, 10, fee), (-1, 100), (-1, 10, fee), (1, 0)], product=product)
    assert [line.kind for line in order.lines.all()] == ["sale", "fee", "adjustment", "cancelled_fee", "free"]
    assert (order.gross_amount, order.net_amount) == (Decimal(110), Decimal(0))


def test_amounts_of_a_foreign_order_are_in_the_base_currency(client, rep):
    factories.a_company(currency="CNY")
    ExchangeRate.objects.create(currency="USD", valid_from=date(2024, 1, 1), rate=Decimal("7.1"))
    li = factories.a_customer()
    product = factories.a_product(number="P-1")
    data = {"customer": li.pk, "status": "confirmed", "currency": "usd", "occurred_at": "2024-05-06T09:00"}
    row = {"product": "P-1", "quantity": "1", "unit_price": "100"}
    assert client.post("/orders/new/", data | lines_of(row)).status_code == 302
    assert Order.objects.get().net_amount == Decimal(710)
    early = client.post("/orders/new/", data | {"occurred_at": "2023-05-06T09:00"} | lines_of(row))
    assert "currency" in early.context["form"].errors
    assert product.order_lines.count() == 1


def test_an_order_needs_a_line_and_known_products(client, rep):
    li = factories.a_customer()
    data = {"customer": li.pk, "status": "confirmed"}
    empty = client.post("/orders/new/", data | lines_of({"product": "", "quantity": "1"}))
    assert empty.context["form"].lines.non_form_errors()
    unknown = client.post("/orders/new/", data | lines_of({"product": "no such", "quantity": "1"}))
    assert "product" in unknown.context["form"].lines.forms[0].errors
    for quantity in ("0", "NaN", "1e400", "x", "99999999999999"):
        wrong = client.post(
            "/orders/new/", data | lines_of({"description": "x", "quantity": quantity, "unit_price": "1"})
        )
        assert wrong.status_code == 200, quantity
    assert client.post("/orders/new/", data).status_code == 200
    assert not Order.objects.exists()


def test_lines_are_edited_added_and_removed(client, rep):
    order = factories.an_order([(3, 100), (1, 250)])
    first, second = order.lines.all()
    data = {"customer": order.customer_id, "status": "confirmed", "version": order.version}
    data |= {"occurred_at": "2024-05-06T09:00", "lines-TOTAL_FORMS": "3", "lines-INITIAL_FORMS": "2"}
    data |= {
        "lines-0-id": first.pk,
        "lines-0-product": first.product.number,
        "lines-0-quantity": "2",
        "lines-0-unit_price": "100",
    }
    data |= {
        "lines-1-id": second.pk,
        "lines-1-product": second.product.number,
        "lines-1-quantity": "1",
        "lines-1-DELETE": "on",
    }
    data |= {"lines-2-description": "Engraving", "lines-2-quantity": "1", "lines-2-unit_price": "50"}
    answer = client.post(f"/orders/{order.pk}/edit/", data)
    assert answer.status_code == 302, (answer.context["form"].errors, answer.context["form"].lines.errors)
    order.refresh_from_db()
    assert order.net_amount == Decimal(250)
    assert [(each.position, each.quantity) for each in order.lines.all()] == [(1, Decimal(2)), (2, Decimal(1))]
    assert OrderLine.objects.count() == 2


def test_r071_a_complaint_opens_with_number_deadline_and_shows_on_the_timeline(client, rep):
    east = factories.a_region("east", name="East")
    li = factories.a_customer(owner=rep, region=east)
    product, delivery = factories.a_product(number="P-10"), factories.an_opinion_type("delivery")
    data = {"title": "Parcel came late", "customer": li.pk, "opinion_type": delivery.pk, "product": product.pk}
    data |= {"severity": "high", "status": "open", "staff": rep.pk, "occurred_at": "2024-05-02T09:00"}
    answer = client.post("/complaints/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    case = Complaint.objects.get()
    assert (case.number, case.status, case.region, case.staff) == ("CP-000001", "open", east, rep)
    assert case.due_at - case.received_at == timedelta(hours=24)
    assert client.get("/complaints/?status=open").context["count"] == 1
    assert [entry.title for entry in timeline.of(li, rep).entries] == ["Parcel came late"]


def test_closing_a_case_needs_an_outcome_and_a_cause_where_it_failed(client, rep):
    case = factories.a_complaint()
    url = f"/complaints/{case.pk}/edit/"
    data = {
        "title": case.title,
        "customer": case.customer_id,
        "opinion_type": case.opinion_type_id,
        "severity": "normal",
    }
    data |= {
        "status": "closed",
        "version": case.version,
        "occurred_at": "2024-05-02T09:00",
        "received_at": "2024-05-02T09:00",
    }
    assert "outcome" in client.post(url, data).context["form"].errors
    assert "failure_cause" in client.post(url, data | {"outcome": "not_solved"}).context["form"].errors
    assert client.post(url, data | {"outcome": "solved"}).status_code == 302
    case.refresh_from_db()
    assert case.resolved_at is not None


def test_the_deadline_follows_severity_until_somebody_sets_another():
    case = factories.a_complaint(severity="normal", received_at=datetime(2024, 5, 2, 9, tzinfo=UTC))
    assert case.due_at == datetime(2024, 5, 4, 9, tzinfo=UTC)
    case.severity = "high"
    save_case(case, user=None)
    assert case.due_at == datetime(2024, 5, 3, 9, tzinfo=UTC)
    case.due_at = datetime(2024, 5, 10, 9, tzinfo=UTC)
    save_case(case, user=None)
    case.severity = "low"
    save_case(case, user=None)
    assert case.due_at == datetime(2024, 5, 10, 9, tzinfo=UTC)


def test_tasks_are_done_and_taken_up_again(client, rep):
    task = factories.a_task(staff=rep)
    assert client.get(f"/tasks/{task.pk}/finish/").status_code == 405
    assert client.post(f"/tasks/{task.pk}/finish/", {"outcome": "Sent"}).status_code == 302
    task.refresh_from_db()
    assert (task.status, task.outcome, task.completed_at is not None) == ("done", "Sent", True)
    client.post(f"/tasks/{task.pk}/reopen/")
    task.refresh_from_db()
    assert (task.status, task.completed_at) == ("open", None)


def test_a_target_ends_after_it_starts_and_is_for_somebody(client, rep):
    data = {"name": "Spring", "amount": "1000", "starts_on": "2024-03-31", "ends_on": "2024-01-01"}
    assert {"ends_on", "staff"} <= set(client.post("/targets/new/", data).context["form"].errors)
    data |= {"starts_on": "2024-01-01", "ends_on": "2024-03-31", "staff": rep.pk}
    assert client.post("/targets/new/", data).status_code == 302
