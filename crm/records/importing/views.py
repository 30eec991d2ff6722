"""The pages of imports: upload, columns and preview, progress and result, undo."""

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts.models import User
from crm.jobs import services as jobs
from crm.records import lookups
from crm.records.importing import files, running, undo, wizard
from crm.records.importing.forms import ChoicesForm, UploadForm, too_large
from crm.records.importing.models import ImportJob, ImportMapping
from crm.records.importing.problems import FileRefused
from crm.records.importing.registry import importer_for
from crm.records.importing.wizard import Choices, Offer

PER_PAGE = 25
FORM_MARGIN_BYTES = 1024 * 1024  # around the file
Status = ImportJob.Status


@login_required
@never_cache
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    rows = ImportJob.objects.visible_to(user).select_related("owner", "job").defer("state", "trial")
    if not wizard.offers(user) and not rows.exists():
        raise Http404
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    labels = {offer.importer: offer.label for offer in wizard.offers(user) if not offer.preset}
    for each in page:
        each.label = labels.get(each.importer, each.importer)
        each.added, each.changed = (wizard.named(each.summary.get(name, {})) for name in ("created", "updated"))
    mappings = list(ImportMapping.objects.filter(owner=user)[:100])
    for saved in mappings:
        saved.label = labels.get(saved.importer, saved.importer)  # type: ignore[attr-defined]
    return render(request, "records/imports/import_list.html", {"page": page, "mappings": mappings, "labels": labels})


@csrf_exempt  # the length is looked at before the form is read; `_upload` asks for the token
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_create(request: HttpRequest) -> HttpResponseBase:
    offers = wizard.offers(_user(request))
    if not offers:
        raise Http404
    if request.method == "POST" and _length(request) > settings.MAX_UPLOAD_BYTES + FORM_MARGIN_BYTES:
        form = UploadForm()
        form.too_large = too_large()  # type: ignore[attr-defined]
        return _shown(request, offers, form, status=413)
    return _upload(request, offers)


