"""Pages of the service desk beyond those of every kind: the queue, and what is done with a case."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.accounts import access
from crm.accounts.models import AccessRule, User
from crm.records import lookups, panels, services, values
from crm.records.kinds import Kind, kinds
from crm.records.views import RecordView
from customers.models import Customer
from interactions.cases import desk_models, inbox, mail, presence
from interactions.cases.desk_forms import (
    AnswerForm,
    AssignForm,
    MergeForm,
    NoteForm,
    RemedyForm,
    SplitForm,
    colleagues,
)
from interactions.cases.desk_models import CaseMessage, InboundMail
from interactions.cases.kinds import COMPLAINT, ENQUIRY
from interactions.cases.queue import MODELS, WHOSE, queue
from interactions.cases.services import add_remedy, assign, merge, note, split, take
from interactions.work.models import Task

MOST_MAILS = 100


class CaseView(RecordView):
    """What the pages of one case share."""

    def conflict(self, case: Any) -> HttpResponse:
        messages.error(
            self.request, _("Somebody else changed “%(record)s” meanwhile. Nothing was changed.") % {"record": case}
        )
        return self.back(case.get_absolute_url())

    @property
    def expected_version(self) -> int | None:
        given = self.request.POST.get("version", "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


class CaseDetailView(CaseView):
    """The page of a case; the address of one that was merged leads to where it went."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            record = self.record
        except Http404:
            return redirect(self._merged_into().get_absolute_url(), permanent=False)
        context = {
            "record": record,
            "sections": values.sections(self.kind, record, self.user),
            "panels": panels.of(self.kind, request, record),
        }
        return self.page(self.kind.detail_template, context)

    def _merged_into(self) -> Any:
        model: Any = self.kind.model
        if self.kwargs["pk"] > lookups.LARGEST_ID:
            raise Http404
        return get_object_or_404(model.objects.visible_to(self.user), merged_cases=self.kwargs["pk"])


