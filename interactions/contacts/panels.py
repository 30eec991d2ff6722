"""The composer: logging a contact from the customer's page."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.records import panels
from crm.records.panels import Panel
from customers.models import Customer
from interactions.contacts.forms import ComposerForm
from interactions.contacts.models import Interaction


def composer_panel(request: HttpRequest, customer: Customer) -> Panel | None:
    if not access.may_create("contact", request.user):
        return None
    form = ComposerForm(user=request.user, initial={"customer": customer.pk})
    form.auto_id = "log_%s"
    context = {"form": form, "customer": customer, "next": customer.get_absolute_url()}
    return Panel("composer", _("Log a contact"), "interactions/_composer_panel.html", context, rank=10)


panels.register("customer", composer_panel)


def observed_panel(request: HttpRequest, contact: Interaction) -> Panel | None:
    """What was noticed in the talk, and by whom: an observation of a person, never a measurement."""
    seen = list(contact.observations.all())
    if not seen:
        return None
    context = {"observations": seen, "by": contact.staff or contact.created_by}
    return Panel("observed", _("Observations"), "interactions/_observed_panel.html", context, place="side", rank=12)


panels.register("contact", observed_panel)