@csrf_protect
def _upload(request: HttpRequest, offers: list[Offer]) -> HttpResponse:
    offer = _offer(request, offers)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return _shown(request, offers, UploadForm())
    if offer is None:
        messages.error(request, _("Choose what the rows of the file are."))
        return _shown(request, offers, UploadForm(), status=400)
    if not form.is_valid():
        return _shown(request, offers, form, status=400)
    file = form.cleaned_data["file"]
    try:
        imp = wizard.upload(
            user=_user(request),
            importer=offer.importer,
            preset=offer.preset,
            name=file.name,
            chunks=file.chunks(),
            again=_again(request),
        )
    except FileRefused as refusal:
        form.add_error("file", str(refusal))
        return _shown(request, offers, form, status=400)
    return redirect("records:import_columns" if imp.status == Status.DRAFT else "records:import_detail", imp.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column is which field, which name stands for what, and what the first rows become."""
    imp = _import(request, pk)
    user = imp.owner or _user(request)
    if imp.status != Status.DRAFT:
        return redirect("records:import_detail", imp.pk)
    try:
        importer = wizard.importer_of(imp, user)
        sample = files.sample_of(imp)
    except (PermissionDenied, FileNotFoundError):
        raise Http404 from None
    choices, found = Choices.of(imp), wizard.preview(imp, user)
    made = {"importer": importer, "sample": sample, "choices": choices, "found": found, "user": user}
    form = ChoicesForm(request.POST if request.method == "POST" else None, **made)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        wizard.save_choices(imp, chosen)
        answer = _act(request, imp, chosen, choices)
        if answer is not None:
            return answer
        form.add_error(None, imp.error)
    context = {
        "imp": imp,
        "form": form,
        "sample": sample,
        "found": found,
        "importer": importer,
        "mappings": ImportMapping.objects.filter(importer=imp.importer, owner=_user(request))[:50],
        "outcomes": {"create": _("new"), "update": _("changed"), "existing": _("known"), "error": _("not taken")},
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "records/imports/import_columns.html", context, status=status)


@login_required
@never_cache
@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    imp = _import(request, pk)
    if imp.status == Status.DRAFT and not imp.is_busy and not imp.trial:
        return redirect("records:import_columns", imp.pk)
    importer = importer_for(imp.importer)
    summary = imp.summary or imp.trial or imp.state.get("summary", {})
    classes = [
        {"name": importer.class_label(name), "count": count, "amount": summary.get("amounts", {}).get(name)}
        for name, count in summary.get("classes", {}).items()
    ]
    context = {
        "imp": imp,
        "summary": summary,
        "is_trial": imp.status == Status.DRAFT,
        "classes": classes,
        "created": sum(summary.get("created", {}).values()),
        "updated": sum(summary.get("updated", {}).values()),
        "has_errors_file": _errors_path(imp).exists(),
        "has_file": imp.path.exists(),
        "added": wizard.named(summary.get("created", {})),
        "taken_out": wizard.named(imp.undone.get("created", {})),
        "put_back": wizard.named(imp.undone.get("restored", {})),
        "label": importer.label,
        "again": urlencode({"kind": imp.importer, "again": imp.pk}),
    }
    return render(request, "records/imports/import_detail.html", context)


@login_required
@require_POST
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    imp = _import(request, pk)
    if imp.job is not None and jobs.cancel(imp.job):
        messages.success(request, _("The import is being stopped."))
    else:
        messages.info(request, _("The import had ended already."))
    return redirect(imp)


@login_required
@require_POST
def import_go_on(request: HttpRequest, pk: int) -> HttpResponse:
    imp = _import(request, pk)
    if imp.may_go_on:
        _launched(request, imp)
    else:
        messages.info(request, _("This import cannot go on."))
    return redirect(imp)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    imp = _import(request, pk)
    if not imp.may_be_undone or imp.batch is None:
        messages.info(request, _("There is nothing to be undone."))
        return redirect(imp)
    if request.method == "POST":
        running.ask_for_undo(imp, user=_user(request))
        return redirect(imp)
    known = sum((imp.batch.summary or {}).get("created", {}).values())
    found = undo.findings(imp.batch) if known <= undo.LOOKED_THROUGH else None
    context = {"imp": imp, "found": found, "known": known}
    if found is not None:
        found.hide_from(_user(request))
        context |= {"taken_out": wizard.named(found.created), "put_back": wizard.named(found.restored)}
    return render(request, "records/imports/import_undo.html", context)


@login_required
@require_POST
def import_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the file away; what it brought stays."""
    imp = _import(request, pk)
    if imp.is_busy:
        messages.info(request, _("Stop the import first."))
        return redirect(imp)
    files.forget(imp)
    if imp.batch_id is None and imp.status in {Status.DRAFT, Status.READING, Status.FAILED}:
        imp.delete()
    messages.success(request, _("The file was thrown away."))
    return redirect("records:import_list")


@login_required
@never_cache
@require_safe
def import_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    imp = _import(request, pk)
    if not imp.path.is_file():
        raise Http404
    return FileResponse(imp.path.open("rb"), as_attachment=True, filename=imp.name)


@login_required
@never_cache
@require_safe
def import_errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Rows that were not taken, in the columns of their file, with the reason."""
    imp = _import(request, pk)
    path = _errors_path(imp)
    if not path.is_file():
        raise Http404
    name = f"{imp.name.partition('.')[0]}-{_('not taken')}.csv"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


@login_required
@require_POST
def mapping_delete(request: HttpRequest, pk: int) -> HttpResponse:
    if pk > lookups.LARGEST_ID:
        raise Http404
    get_object_or_404(ImportMapping, pk=pk, owner=request.user).delete()
    messages.success(request, _("The saved mapping was deleted."))
    return redirect("records:import_list")


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _import(request: HttpRequest, pk: int) -> ImportJob:
    if pk > lookups.LARGEST_ID:
        raise Http404
    rows = ImportJob.objects.visible_to(_user(request)).select_related("owner", "job", "batch")
    return get_object_or_404(rows, pk=pk)


def _length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else 0


def _offer(request: HttpRequest, offers: list[Offer]) -> Offer | None:
    wanted = (request.GET.get("kind", ""), request.GET.get("preset", ""))
    return next((offer for offer in offers if (offer.importer, offer.preset) == wanted), None)


def _again(request: HttpRequest) -> ImportJob | None:
    """The import whose rows were corrected: what was said about it counts for them too."""
    given = request.GET.get("again", "")
    if not lookups.is_id(given):
        return None
    rows = ImportJob.objects.visible_to(_user(request)).filter(importer=request.GET.get("kind", ""))
    return rows.filter(pk=given).first()


def _shown(request: HttpRequest, offers: list[Offer], form: UploadForm, status: int = 200) -> HttpResponse:
    offer = _offer(request, offers)
    importer = importer_for(offer.importer) if offer else None
    context = {
        "offers": offers,
        "offer": offer,
        "form": form,
        "again": _again(request),
        "fields": importer.fields(_user(request)) if importer else [],
        "address": request.get_full_path(),
        "largest": settings.MAX_UPLOAD_BYTES,
        "too_large": too_large(),
    }
    return render(request, "records/imports/import_create.html", context, status=status)


def _act(request: HttpRequest, imp: ImportJob, chosen: Choices, before: Choices) -> HttpResponse | None:
    """What the button that was pressed asks for; None, with the reason in `imp.error`, when it cannot be done."""
    action = request.POST.get("action", "")
    here = redirect("records:import_columns", imp.pk)
    try:
        if (chosen.sheet, chosen.encoding) != (before.sheet, before.encoding):
            wizard.look(imp)
            imp.save(update_fields=["choices"])
            return here
        if action == "save_mapping":
            name = request.POST.get("mapping_name", "").strip()
            if not name:
                raise FileRefused(_("Give the mapping a name."))
            wizard.save_mapping(imp, user=_user(request), name=name)
            messages.success(request, _("The mapping was saved."))
        elif action.startswith("use_mapping-"):
            given = action.partition("-")[2]
            saved = ImportMapping.objects.filter(importer=imp.importer, owner=request.user, pk=int(given or 0)).first()
            if saved is not None:
                wizard.use_mapping(imp, saved)
        elif action in {"check", "run"}:
            wizard.check(imp, imp.owner or _user(request))
            wizard.launch(imp, user=_user(request), dry_run=action == "check")
            return redirect(imp)
    except (FileRefused, ValueError, PermissionDenied) as refusal:
        imp.error = str(refusal) or _("That is not possible.")
        return None
    return here


def _launched(request: HttpRequest, imp: ImportJob) -> None:
    try:
        wizard.launch(imp, user=_user(request))
    except FileRefused as refusal:
        messages.error(request, str(refusal))
    except PermissionDenied:
        raise Http404 from None


def _errors_path(imp: ImportJob) -> Any:
    return imp.trial_errors_path if imp.status == Status.DRAFT else imp.errors_path
