"""Objects for tests: plain functions with sensible defaults; a test names only what it cares about."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from analytics.costs.models import CostEntry
from crm.accounts.models import Company, Region, Role, Unit, User
from crm.records import services as records
from crm.records.custom.models import CustomField, CustomOption
from crm.records.custom.services import save_field
from customers.models import Channel, ContactPerson, Customer
from interactions.aftersales.models import AfterSales
from interactions.aftersales.services import save_after_sales
from interactions.cases.models import Complaint, Enquiry, OpinionType
from interactions.cases.services import save_case
from interactions.catalogue.models import Category, Product
from interactions.contacts.models import Interaction
from interactions.contacts.services import save_contact
from interactions.deals.models import Deal, DealLine, DealStage, LostReason
from interactions.deals.services import save_deal
from interactions.needs.models import CustomerNeed, SpecialRequest
from interactions.orders.models import Order, OrderLine
from interactions.orders.services import save_order
from interactions.orders.stock_models import StockMovement
from interactions.pricing.models import PriceRule
from interactions.targets.models import SalesTarget
from interactions.work.models import Task

_numbers = count(1)


def a_company(**values: Any) -> Company:
    company = Company(**{"name": "Lotus Trading", "currency": "CNY", "time_zone": "Asia/Shanghai", **values})
    company.save()
    return company


def a_unit(code: str = "", parent: Unit | None = None, **values: Any) -> Unit:
    code = code or f"unit-{next(_numbers)}"
    return Unit.objects.create(code=code, name=values.pop("name", code.title()), parent=parent, **values)


def a_region(code: str = "", parent: Region | None = None, **values: Any) -> Region:
    code = code or f"region-{next(_numbers)}"
    return Region.objects.create(code=code, name=values.pop("name", code.title()), parent=parent, **values)


def a_user(role: str | Role | None = Role.SALES_REP, password: str = "", **values: Any) -> User:
    """A user with one of the built-in roles, given by code; role=None is a user without any."""
    username = values.pop("username", "") or f"user{next(_numbers)}"
    if isinstance(role, str):
        role = Role.objects.get(code=role)
    user = User(username=username, email=values.pop("email", f"{username}@example.com"), role=role, **values)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    return user


def an_administrator(**values: Any) -> User:
    return a_user(Role.ADMINISTRATOR, **values)


def the_channel(code: str = "phone") -> Channel:
    return Channel.objects.get_or_create(code=code, defaults={"name": code.title()})[0]


def a_customer(**values: Any) -> Customer:
    customer = Customer(**{"name": f"Customer {next(_numbers)}", **values})
    return records.save(customer, user=None)


def a_custom_field(name: str = "Decor style", options: Sequence[str] = (), **values: Any) -> CustomField:
    """A field of customers; with options a choice between them."""
    given = {"kind": "customer", "type": "choice" if options else "text", **values}
    field = CustomField(name=name, **given)
    save_field(field, [CustomOption(name=each, rank=at) for at, each in enumerate(options)])
    return field


def a_contact_person(**values: Any) -> ContactPerson:
    customer = values.pop("customer", None) or a_customer(type="organisation")
    return records.save(ContactPerson(**{"customer": customer, "name": "Wang Fang", **values}), user=None)


def a_category(**values: Any) -> Category:
    return records.save(Category(**{"name": f"Type {next(_numbers)}", **values}), user=None)


def a_product(**values: Any) -> Product:
    return records.save(Product(**{"name": f"Product {next(_numbers)}", "price": Decimal(100), **values}), user=None)


def an_order(lines: Sequence[tuple[Any, Any]] = ((1, 100),), *, product: Product | None = None, **values: Any) -> Order:
    """An order with lines of (quantity, price), or (quantity, price, product)."""
    if "customer" not in values:
        values["customer"] = a_customer()
    product = product or a_product()
    made = [
        OrderLine(product=rest[0] if rest else product, quantity=Decimal(str(quantity)), unit_price=Decimal(str(price)))
        for quantity, price, *rest in lines
    ]
    return save_order(Order(**values), lines=made, user=None)


def a_contact(**values: Any) -> Interaction:
    values.setdefault("customer", values.get("customer") or a_customer())
    return save_contact(Interaction(**{"subject": "Asked for a quote", **values}), user=None)[0]


def a_need(**values: Any) -> CustomerNeed:
    values.setdefault("customer", values.get("customer") or a_customer())
    return records.save(CustomerNeed(**{"title": "Slow delivery", **values}), user=None)


def a_request(**values: Any) -> SpecialRequest:
    values.setdefault("customer", values.get("customer") or a_customer())
    return records.save(SpecialRequest(**{"title": "Invoice in two parts", **values}), user=None)


def an_opinion_type(code: str = "delivery") -> OpinionType:
    return OpinionType.objects.get_or_create(code=code, defaults={"name": code.title()})[0]


def a_complaint(**values: Any) -> Complaint:
    values.setdefault("customer", values.get("customer") or a_customer())
    values.setdefault("opinion_type", values.get("opinion_type") or an_opinion_type())
    return save_case(Complaint(**{"title": "Parcel came late", **values}), user=None)


def an_enquiry(**values: Any) -> Enquiry:
    values.setdefault("customer", values.get("customer") or a_customer())
    return save_case(Enquiry(**{"title": "Is it in stock?", **values}), user=None)


def the_stage(code: str = "qualified") -> DealStage:
    return DealStage.objects.get(code=code)


def a_deal(
    lines: Sequence[tuple[Any, Any]] = (), *, product: Product | None = None, stage: str = "", **values: Any
) -> Deal:
    """A deal in a stage given by code, with lines of (quantity, price); a lost one was lost by its price."""
    values.setdefault("customer", values.get("customer") or a_customer())
    if stage:
        values["stage"] = the_stage(stage)
    if stage == "lost":
        values.setdefault("lost_reason", LostReason.objects.get(code="price"))
    product = product or (a_product() if lines else None)
    made = [
        DealLine(product=product, quantity=Decimal(str(quantity)), unit_price=Decimal(str(price)))
        for quantity, price in lines
    ]
    return save_deal(Deal(**{"title": f"Deal {next(_numbers)}", **values}), lines=made, user=None)


def a_price_rule(discount: Any = None, **values: Any) -> PriceRule:
    """A rule for everybody and everything, unless the test says whom and what; 5 % off unless it names a price."""
    if discount is None and "price" not in values:
        discount = 5
    number = None if discount is None else Decimal(str(discount))
    return records.save(PriceRule(**{"name": f"Rule {next(_numbers)}", "discount": number, **values}), user=None)


def a_stock_movement(quantity: Any = 10, **values: Any) -> StockMovement:
    given = {"product": values.pop("product", None) or a_product(), "quantity": Decimal(str(quantity)), **values}
    return records.save(StockMovement(**given), user=None)


def an_after_sales_record(**values: Any) -> AfterSales:
    values.setdefault("customer", values.get("customer") or a_customer())
    return save_after_sales(AfterSales(**{"title": "Handle came off", **values}), user=None)


def a_task(**values: Any) -> Task:
    return records.save(Task(**{"title": f"Call back {next(_numbers)}", **values}), user=None)


def a_target(**values: Any) -> SalesTarget:
    given = {"name": "Spring", "starts_on": date(2024, 1, 1), "ends_on": date(2024, 3, 31), "amount": Decimal(1000)}
    if not values.get("staff") and not values.get("unit"):
        values["unit"] = a_unit()
    return records.save(SalesTarget(**{**given, **values}), user=None)


def a_cost_entry(amount: Any = 100, **values: Any) -> CostEntry:
    """For the customer or segment given, else for all."""
    named = next((name for name in ("customer", "segment") if values.get(name)), "all")
    given = {"title": f"Cost {next(_numbers)}", "amount": Decimal(str(amount)), "target": named, **values}
    return records.save(CostEntry(**given), user=None)


A_RECORD_OF: dict[str, Callable[..., Any]] = {
    "customer": a_customer,
    "contact_person": a_contact_person,
    "category": a_category,
    "product": a_product,
    "order": an_order,
    "price_rule": a_price_rule,
    "stock_movement": a_stock_movement,
    "after_sales": an_after_sales_record,
    "contact": a_contact,
    "need": a_need,
    "request": a_request,
    "complaint": a_complaint,
    "enquiry": an_enquiry,
    "deal": a_deal,
    "task": a_task,
    "target": a_target,
    "cost_entry": a_cost_entry,
}


def a_record(kind: str, **values: Any) -> Any:
    """A record of any kind, for tests that walk the registry."""
    return A_RECORD_OF[kind](**values)
