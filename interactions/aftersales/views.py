"""Taking goods back, from the page of their order."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.records.views import RecordView
from interactions.aftersales.forms import ReturnForm
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
        messages.success(request, _("%(record)s was saved.") % {"record": back})
        return redirect(order.get_absolute_url() if "from_order" in request.POST else back.get_absolute_url())

    def _order(self) -> Order:
        order = self.changeable()
        if order.type != Order.Type.SALE or not access.may_create(self.kind.key, self.user):
            raise Http404
        return order

    def _shown(self, order: Order, form: ReturnForm) -> HttpResponse:
        return self.page("interactions/order_return.html", {"record": order, "form": form})


urlpatterns: list[URLPattern] = [
    path("orders/<int:pk>/return/", ReturnView.as_view(), name="order_return"),
]
