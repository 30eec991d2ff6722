"""When somebody leaves: customers and unfinished work go to a successor, as one change that can be undone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts import log
from crm.accounts.models import AccessLog, User
from crm.accounts.views.doors import administrators_only, form_page, reader
from crm.records import lookups
from crm.records.bulkedit import actions, running, services
from crm.records.kinds import Kind, kinds


@dataclass(frozen=True)
class Held:
    """What somebody has of one kind that a successor would get; `list_url` shows it."""

    kind: Kind
    rows: QuerySet
    count: int
    list_url: str


class HandOverForm(forms.Form):
    receiver = forms.ModelChoiceField(label=gettext_lazy("Successor"), queryset=User.objects.none(), empty_label="")
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is handed over"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one kind of record.")},
    )

    def __init__(self, *args: Any, leaving: User, held: list[Held], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, role__isnull=False).exclude(pk=leaving.pk).order_by("username")
        cast(forms.ModelChoiceField, self.fields["receiver"]).queryset = people
        choices = [(each.kind.key, f"{capfirst(str(each.kind.label_plural))} ({each.count:,})") for each in held]
        cast(forms.MultipleChoiceField, self.fields["kinds"]).choices = choices
        self.fields["kinds"].initial = [key for key, _label in choices]


@administrators_only
@form_page
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what there is and asks who gets it; POST starts the job and leads to its progress."""
    leaving = get_object_or_404(User, pk=min(pk, lookups.LARGEST_ID))
    user = reader(request)
    held = list(held_by(leaving, user))
    form = HandOverForm(request.POST or None, leaving=leaving, held=held)
    if request.method == "POST" and form.is_valid():
        receiver, wanted = form.cleaned_data["receiver"], form.cleaned_data["kinds"]
        chosen = [(each.kind, each.rows) for each in held if each.kind.key in wanted]
        change = services.start(chosen, action=running.HAND_OVER, value=receiver.pk, user=user)
        log.record(
            user,
            AccessLog.Action.SETTINGS,
            "user",
            object_id=leaving.pk,
            count=sum(each.count for each in held if each.kind.key in wanted),
            detail={"handed over to": receiver.username, "kinds": ", ".join(wanted)},
            request=request,
        )
        if leaving.is_active:
            messages.info(request, _("%(user)s can still sign in.") % {"user": leaving})
        return redirect(change)
    return TemplateResponse(
        request, "records/bulk/hand_over.html", {"form": form, "leaving": leaving, "held": held}, status=200
    )


def held_by(leaving: User, user: User) -> Iterator[Held]:
    """What this user may give on of what the other has, kind by kind; kinds without anything are left out."""
    for kind in kinds:
        action = actions.giving(kind, user) if kind.hand_over is not None else None
        if action is None or action.attribute is None:
            continue
        owner = action.attribute.source
        rows = kind.queryset().changeable_by(user).filter(**{owner: leaving}, **(kind.hand_over or {}))  # type: ignore[attr-defined]
        count = rows.count()
        if count:
            yield Held(kind, rows, count, f"{kind.url('list')}?{action.attribute.key}={leaving.pk}")
