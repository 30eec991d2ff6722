"""Pages of orders beyond those of every kind."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts import access
from crm.accounts.models import Company
from crm.records.views import RecordView
from interactions.catalogue.kinds import PRODUCT
from interactions.orders import documents, offers, services, stock
from interactions.orders.kinds import ORDER, STOCK_MOVEMENT
from interactions.orders.models import Order
from interactions.orders.stock_forms import CountForm


class ConfirmView(RecordView):
    """Make an order of a draft."""

    kind = ORDER

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.changeable()
        if not order.is_draft:
            raise Http404
        try:
            order = services.confirm(order, user=self.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("%(record)s is confirmed, dated today.") % {"record": order})
        return redirect(order.get_absolute_url())


class AgainView(RecordView):
    """A new draft with the same lines at today's prices."""

    kind = ORDER

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.record
        if order.type != Order.Type.SALE or not access.may_create(self.kind.key, self.user):
            raise Http404
        try:
            draft = services.order_again(order, user=self.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(order.get_absolute_url())
        left_out = order.lines.filter(quantity__gt=0).count() - draft.lines.count()
        messages.success(request, _("%(record)s is a draft at today's prices.") % {"record": draft})
        if left_out:
            text = ngettext(
                "%(number)d line is left out: it is not sold any more.",
                "%(number)d lines are left out: they are not sold any more.",
                left_out,
            )
            messages.warning(request, text % {"number": left_out})
        return redirect(draft.get_absolute_url())


class OfferView(RecordView):
    """Products for the grid of lines: what they cost this customer today and how many there are.

    `?q=` searches; `?code=` (repeated) asks for known ones again, when the customer or the currency changed.
    """

    kind = PRODUCT

    def get(self, request: HttpRequest) -> JsonResponse:
        customer = offers.customer_of(request.GET.get("customer", ""), self.user)
        terms = {"currency": request.GET.get("currency", ""), "day": offers.day_of(request.GET.get("day"))}
        codes = request.GET.getlist("code")[: offers.MOST_CODES]
        found = offers.named(codes, self.user) if codes else offers.search_for(request.GET.get("q", ""), self.user)
        return JsonResponse({"results": offers.described(found, customer=customer, user=self.user, **terms)})


class CountView(RecordView):
    """Enter what a count of a product's stock found."""

    kind = PRODUCT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        product = self.record
        if not access.may_create(STOCK_MOVEMENT.key, self.user):
            raise Http404
        form = CountForm(request.POST)
        if form.is_valid():
            stock.count_stock(product, user=self.user, **form.cleaned_data)
            messages.success(request, _("The stock of %(record)s is counted.") % {"record": product})
        else:
            messages.error(request, _("Enter how many there are: a number, not below zero."))
        return redirect(product.get_absolute_url())


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
    path("orders/<int:pk>/confirm/", ConfirmView.as_view(), name="order_confirm"),
    path("orders/<int:pk>/again/", AgainView.as_view(), name="order_again"),
    path("orders/offers/", OfferView.as_view(), name="order_offers"),
    path("products/<int:pk>/count/", CountView.as_view(), name="product_count"),
    path("orders/<int:pk>/print/", PrintView.as_view(), name="order_print"),
]
