"""The talk guide beside the contact form, and the library of guides and answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from crm.accounts import access
from crm.records import lookups
from crm.records.views import RecordView
from interactions.catalogue.models import Product
from interactions.contacts import figures
from interactions.contacts.kinds import CONTACT
from interactions.contacts.models import Interaction
from interactions.contacts.talk_models import Concern, TalkGuide, lines_of


class LibraryView(RecordView):
    """All guides and answers; `?part=panel` gives those of a concern, an objection and a product for the form."""

    kind = CONTACT

    def get(self, request: HttpRequest) -> HttpResponse:
        if not access.may_view_any(self.kind.key, self.user):
            raise Http404
        contacts = Interaction.objects.visible_to(self.user)
        if request.GET.get("part") == "panel":
            return self.page("interactions/_talk.html", self._of_the_talk(request, contacts))
        guides = TalkGuide.objects.filter(is_active=True)
        context = {
            "concerns": [
                {"code": code, "label": label, "guides": [each for each in guides if each.concern == code]}
                for code, label in Concern.choices
            ],
            "objections": figures.objections(contacts),
            "may_create": access.may_create(self.kind.key, self.user),
        }
        return self.page("interactions/talk_library.html", context)

    def _of_the_talk(self, request: HttpRequest, contacts: Any) -> dict[str, Any]:
        concern = request.GET.get("concern", "")
        objection = _id(request.GET.get("objection", ""))
        product = None
        if number := _id(request.GET.get("product", "")):
            product = Product.objects.visible_to(self.user).filter(pk=number).first()
        guides = TalkGuide.objects.filter(is_active=True, concern=concern) if concern in Concern.values else []
        return {
            "guides": list(guides),
            "product": product,
            "selling_points": lines_of(product.selling_points) if product else [],
            "objections": figures.objections(contacts, only=objection) if objection else [],
        }


def _id(text: str) -> int | None:
    return int(text) if lookups.is_id(text) else None


urlpatterns: list[URLPattern] = [path("contacts/library/", LibraryView.as_view(), name="talk_library")]
