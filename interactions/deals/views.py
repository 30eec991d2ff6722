"""Pages of deals beyond those of every kind: the pipeline, the quote, the order made of a deal, its milestones."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import formats
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.accounts.models import Company, Unit
from crm.records import lookups, privacy
from crm.records.kinds import kinds
from crm.records.views import RecordView
from interactions.deals import figures
from interactions.deals.kinds import DEAL
from interactions.deals.milestones import MilestoneForm
from interactions.deals.models import Deal, DealLine, DealMilestone
from interactions.deals.services import make_order
from interactions.orders import documents


class PipelineView(RecordView):
    """What is open, by stage; how far deals come and how often they are won."""

    kind = DEAL

    def get(self, request: HttpRequest) -> HttpResponse:
        if not all(privacy.may_read(self.kind, self.kind.attribute(key), self.user) for key in READ_HERE):
            raise Http404
        whose = request.GET.get("whose", "")
        deals = self._deals(whose)
        context = {
            "pipeline": figures.pipeline(deals),
            "rows": figures.by_stage(deals),
            "wins": figures.win_rates(deals, "origin"),
            "sizes": figures.win_rates(deals, "size"),
            "whose": whose,
            "choices": self._choices(whose),
            "currency": Company.objects.current().currency,
            "board_url": self.kind.url("board"),
            "today": Company.objects.current().today(),
        }
        return self.page("interactions/deal_pipeline.html", context)

    def _deals(self, whose: str) -> QuerySet:
        deals = Deal.objects.visible_to(self.user)
        if whose == "mine":
            return deals.filter(staff=self.user)
        if whose == "unit" and self.user.unit_id:
            return deals.filter(unit__in=Unit.objects.below(self.user.unit))
        return deals

    def _choices(self, whose: str) -> list[dict[str, Any]]:
        known = [("", _("All")), ("mine", _("Mine"))]
        if self.user.unit_id:
            known.append(("unit", _("My department")))
        return [{"code": code, "label": label, "is_current": code == whose} for code, label in known]


READ_HERE = ("status", "stage", "base_amount", "weighted_amount", "expected_on", "origin", "size")


class OrderView(RecordView):
    """Make the order of a won deal."""

    kind = DEAL

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self.changeable()
        if not access.may_create("order", self.user):
            raise Http404
        try:
            order = make_order(deal, user=self.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(deal.get_absolute_url())
        text = _("Order %(number)s was made of the deal as a draft. Look it through and confirm it.")
        messages.success(request, text % {"number": order.number})
        if privacy.may_act(order, self.user, "change"):
            return redirect(kinds["order"].url("update", order.pk))
        return redirect(deal.get_absolute_url())


class QuoteView(RecordView):
    """A deal as a quote to print."""

    kind = DEAL

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self.record
        documents.check_readable(self.kind.key, "amount", self.user)
        company = Company.objects.current()
        facts = [
            (_("Date"), formats.date_format(company.today(), "SHORT_DATE_FORMAT")),
            (_("Valid until"), formats.date_format(deal.quote_valid_until, "SHORT_DATE_FORMAT")),
        ]
        if deal.person:
            facts.append((_("For the attention of"), str(deal.person)))
        if deal.staff:
            facts.append((_("Your contact"), str(deal.staff)))
        lines = list(deal.lines.select_related("product"))
        sheet = documents.Document(
            title=_("Quote"),
            number=deal.number,
            company=company,
            addressee=documents.addressee(deal.customer, self.user),
            facts=facts,
            rows=documents.rows_of(lines or [_whole(deal)]),
            currency=deal.currency or company.currency,
            foot=[_("Prices are valid until the day named above.")],
        )
        return self.page("interactions/document.html", {"record": deal, "sheet": sheet})


class MilestoneView(RecordView):
    """Add a date to the project of a deal."""

    kind = DEAL

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = self.changeable()
        form = MilestoneForm(request.POST)
        if not form.is_valid():
            context = {"record": deal, "form": form, "title": _("New milestone")}
            return self.page("interactions/case_form.html", context)
        milestone = form.save(commit=False)
        milestone.deal = deal
        milestone.save()
        return self.back(deal.get_absolute_url())


class MilestoneDoneView(RecordView):
    """Done today, or not done after all."""

    kind = DEAL

    def post(self, request: HttpRequest, pk: int, milestone_pk: int) -> HttpResponse:
        deal = self.changeable()
        milestone = _milestone(deal, milestone_pk)
        milestone.done_on = None if milestone.done_on else Company.objects.current().today()
        milestone.save(update_fields=["done_on"])
        return self.back(deal.get_absolute_url())


class MilestoneDeleteView(RecordView):
    kind = DEAL

    def post(self, request: HttpRequest, pk: int, milestone_pk: int) -> HttpResponse:
        deal = self.changeable()
        _milestone(deal, milestone_pk).delete()
        return self.back(deal.get_absolute_url())


def _milestone(deal: Deal, pk: int) -> DealMilestone:
    if pk > lookups.LARGEST_ID:
        raise Http404
    return get_object_or_404(DealMilestone, deal=deal, pk=pk)


def _whole(deal: Deal) -> DealLine:
    """A deal without lines is quoted as a whole."""
    line = DealLine(deal=deal, description=deal.title, quantity=1, unit_price=deal.amount, discount=0)
    line.amount = deal.amount
    return line


urlpatterns: list[URLPattern] = [
    path("deals/pipeline/", PipelineView.as_view(), name="deal_pipeline"),
    path("deals/<int:pk>/order/", OrderView.as_view(), name="deal_order"),
    path("deals/<int:pk>/quote/", QuoteView.as_view(), name="deal_quote"),
    path("deals/<int:pk>/milestones/", MilestoneView.as_view(), name="deal_milestone"),
    path(
        "deals/<int:pk>/milestones/<int:milestone_pk>/done/",
        MilestoneDoneView.as_view(),
        name="deal_milestone_done",
    ),
    path(
        "deals/<int:pk>/milestones/<int:milestone_pk>/delete/",
        MilestoneDeleteView.as_view(),
        name="deal_milestone_delete",
    ),
]
