"""Pages of contacts beyond those of every kind: the composer of the customer page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.records.views import RecordView
from interactions.contacts.forms import ComposerForm, InteractionForm
from interactions.contacts.kinds import CONTACT


class LogView(RecordView):
    """Log a contact from a customer's page. What is not valid yet comes back in the full form."""

    kind = CONTACT

    def post(self, request: HttpRequest) -> HttpResponse:
        if not access.may_create(self.kind.key, self.user):
            raise Http404
        form = ComposerForm(request.POST, user=self.user)
        if not form.is_valid():
            full = InteractionForm(request.POST, user=self.user)
            full.add_error(None, _("Please complete what is missing."))
            context = {"form": full, "is_new": True, "next": self.next}
            return self.page(self.kind.form_template, context)
        contact = form.store()
        messages.success(request, _("%(record)s was saved.") % {"record": contact})
        return self.back(contact.customer.get_absolute_url())  # type: ignore[attr-defined]


urlpatterns: list[URLPattern] = [path("contacts/log/", LogView.as_view(), name="interaction_log")]
