"""A record's files: listed, added, fetched, removed. Access is that of the record."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts import log
from crm.accounts.models import AccessLog, User
from crm.records import privacy, visible
from crm.records.attachments import formats, services
from crm.records.attachments.models import Attachment
from crm.records.kinds import kinds
from crm.records.lookups import LARGEST_ID
from crm.records.panels import Panel


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attachment_list(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """A GET lists, also as a part of the record's page (`?part=files`); a POST adds the files sent."""
    user = cast(User, request.user)
    kind, record = visible.record(key, pk, user)
    may_change = privacy.may_act(record, user, "change")
    errors: list[str] = []
    if request.method == "POST":
        if not may_change:
            raise Http404
        errors = _add(request, record, user)
        if not errors:
            messages.success(request, _("The files are kept."))
            return redirect("records:attachment_list", key, pk)
    context = {
        "kind": kind,
        "record": record,
        "attachments": services.of(record),
        "may_change": may_change,
        "errors": errors,
        "note": request.POST.get("note", ""),
        "formats": formats.ALLOWED,
    }
    template = "records/_attachments.html" if request.GET.get("part") == "files" else "records/attachment_list.html"
    return TemplateResponse(request, template, context)


@login_required
@require_safe
def attachment_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Always a download: no file of somebody's is ever shown as a page of ours."""
    user = cast(User, request.user)
    attachment = _attachment(pk, user)
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    log.record(
        user, AccessLog.Action.EXPORT, attachment.kind, object_id=attachment.object_id,
        detail={"attachment": attachment.pk, "name": attachment.name}, request=request,
    )  # fmt: skip
    answer = FileResponse(file, as_attachment=True, filename=attachment.name, content_type="application/octet-stream")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_POST
def attachment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    attachment = _attachment(pk, user)
    _kind, record = visible.record(attachment.kind, attachment.object_id, user)
    if not privacy.may_act(record, user, "change"):
        raise Http404
    services.remove(attachment)
    messages.success(request, _("%(name)s is removed.") % {"name": attachment.name})
    return redirect("records:attachment_list", attachment.kind, attachment.object_id)


def panel(request: HttpRequest, record: Any) -> Panel:
    """Costs no query: the files are on a page of their own, and fetched from there."""
    url = reverse("records:attachment_list", args=[kinds.of(record).key, record.pk])
    return Panel(
        "attachments", gettext_lazy("Files"), "records/_attachments_panel.html", {"url": url}, place="side", rank=80
    )


def _add(request: HttpRequest, record: Any, user: User) -> list[str]:
    """Keep the files sent; what is wrong with those that are not taken."""
    sent = request.FILES.getlist("files")
    errors = [] if sent else [_("Choose a file.")]
    for each in sent:
        try:
            services.attach(record, each, user=user, note=request.POST.get("note", "").replace("\0", ""))
        except services.FileRefused as error:
            errors.append(str(error))
    return errors


def _attachment(pk: int, user: User) -> Attachment:
    if pk > LARGEST_ID:
        raise Http404
    found: Attachment = get_object_or_404(Attachment, pk=pk)
    visible.record(found.kind, found.object_id, user)
    return found
