"""Health, status, and the progress of a job."""

import json
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.accounts.models import User
from crm.jobs import services, status
from crm.jobs.models import Job, JobQuerySet

SHOWN_JOBS = 30


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """For load balancers: whether this process serves and its database answers."""
    if status.database_answers():
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": "database"}, status=HTTPStatus.SERVICE_UNAVAILABLE)


@never_cache
@require_safe
@login_required
def status_page(request: HttpRequest) -> HttpResponse:
    """Whether everything works, and the jobs the reader may see."""
    jobs = _jobs(request).select_related("user")
    lines = status.lines()
    context = {
        "lines": lines,
        "worst": status.worst(lines),
        "unfinished_jobs": jobs.unfinished().order_by("-status", "run_at", "id")[:SHOWN_JOBS],
        "finished_jobs": jobs.exclude(status__in=[Job.Status.WAITING, Job.Status.RUNNING])[:SHOWN_JOBS],
    }
    template = "jobs/_status.html" if "HX-Request" in request.headers else "jobs/status.html"
    return render(request, template, context)


@never_cache
@require_safe
@login_required
def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is: a fragment that asks again by itself for htmx, a page otherwise."""
    job = get_object_or_404(_jobs(request), pk=pk)
    if "HX-Request" not in request.headers:
        return render(request, "jobs/job_progress.html", {"job": job})
    response = render(request, "jobs/_job_progress.html", {"job": job})
    if job.is_finished:
        response["HX-Trigger"] = json.dumps({"jobFinished": {"id": job.pk, "status": job.status}})
    return response


@require_POST
@login_required
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(_jobs(request), pk=pk)
    if services.cancel(job):
        messages.success(request, _("The job is being stopped."))
    else:
        messages.info(request, _("The job had ended already."))
    return redirect("jobs:status")


@require_POST
@login_required
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    if not (isinstance(request.user, User) and request.user.is_administrator):
        raise Http404
    job = get_object_or_404(Job, pk=pk)
    if services.retry(job):
        messages.success(request, _("The job will be done once more."))
    else:
        messages.info(request, _("Only failed and cancelled jobs can be repeated."))
    return redirect("jobs:status")


def _jobs(request: HttpRequest) -> JobQuerySet:
    return Job.objects.visible_to(request.user) if isinstance(request.user, User) else Job.objects.none()
