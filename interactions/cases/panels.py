"""The page of a case: what is to be done with it, its clock, its correspondence and its remedies."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.accounts import access
from crm.records import lookups, panels, privacy
from crm.records.kinds import kinds
from crm.records.panels import Panel
from interactions.cases import desk_models, presence, replies
from interactions.cases.boards import boards_of
from interactions.cases.desk_forms import AnswerForm, NoteForm, RemedyForm, colleagues
from interactions.cases.desk_models import CaseMessage, SavedReply
from interactions.cases.models import Complaint, Enquiry
from interactions.work.models import Task

MOST_MESSAGES = 200


def desk_panel(request: HttpRequest, case: Complaint | Enquiry) -> Panel:
    """The bar on top: whose, by when, and the next steps."""
    user: Any = request.user
    kind = kinds.of(case)
    may_change = privacy.may_act(case, user, "change")
    board = boards_of[kind.key]
    context = {
        "case": case,
        "may_change": may_change,
        "may_split": may_change and access.may_create(kind.key, user),
        "targets": [each for each in board.targets(case.status) if may_change and _is_a_step(case, each.code)],
        "asking": [each.code for each in board.targets(case.status) if board.form_for(case.status, each.code)],
        "colleagues": colleagues(case, user) if may_change else [],
        "others": presence.others(case, user),
        "urls": {
            name: kind.url(name, case.pk) for name in ("take", "assign", "board_move", "merge", "split", "presence")
        },
        "board_url": kind.url("board"),
    }
    return Panel("desk", _("Service desk"), "interactions/_desk_panel.html", context, place="portrait", rank=1)


def _is_a_step(case: Complaint | Enquiry, code: str) -> bool:
    """Back to "open" is for the board; here it would only read like an opening."""
    return code != case.Status.OPEN or not case.is_open


def letters_panel(request: HttpRequest, case: Complaint | Enquiry) -> Panel:
    """What was written, and the form to answer; `?reply=` fills in a saved reply."""
    user: Any = request.user
    kind = kinds.of(case)
    found = CaseMessage.objects.filter(**desk_models.of(case)).select_related("user").order_by("-at", "-pk")
    letters = list(found[: MOST_MESSAGES + 1])
    context: dict[str, Any] = {
        "case": case,
        "letters": letters[:MOST_MESSAGES],
        "has_more": len(letters) > MOST_MESSAGES,
        "may_change": privacy.may_act(case, user, "change"),
    }
    if context["may_change"]:
        saved = list(replies.for_case(case, get_language() or "en"))
        chosen = _chosen(request, saved)
        subject, text = replies.filled(chosen, case, user) if chosen else ("", "")
        initial = {"subject": subject or case.title, "text": text} if chosen else None
        form = AnswerForm(case=case, user=user, initial=initial)
        context |= {
            "form": form,
            "note_form": NoteForm(prefix=None, auto_id="note_%s"),
            "saved": saved,
            "chosen": chosen,
            "urls": {name: kind.url(name, case.pk) for name in ("answer", "note")},
            "send_again": f"{kind.model_name}_send_again",
        }
    return Panel("letters", _("Correspondence"), "interactions/_letters_panel.html", context, rank=20)


def remedies_panel(request: HttpRequest, case: Complaint | Enquiry) -> Panel | None:
    user: Any = request.user
    may_change = privacy.may_act(case, user, "change")
    content_type = ContentType.objects.get_for_model(type(case))
    rows = Task.objects.visible_to(user).filter(about_type=content_type, about_id=case.pk).select_related("staff")
    line = case.order_line
    context = {
        "case": case,
        "tasks": list(rows.order_by("due_at", "pk")[:20]),
        "line": line,
        "form": RemedyForm(auto_id="remedy_%s") if may_change else None,
        "url": kinds.of(case).url("remedy", case.pk),
    }
    return Panel(
        "remedies", _("Remedies and tasks"), "interactions/_remedies_panel.html", context, place="side", rank=10
    )


def _chosen(request: HttpRequest, saved: list[SavedReply]) -> SavedReply | None:
    given = request.GET.get("reply", "")
    return next((each for each in saved if str(each.pk) == given), None) if lookups.is_id(given) else None


for key in ("complaint", "enquiry"):
    for provider in (desk_panel, letters_panel, remedies_panel):
        panels.register(key, provider)
