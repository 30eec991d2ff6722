"""The page on which a segment and its rule are made and changed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from analytics.models import Segment
from analytics.segments import presets, preview, services
from analytics.segments.builder import Builder, UnknownField
from analytics.segments.forms import SegmentForm
from analytics.segments.views import manager_of, segment_of
from crm.accounts.models import User
from crm.records.rules import Rule


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def segment_create(request: HttpRequest) -> HttpResponse:
    user = manager_of(request)
    if request.GET.get("preset", "") not in {"", *presets.BY_KEY}:
        raise Http404
    return _edit(request, Segment(), user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def segment_update(request: HttpRequest, pk: int) -> HttpResponse:
    user = manager_of(request)
    return _edit(request, segment_of(pk), user)


def _edit(request: HttpRequest, segment: Segment, user: User) -> HttpResponse:
    if request.method != "POST":
        form = SegmentForm(instance=segment, user=user)
        try:
            builder = Builder.of_rule(segment.rule, user) if segment.pk else _begun(request, user)
        except ValueError:
            messages.warning(request, _("This rule is too intricate for the form; saving replaces it."))
            builder = Builder.empty(user)
        rule = builder.rule() if segment.pk else None
        return _form(request, segment, form, builder, rule, user)
    names = frozenset(SegmentForm(instance=segment, user=user).fields)
    try:
        builder = Builder.of_form(request.POST, user, names)
        action = request.POST.get("action", "preview")
        is_button = builder.press(action)
    except UnknownField as unknown:
        return _unknown(str(unknown))
    if not is_button and action not in {"save", "preview", "change"}:
        return _unknown(action)
    form = SegmentForm(request.POST, instance=segment, user=user)
    rule = builder.rule()
    if action == "save":
        saved = _save(segment, form, rule, builder, user)
        if saved:
            messages.success(request, _("“%(name)s” was saved.") % {"name": saved})
            return redirect(saved)
        return _form(request, segment, form, builder, rule, user, shows_errors=True)
    # Only looking: what is missing in name and purpose is not complained about yet.
    typed = SegmentForm(instance=segment, user=user, initial={name: request.POST.get(name, "") for name in form.fields})
    return _form(request, segment, typed, builder, rule, user, shows_errors=action == "preview")


def _begun(request: HttpRequest, user: User) -> Builder:
    """An empty rule, or the lines of the method that was chosen."""
    key = request.GET.get("preset", "")
    return presets.opened(key, user) if key else Builder.empty(user)


def _save(segment: Segment, form: SegmentForm, rule: Rule | None, builder: Builder, user: User) -> Segment | None:
    if not form.is_valid() or rule is None:
        if rule is None:
            form.add_error(None, builder.error or _("The rule is not complete: see its lines below."))
        return None
    given = {name: form.cleaned_data[name] for name in ("name", "purpose", "owner")}
    try:
        with transaction.atomic():
            if segment.pk is None:
                return services.create(**given, rule=builder.tree(), user=user)
            version = form.cleaned_data["version"]
            return services.change(segment, **given, rule=builder.tree(), user=user, expected_version=version)
    except services.Conflict:
        form.add_error(None, _("Somebody saved a new version meanwhile. Open the segment anew to see it."))
    except IntegrityError:
        form.add_error("name", _("There is a segment of this name already."))
    return None


def _form(
    request: HttpRequest,
    segment: Segment,
    form: SegmentForm,
    builder: Builder,
    rule: Rule | None,
    user: User,
    *,
    shows_errors: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "segment": segment,
        "form": form,
        "builder": builder,
        "shows_errors": shows_errors,
        "preview": preview.of_rule(rule, user),
        "presets": () if segment.pk else presets.PRESETS,
        "preset": presets.BY_KEY.get(request.GET.get("preset", "")),
    }
    return TemplateResponse(request, "analytics/segments/segment_form.html", context)


def _unknown(name: str) -> HttpResponse:
    text = _("There is no field “%(name)s”.") % {"name": name[:60]}
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
