"""What the customer page shows besides the customer's own fields."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.records import panels, privacy, timeline
from crm.records.panels import Panel
from customers.completeness import measure
from customers.kinds import CONTACT_PERSON, CUSTOMER
from customers.models import Consent, Customer
from customers.privacy import consents
from customers.quality import checks

PERSONS = 20


def timeline_panel(request: HttpRequest, customer: Customer) -> Panel:
    """?timeline=<group> filters, ?timeline_page=<n> turns the page; both work without JavaScript."""
    given = request.GET.get("timeline_page", "1")
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 3 else 1
    page = timeline.of(customer, request.user, group=request.GET.get("timeline", ""), page=number)  # type: ignore[arg-type]
    return Panel(
        key="timeline",
        title=_("Timeline"),
        template="customers/_timeline_panel.html",
        context={"page": page, "customer": customer, "url": customer.get_absolute_url()},
        rank=20,
    )


def persons_panel(request: HttpRequest, customer: Customer) -> Panel | None:
    """The persons in an organisation, those with influence first."""
    is_organisation = customer.type == Customer.Type.ORGANISATION
    if not is_organisation or not access.may_view_any("contact_person", request.user):
        return None
    rows = customer.contact_persons.visible_to(request.user).order_by("-is_key_person", "name", "id")[:PERSONS]  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "persons": rows,
        "create_url": f"{CONTACT_PERSON.url('create')}?customer={customer.pk}&next={customer.get_absolute_url()}",
        "may_create": access.may_create("contact_person", request.user),
    }
    return Panel("persons", _("Contact persons"), "customers/_persons_panel.html", context, place="side", rank=20)


def completeness_panel(request: HttpRequest, customer: Customer) -> Panel:
    found = measure.of(customer, request.user)  # type: ignore[arg-type]
    may_change = privacy.may_act(customer, request.user, "change") and not customer.is_erased  # type: ignore[arg-type]
    context = {
        "percent": found.percent,
        "missing": found.missing,
        "errors": _errors(customer, request.user),
        "edit_url": CUSTOMER.url("update", customer.pk) if may_change else "",
        "worklist_url": f"{CUSTOMER.url('list')}?completeness_max=79&sort=completeness"
        "&columns=name,completeness,phone,email,owner,modified_at",
    }
    return Panel(
        "completeness", _("Completeness"), "customers/_completeness_panel.html", context, place="side", rank=15
    )


def _errors(customer: Customer, user: Any) -> list[tuple[Any, Any]]:
    """What is wrong with the values that the reader sees in full: label of the field, words."""
    return [
        (attribute.label, checks.words_of(code))
        for key, code in (customer.problems or {}).items()
        if (attribute := CUSTOMER.by_key.get(key)) and access.may_read_fully("customer", attribute.sensitivity, user)
    ]


def account_panel(request: HttpRequest, customer: Customer) -> Panel:
    """Costs no query: the tree is on a page of its own, and fetched from there."""
    url = reverse("customers:customer_account", args=[customer.pk])
    return Panel("account", _("Relations"), "customers/_account_panel.html", {"url": url}, rank=30)


def consents_panel(request: HttpRequest, customer: Customer) -> Panel:
    """What the customer agreed to, or that the person was erased. Reads what the record itself holds."""
    user: Any = request.user
    context = {
        "customer": customer,
        "table": consents.table(customer),
        "purposes": [Consent.Purpose(each).label for each in Consent.Purpose.values],
        "url": reverse("customers:customer_consents", args=[customer.pk]),
        "may_change": privacy.may_act(customer, user, "change") and not customer.is_erased,
    }
    return Panel("consents", _("Consents"), "customers/_consents_panel.html", context, place="side", rank=25)


panels.register(CUSTOMER.key, consents_panel)
panels.register(CUSTOMER.key, account_panel)
panels.register(CUSTOMER.key, completeness_panel)
panels.register(CUSTOMER.key, timeline_panel)
panels.register(CUSTOMER.key, persons_panel)