class TakeView(CaseView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.changeable()
        try:
            take(case, user=self.user, expected_version=self.expected_version)
        except services.Conflict:
            return self.conflict(case)
        messages.success(request, _("“%(case)s” is yours now.") % {"case": case})
        return self.back(case.get_absolute_url())


class AssignView(CaseView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.changeable()
        form = AssignForm(request.POST, case=case, user=self.user)
        if not form.is_valid():
            messages.error(request, _("Choose somebody of the department that handles the case."))
            return self.back(case.get_absolute_url())
        to = form.cleaned_data["staff"]
        try:
            assign(case, to=to, user=self.user, expected_version=self.expected_version)
        except services.Conflict:
            return self.conflict(case)
        text = _("“%(case)s” is with %(staff)s now.") if to else _("“%(case)s” is nobody's now.")
        messages.success(request, text % {"case": case, "staff": to})
        visible = self.kind.model._default_manager.visible_to(self.user)  # type: ignore[attr-defined]
        is_seen = visible.filter(pk=case.pk).exists()
        return self.back(case.get_absolute_url()) if is_seen else redirect("interactions:case_queue")


class AnswerView(CaseView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.changeable()
        form = AnswerForm(request.POST, case=case, user=self.user)
        if not form.is_valid():
            return self.page("interactions/case_answer.html", {"record": case, "form": form})
        mail.answer(
            case,
            **form.chosen,
            subject=form.cleaned_data["subject"],
            text=form.cleaned_data["text"],
            user=self.user,
            and_wait=form.cleaned_data["and_wait"],
        )
        messages.success(request, _("The answer is on its way."))
        return self.back(case.get_absolute_url())


class SendAgainView(CaseView):
    def post(self, request: HttpRequest, pk: int, message_pk: int) -> HttpResponse:
        case = self.changeable()
        if message_pk > lookups.LARGEST_ID:
            raise Http404
        failed = CaseMessage.objects.filter(state=CaseMessage.State.FAILED, **desk_models.of(case))
        mail.send_again(get_object_or_404(failed, pk=message_pk))
        messages.success(request, _("The answer is on its way."))
        return self.back(case.get_absolute_url())


class NoteView(CaseView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.changeable()
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self.page("interactions/case_form.html", _asked(case, form, _("Internal note")))
        note(case, form.cleaned_data["text"], user=self.user)
        return self.back(case.get_absolute_url())


class RemedyView(CaseView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.changeable()
        form = RemedyForm(request.POST)
        if not form.is_valid():
            return self.page("interactions/case_form.html", _asked(case, form, _("Remedy")))
        add_remedy(case, text=form.cleaned_data["text"], due_on=form.cleaned_data["due_on"], user=self.user)
        messages.success(request, _("The remedy is a task now."))
        return self.back(case.get_absolute_url())


class MergeView(CaseView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.changeable()
        return self._shown(case, MergeForm(case=case, user=self.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.changeable()
        form = MergeForm(request.POST, case=case, user=self.user)
        if not form.is_valid():
            return self._shown(case, form)
        duplicate = form.cleaned_data["duplicate"]
        try:
            merge(case, duplicate, user=self.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self._shown(case, form)
        messages.success(request, _("%(number)s is part of this case now.") % {"number": duplicate.number})
        return redirect(case.get_absolute_url())

    def _shown(self, case: Any, form: MergeForm) -> HttpResponse:
        context = _asked(case, form, _("Merge with another case"))
        if not form.has_choice:
            context["nothing"] = _("The customer has no other case that you may change.")
        context["help"] = _(
            "The other case goes to the recycle bin; its messages, tasks and its number come over to this one."
        )
        return self.page("interactions/case_form.html", context)


class SplitView(CaseView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._shown(self._case(), SplitForm(case=self._case()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self._case()
        form = SplitForm(request.POST, case=case)
        if not form.is_valid():
            return self._shown(case, form)
        new = split(
            case,
            title=form.cleaned_data["title"],
            description=form.cleaned_data["description"],
            message_ids=[each.pk for each in form.cleaned_data["messages"]],
            user=self.user,
        )
        messages.success(request, _("%(number)s was made of it.") % {"number": new.number})
        return redirect(new.get_absolute_url())

    def _case(self) -> Any:
        case = self.changeable()
        if not access.may_create(self.kind.key, self.user):
            raise Http404
        return case

    def _shown(self, case: Any, form: SplitForm) -> HttpResponse:
        context = _asked(case, form, _("Split off a second case"))
        context["help"] = _(
            "Customer, product, department and moment of receipt stay the same, and so does the deadline."
        )
        return self.page("interactions/case_form.html", context)


class PresenceView(CaseView):
    """Asked for by the page itself: I have it open; who else does?"""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.record
        presence.say(case, self.user)
        context = {"others": presence.others(case, self.user)}
        return TemplateResponse(request, "interactions/_presence.html", context)


def _asked(case: Any, form: Any, title: str) -> dict[str, Any]:
    return {"record": case, "form": form, "title": title}


@login_required
@require_safe
def case_queue(request: HttpRequest) -> HttpResponse:
    user = _member(request)
    whose, kind = request.GET.get("whose", ""), request.GET.get("kind", "")
    whose = whose if whose in WHOSE else ""
    kind = kind if kind in MODELS else ""
    given = request.GET.get("page", "1")
    shown = queue(user, whose=whose, kind=kind, page=given[:9])
    seen = [kinds[key] for key in MODELS if access.may_view_any(key, user)]
    labels = {"": _("All"), "mine": _("Mine"), "unit": _("My department"), "unassigned": _("Unassigned")}
    overdue_remedies = Task.objects.visible_to(user).overdue().filter(source=Task.Source.REMEDY)
    context = {
        "queue": shown,
        "page": shown.page,
        "whose": whose,
        "kind_key": kind,
        "kinds": seen,
        "choices": [
            {"code": each, "label": labels[each], "count": shown.counts.get(each or "all", 0)} for each in WHOSE
        ],
        "boards": [{"label": each.label_plural, "url": each.url("board")} for each in seen],
        "create": [
            {"label": each.create_label, "url": each.url("create")}
            for each in seen
            if access.may_create(each.key, user)
        ],
        "colleagues": colleagues(None, user) if any(row.may_change for row in shown.rows) else [],
        "remedies": overdue_remedies.select_related("customer", "staff").order_by("due_at", "pk")[:10],
        "may_see_mail": sees_mail(user),
    }
    return TemplateResponse(request, "interactions/case_queue.html", context)


@login_required
@require_safe
def case_by_number(request: HttpRequest, number: str) -> HttpResponse:
    """A case by its number; one that was merged is found by its old number too."""
    user = _member(request)
    case = inbox.by_number(number.replace("\0", "")[:40])
    if case is None or not type(case).objects.visible_to(user).filter(pk=case.pk).exists():
        raise Http404
    return redirect(case.get_absolute_url())


@login_required
@require_safe
def inbound_mail(request: HttpRequest) -> HttpResponse:
    """Mails that could not be filed: somebody says whose they are."""
    user = _member(request)
    if not sees_mail(user):
        raise Http404
    waiting = InboundMail.objects.filter(result__in=InboundMail.WAITING)
    context = {"mails": waiting[:MOST_MAILS], "count": waiting.count(), "may_file": access.may_create("contact", user)}
    return TemplateResponse(request, "interactions/inbound_mail.html", context)


@login_required
@require_POST
def inbound_mail_file(request: HttpRequest, pk: int) -> HttpResponse:
    user = _member(request)
    if not sees_mail(user) or not access.may_create("contact", user) or pk > lookups.LARGEST_ID:
        raise Http404
    waiting = InboundMail.objects.filter(result__in=InboundMail.WAITING)
    row = get_object_or_404(waiting, pk=pk)
    given = request.POST.get("customer", "")
    customer = Customer.objects.visible_to(user).filter(pk=given).first() if lookups.is_id(given) else None
    if customer is None:
        messages.error(request, _("Choose the customer who wrote this."))
    else:
        inbox.file_with(row, customer)
        messages.success(request, _("The mail is logged with %(customer)s.") % {"customer": customer})
    return redirect("interactions:inbound_mail")


def sees_mail(user: User) -> bool:
    """Mails of unknown senders belong to nobody's department: only who sees every complaint reads them."""
    return access.scope("complaint", user).level == AccessRule.Scope.ALL


def _member(request: HttpRequest) -> User:
    """The user, if complaints or enquiries are any business of his."""
    user = cast(User, request.user)
    if not any(access.may_view_any(key, user) for key in MODELS):
        raise Http404
    return user


def _pages(kind: Kind) -> list[URLPattern]:
    def page(route: str, view: type[RecordView], name: str) -> URLPattern:
        return path(f"{kind.path}/<int:pk>/{route}", view.as_view(kind=kind), name=f"{kind.model_name}_{name}")

    return [
        page("", CaseDetailView, "detail"),
        page("take/", TakeView, "take"),
        page("assign/", AssignView, "assign"),
        page("answer/", AnswerView, "answer"),
        page("messages/<int:message_pk>/send-again/", SendAgainView, "send_again"),
        page("note/", NoteView, "note"),
        page("remedy/", RemedyView, "remedy"),
        page("merge/", MergeView, "merge"),
        page("split/", SplitView, "split"),
        page("presence/", PresenceView, "presence"),
    ]


urlpatterns: list[URLPattern] = [
    path("service/", case_queue, name="case_queue"),
    path("service/mail/", inbound_mail, name="inbound_mail"),
    path("service/mail/<int:pk>/file/", inbound_mail_file, name="inbound_mail_file"),
    path("cases/<str:number>/", case_by_number, name="case_by_number"),
    *_pages(COMPLAINT),
    *_pages(ENQUIRY),
]
