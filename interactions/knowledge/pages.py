"""What is known of a customer on one page: talks, needs, requests; of an organisation trading status and levels too."""

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts import access, settled
from crm.accounts.models import Company, User
from crm.records import lookups, privacy
from crm.records.kinds import kinds
from crm.records.views import RecordView
from crm.records.widgets import RemoteSelect
from customers.models import Channel, ContactPerson, Customer
from customers.standards.models import standards
from interactions.contacts.models import Interaction
from interactions.knowledge import services
from interactions.knowledge.attributes import key_of
from interactions.knowledge.models import LevelPair, TradingRating
from interactions.knowledge.reach import Answered, Reach, reach
from interactions.needs.kinds import NEED, REQUEST
from interactions.needs.models import CustomerNeed, SpecialRequest

YEAR, QUARTER = datetime.timedelta(days=365), datetime.timedelta(days=90)
MOST_CONTACTS, SHOWN, MOST_HISTORY = 1_000, 8, 40


class RatingForm(forms.Form):
    """One side of an account: a grade, words, or both."""

    item = forms.ChoiceField(label=gettext_lazy("what is rated"))
    grade = forms.ChoiceField(
        label=gettext_lazy("grade"), required=False, choices=[("", "–"), *TradingRating.Grade.choices]
    )
    note = forms.CharField(label=gettext_lazy("in words"), required=False, max_length=300)

    def __init__(self, *args: Any, items: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = items  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("grade") and not (cleaned.get("note") or "").strip() and not self.errors:
            raise forms.ValidationError(_("Give a grade or say it in words."))
        return cleaned


class LevelForm(forms.Form):
    level = forms.ChoiceField(label=gettext_lazy("level"), choices=LevelPair.Level.choices)

    def __init__(self, *args: Any, customer: Customer, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"] = forms.ModelChoiceField(
            lookups.get("user").queryset(user), label=gettext_lazy("our person"), widget=RemoteSelect("user")
        )
        persons = ContactPerson.objects.visible_to(user).filter(customer=customer).order_by("name", "id")
        self.fields["person"] = forms.ModelChoiceField(persons, label=gettext_lazy("their person"))


@dataclass(frozen=True)
class ItemRow:
    """A side of the account with its current rating; `is_readable` where the reader may know it."""

    item: Any
    rating: TradingRating | None
    is_readable: bool


@dataclass(frozen=True)
class LevelRow:
    code: str
    label: Any
    pair: Any  # a LevelPair with `last`, the moment these two last talked; None where nobody covers the level


class KnowledgeView(RecordView):
    """A GET shows (`?part=summary`: what the customer's page fetches); a POST rates or matches."""

    kind = kinds["customer"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self.record
        if request.GET.get("part") == "summary":
            return self.page("interactions/_knowledge.html", self._of_everybody(customer))
        return self._shown(customer)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = self.changeable()
        if customer.type != Customer.Type.ORGANISATION:
            raise Http404
        is_rating = request.POST.get("part") != "level"
        rating = RatingForm(request.POST if is_rating else None, items=self._items(writable=True))
        level = LevelForm(None if is_rating else request.POST, customer=customer, user=self.user)
        form: forms.Form = rating if is_rating else level
        if not form.is_valid():
            return self._shown(customer, rating=rating, level=level)
        given = form.cleaned_data
        if is_rating:
            services.rate(customer, given["item"], grade=given["grade"], note=given["note"].strip(), user=self.user)
            messages.success(request, _("The rating is saved; what was before stays in the history."))
        else:
            services.match(customer, given["level"], staff=given["staff"], person=given["person"])
            messages.success(request, _("The level is covered."))
        return redirect("customers:customer_detail", pk) if self.next else redirect(request.path)

    def _shown(
        self, customer: Customer, rating: RatingForm | None = None, level: LevelForm | None = None
    ) -> HttpResponse:
        may_change = privacy.may_act(customer, self.user, "change")
        context = {"record": customer, "may_change": may_change, **self._of_everybody(customer)}
        if customer.type == Customer.Type.ORGANISATION:
            context |= self._of_accounts(customer)
            context["rating_form"] = rating or RatingForm(items=self._items(writable=True))
            context["level_form"] = level or LevelForm(customer=customer, user=self.user)
        return self.page("interactions/customer_knowledge.html", context)

    def _of_everybody(self, customer: Customer) -> dict[str, Any]:
        found: dict[str, Any] = {"record": customer, "is_account": customer.type == Customer.Type.ORGANISATION}
        found["standard"] = standards().get(customer.relation_class)
        if access.may_view_any("contact", self.user):
            found |= _talks(Interaction.objects.visible_to(self.user).filter(customer=customer))
        for kind, model, name in ((NEED, CustomerNeed, "needs"), (REQUEST, SpecialRequest, "requests")):
            if not access.may_view_any(kind.key, self.user):
                continue
            rows = model.objects.visible_to(self.user).filter(customer=customer, status="open")
            order = ("-importance", "-occurred_at") if kind is NEED else ("occurred_at",)
            found[name] = list(rows.order_by(*order, "-pk")[:SHOWN])
            found[f"{name}_url"] = f"{kind.url('list')}?customer={customer.pk}"
            if access.may_create(kind.key, self.user):
                found[f"new_{name}_url"] = (
                    f"{kind.url('create')}?customer={customer.pk}&next={customer.get_absolute_url()}"
                )
        return found

    def _of_accounts(self, customer: Customer) -> dict[str, Any]:
        readable = {code for code, _label in self._items()}
        ratings = list(customer.trading_ratings.select_related("rated_by")[: MOST_HISTORY * 8])  # type: ignore[attr-defined]
        current = {each.item: each for each in ratings if each.is_current}
        return {
            "items": [
                ItemRow(item, current.get(item.value) if item.value in readable else None, item.value in readable)
                for item in TradingRating.Item
            ],
            "past": [each for each in ratings if not each.is_current and each.item in readable][:MOST_HISTORY],
            "levels": self._levels(customer),
        }

    def _levels(self, customer: Customer) -> list[LevelRow]:
        if not access.may_view_any("contact_person", self.user):
            return []
        talks = Interaction.objects.visible_to(self.user).filter(
            customer=OuterRef("customer"), staff=OuterRef("staff"), person=OuterRef("person")
        )
        last = talks.order_by("-occurred_at").values("occurred_at")[:1]
        rows = customer.level_pairs.select_related("staff", "person").annotate(last=Subquery(last))  # type: ignore[attr-defined]
        pairs = {each.level: each for each in rows}
        return [LevelRow(code, label, pairs.get(code)) for code, label in LevelPair.Level.choices]

    def _items(self, *, writable: bool = False) -> list[tuple[str, Any]]:
        """The sides of an account that the reader may read, or write."""
        allowed = privacy.may_write if writable else privacy.may_read
        return [
            (code, label)
            for code, label in TradingRating.Item.choices
            if allowed(self.kind, self.kind.attribute(key_of(code)), self.user)
        ]


class LevelDeleteView(RecordView):
    """Nobody covers the level any more."""

    kind = kinds["customer"]

    def post(self, request: HttpRequest, pk: int, level_pk: int) -> HttpResponse:
        customer = self.changeable()
        if level_pk > lookups.LARGEST_ID:
            raise Http404
        get_object_or_404(LevelPair, pk=level_pk, customer=customer).delete()
        return redirect("interactions:customer_knowledge", pk)


def _talks(contacts: Any) -> dict[str, Any]:
    """Rhythm, channels, concerns and how the customer is best reached, of the last year."""
    now = timezone.now()
    rows = list(
        contacts.filter(occurred_at__gt=now - YEAR, occurred_at__lte=now)
        .order_by("-occurred_at")
        .values("occurred_at", "direction", "channel", "is_answered", "concern")[:MOST_CONTACTS]
    )
    recent = [each for each in rows if each["occurred_at"] > now - QUARTER]
    names = settled.kept("channels by id", lambda: {each.pk: each for each in Channel.objects.all()})
    reached = reach(rows, Company.objects.current().zone)
    concerns = Counter(each["concern"] for each in rows if each["concern"])
    labels = dict(Interaction.Concern.choices)
    total = sum(concerns.values())
    by_channel = Counter(each["channel"] for each in recent)
    return {
        "per_month": Decimal(len(recent)) / 3,
        "outbound": sum(each["direction"] == "outbound" for each in recent),
        "inbound": sum(each["direction"] == "inbound" for each in recent),
        "by_channel": [(names.get(pk) or _("not stated"), count) for pk, count in by_channel.most_common()],
        "concerns": [
            {"code": code, "label": labels[code], "count": count, "share": Decimal(count) / total,
             "before": _before(rows, code, now)}
            for code, count in concerns.most_common()
        ],
        "recommended": _recommended(reached, names),
        "best_time": _time(reached.best_time),
    }  # fmt: skip


def _before(rows: list[dict[str, Any]], code: str, now: datetime.datetime) -> int:
    """More (1), as often (0) or less (-1) in the last 90 days than in the 90 days before."""
    late = sum(each["concern"] == code and each["occurred_at"] > now - QUARTER for each in rows)
    early = sum(each["concern"] == code and now - 2 * QUARTER < each["occurred_at"] <= now - QUARTER for each in rows)
    return (late > early) - (late < early)


def _recommended(reached: Reach, names: dict[int, Channel]) -> str:
    """“E-mail (75% against 17%)”: the channel that is answered most often, and the next."""
    best = reached.best
    if best is None:
        return ""
    others = [_percent(each) for each in reached.channels[1:2]]
    name = str(names.get(best.key, ""))
    if not others:
        return _("%(channel)s (%(share)s answered)") % {"channel": name, "share": _percent(best)}
    return _("%(channel)s (%(share)s vs %(other)s)") % {"channel": name, "share": _percent(best), "other": others[0]}


def _time(best: Answered | None) -> str:
    if best is None:
        return ""
    weekday, first, last = best.key
    day = WEEKDAYS[weekday - 1]
    return _("%(day)s, %(first)s to %(last)s (%(share)s answered)") % {
        "day": day, "first": f"{first}:00", "last": f"{last}:00", "share": _percent(best)
    }  # fmt: skip


def _percent(each: Answered) -> str:
    return f"{round(each.share * 100)}%"


urlpatterns: list[URLPattern] = [
    path("customers/<int:pk>/knowledge/", KnowledgeView.as_view(), name="customer_knowledge"),
    path("customers/<int:pk>/knowledge/levels/<int:level_pk>/", LevelDeleteView.as_view(), name="level_delete"),
]
