"""Needs analysis: which needs and pain points most customers have, and what was noticed in talks."""

from typing import Any

from django.db.models import Avg, Count, Max, Q, QuerySet
from django.db.models.functions import Lower, Trim
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from crm.accounts import access
from crm.records.views import RecordView
from interactions.contacts import figures
from interactions.contacts.models import Interaction
from interactions.needs.kinds import NEED
from interactions.needs.models import CustomerNeed, Statement

SHOWN = 50


class AnalysisView(RecordView):
    kind = NEED

    def get(self, request: HttpRequest) -> HttpResponse:
        if not access.may_view_any(self.kind.key, self.user):
            raise Http404
        type_ = request.GET.get("type", "")
        needs = CustomerNeed.objects.visible_to(self.user).filter(status=CustomerNeed.Status.OPEN)
        if type_ in CustomerNeed.Type.values:
            needs = needs.filter(type=type_)
        may_see_contacts = access.may_view_any("contact", self.user)
        context = {
            "rows": ranking(needs),
            "type": type_,
            "choices": [("", _("All")), *CustomerNeed.Type.choices],
            "observations": figures.observations(Interaction.objects.visible_to(self.user)) if may_see_contacts else [],
        }
        return self.page("interactions/needs_analysis.html", context)


def ranking(needs: QuerySet) -> list[dict[str, Any]]:
    """Needs by the customers who have them; the same words in small or large letters are the same need."""
    rows = (
        needs.order_by()
        .annotate(words=Lower(Trim("title")))
        .values("words")
        .annotate(
            title=Max("title"),
            customers=Count("customer", distinct=True),
            importance=Avg("importance"),
            stated=Count("pk", filter=Q(statement=Statement.STATED)),
            implied=Count("pk", filter=Q(statement=Statement.IMPLIED)),
        )
        .order_by("-customers", "-importance", "words")
    )
    return list(rows[:SHOWN])


urlpatterns: list[URLPattern] = [path("needs/analysis/", AnalysisView.as_view(), name="needs_analysis")]
