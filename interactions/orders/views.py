"""Pages of orders beyond those of every kind."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import Company
from crm.records.views import RecordView
from interactions.orders import documents
from interactions.orders.forms import ReturnForm
from interactions.orders.kinds import ORDER
from interactions.orders.models import Order


class ReturnView(RecordView):
    """Take back some of an order."""

    kind = ORDER

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order()
        return self._shown(order, ReturnForm(order=order))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self._order()
        form = ReturnForm(request.POST, order=order)
        if not form.is_valid():
            return self._shown(order, form)
        try:
            back = form.store(user=self.user)
        except ValidationError as error:  # somebody else took them back meanwhile
            form.add_error(None, error)
            return self._shown(order, form)
        return redirect(back.get_absolute_url())

    def _order(self) -> Order:
        order = self.changeable()
        if order.type != Order.Type.SALE or not access.may_create(self.kind.key, self.user):
            raise Http404
        return order

    def _shown(self, order: Order, form: ReturnForm) -> HttpResponse:
        return self.page("interactions/order_return.html", {"record": order, "form": form})


class PrintView(RecordView):
    """An order as a sheet to print."""

    kind = ORDER

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.record
        documents.check_readable(self.kind.key, "net_amount", self.user)
        company = Company.objects.current()
        facts = [(_("Date"), formats.date_format(timezone.localtime(order.occurred_at), "SHORT_DATE_FORMAT"))]
        if order.staff:
            facts.append((_("Your contact"), str(order.staff)))
        if order.promised_on:
            facts.append((_("Delivery by"), formats.date_format(order.promised_on, "SHORT_DATE_FORMAT")))
        if order.due_on:
            facts.append((_("Payment by"), formats.date_format(order.due_on, "SHORT_DATE_FORMAT")))
        sheet = documents.Document(
            title=order.get_type_display(),
            number=order.number,
            company=company,
            addressee=documents.addressee(order.customer, self.user),
            facts=facts,
            rows=documents.rows_of(order.lines.select_related("product")),
            currency=order.currency or company.currency,
        )
        return self.page("interactions/document.html", {"record": order, "sheet": sheet})


urlpatterns: list[URLPattern] = [
    path("orders/<int:pk>/return/", ReturnView.as_view(), name="order_return"),
    path("orders/<int:pk>/print/", PrintView.as_view(), name="order_print"),
]
