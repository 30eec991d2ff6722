"""The account page of a customer: whom it belongs to, who belongs to it, who decides in it."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crm.accounts import access
from crm.accounts.models import Company, User
from crm.records import privacy
from crm.records.kinds import kinds
from crm.records.lookups import LARGEST_ID
from crm.records.widgets import RemoteSelect
from customers.models import ContactPerson, Customer
from customers.relations import services
from customers.relations.models import CustomerRelation

PERSONS = 60
Role, Attitude = ContactPerson.BuyingRole, ContactPerson.Attitude


class RelationForm(forms.Form):
    """Another customer, and how it stands to this one."""

    is_above = forms.TypedChoiceField(
        label=gettext_lazy("direction"),
        choices=[("false", gettext_lazy("stands below this customer")), ("true", gettext_lazy("stands above it"))],
        coerce=lambda text: text == "true",
    )
    type = forms.ChoiceField(label=gettext_lazy("kind of relation"), choices=CustomerRelation.Type.choices)
    note = forms.CharField(label=gettext_lazy("note"), max_length=160, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = forms.ModelChoiceField(
            Customer.objects.visible_to(user), label=gettext_lazy("other customer"), widget=RemoteSelect("customer")
        )
        self.fields = {"other": other, **self.fields}


@dataclass(frozen=True)
class Part:
    """One role of the buying centre with those who play it."""

    code: str
    label: Any
    persons: list[ContactPerson]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """A GET shows; a POST adds a relation, for who may change the customer."""
    user = cast(User, request.user)
    customer = _customer(pk, user)
    may_change = privacy.may_act(customer, user, "change")
    form = RelationForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST":
        if not may_change:
            raise Http404
        if form.is_valid() and _related(form, customer, user):
            messages.success(request, _("The relation is saved."))
            return redirect("customers:customer_account", pk)
    context = {
        "kind": kinds["customer"],
        "record": customer,
        "form": form,
        "may_change": may_change,
        "above": services.above(customer, user),
        "tree": services.tree(customer, user),
        "currency": Company.objects.current().currency,
    }
    if request.GET.get("part") == "tree":  # what the customer's own page fetches
        return TemplateResponse(request, "customers/_tree.html", context | {"may_change": False})
    parts = buying_centre(customer, user)
    context |= {"parts": parts, "warnings": warnings(parts), "task_url": _task_url(customer, user)}
    return TemplateResponse(request, "customers/customer_account.html", context)


@login_required
@require_POST
def relation_delete(request: HttpRequest, pk: int, relation_pk: int) -> HttpResponse:
    user = cast(User, request.user)
    customer = _customer(pk, user)
    rows = CustomerRelation.objects.filter(upper=customer) | CustomerRelation.objects.filter(lower=customer)
    if relation_pk > LARGEST_ID or not privacy.may_act(customer, user, "change"):
        raise Http404
    get_object_or_404(rows, pk=relation_pk).delete()
    messages.success(request, _("The relation is ended; both customers stay."))
    return redirect("customers:customer_account", pk)


def buying_centre(customer: Customer, user: User) -> list[Part]:
    """The contact persons of a customer by their role in decisions; roles nobody plays are empty."""
    if not access.may_view_any("contact_person", user):
        return []
    rows = ContactPerson.objects.visible_to(user).filter(customer=customer)
    persons = list(rows.order_by("-is_key_person", "name", "id")[:PERSONS])
    found = [
        Part(code, label, [each for each in persons if (each.buying_role or Role.OTHER) == code])
        for code, label in Role.choices
    ]
    return found if persons else []


def warnings(parts: list[Part]) -> list[tuple[str, str]]:
    """(text, code): a key person against us, and a decision that nobody we know takes."""
    found = [
        (_("%(role)s: key person %(name)s is negative.") % {"role": part.label, "name": each.name}, "negative")
        for part in parts
        for each in part.persons
        if each.is_key_person and each.attitude == Attitude.NEGATIVE
    ]
    if parts and not next(part for part in parts if part.code == Role.DECISION).persons:
        found.append((_("Nobody we know decides here."), "unknown"))
    return found


def _related(form: RelationForm, customer: Customer, user: User) -> bool:
    given = form.cleaned_data
    upper, lower = (given["other"], customer) if given["is_above"] else (customer, given["other"])
    try:
        services.relate(upper=upper, lower=lower, type=given["type"], note=given["note"], user=user)
    except services.RelationError as error:
        form.add_error("other", str(error))
        return False
    return True


def _task_url(customer: Customer, user: User) -> str:
    if "task" not in kinds or not access.may_create("task", user):
        return ""
    return f"{kinds['task'].url('create')}?customer={customer.pk}"


def _customer(pk: int, user: User) -> Customer:
    if pk > LARGEST_ID:
        raise Http404
    found: Customer = get_object_or_404(Customer.objects.visible_to(user), pk=pk)
    return found


urlpatterns = [
    path("customers/<int:pk>/account/", account, name="customer_account"),
    path("customers/<int:pk>/account/<int:relation_pk>/delete/", relation_delete, name="relation_delete"),
]
