"""Pages of tasks beyond those of every kind: done, put off, taken up again, and the calendar."""

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.records.filters import EARLIEST, LATEST
from crm.records.views import RecordView
from interactions.work import calendar
from interactions.work.forms import FinishTaskForm
from interactions.work.kinds import TASK
from interactions.work.models import CalendarKey
from interactions.work.services import finish_task, reopen_task, snooze_task


class FinishView(RecordView):
    kind = TASK

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self.changeable()
        form = FinishTaskForm(request.POST)
        if not form.is_valid():
            messages.error(request, " ".join(str(each) for errors in form.errors.values() for each in errors))
            return self.back(task.get_absolute_url())
        finish_task(task, user=self.user, **form.cleaned_data)
        messages.success(request, _("“%(task)s” is done.") % {"task": task})
        return self.back(task.get_absolute_url())


class ReopenView(RecordView):
    kind = TASK

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = reopen_task(self.changeable(), user=self.user)
        messages.success(request, _("“%(task)s” is open again.") % {"task": task})
        return self.back(task.get_absolute_url())


class SnoozeView(RecordView):
    kind = TASK

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self.changeable()
        try:
            task = snooze_task(task, request.POST.get("until", ""), user=self.user)
        except KeyError:
            messages.error(request, _("Choose until when the task is put off."))
            return self.back(task.get_absolute_url())
        day = date_format(timezone.localtime(task.due_at), "SHORT_DATE_FORMAT") if task.due_at else ""
        messages.success(request, _("“%(task)s” is due on %(day)s.") % {"task": task, "day": day})
        return self.back(task.get_absolute_url())


class CalendarView(RecordView):
    """The reader's own tasks by day; a calendar program may read them under a secret address."""

    kind = TASK

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(_month_of(request.GET.get("month", "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        """A new secret address, shown once."""
        address = reverse("interactions:calendar_feed", args=[calendar.make_key(self.user)])
        return self._shown(timezone.localdate().replace(day=1), address=request.build_absolute_uri(address))

    def _shown(self, first: datetime.date, address: str = "") -> HttpResponse:
        before = (first - datetime.timedelta(days=1)).replace(day=1)
        after = (first + datetime.timedelta(days=31)).replace(day=1)
        context = {
            "first": first,
            "weeks": calendar.month(self.user, first),
            "before": before,
            "after": after,
            "address": address,
            "has_key": CalendarKey.objects.filter(user=self.user).exists(),
        }
        return self.page("interactions/task_calendar.html", context)


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Open to whoever knows the address: calendar programs do not sign in."""
    user = calendar.user_of(token)
    if user is None:
        raise Http404
    text = calendar.feed(user, request.build_absolute_uri("/").rstrip("/"))
    headers = {"Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _month_of(text: str) -> datetime.date:
    """The first day of `2026-05`; of this month where the address says none or nonsense."""
    try:
        first = datetime.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        first = timezone.localdate().replace(day=1)
    return first if EARLIEST <= first <= LATEST else timezone.localdate().replace(day=1)


urlpatterns: list[URLPattern] = [
    path("tasks/calendar/", CalendarView.as_view(), name="task_calendar"),
    path("calendar/<str:token>.ics", calendar_feed, name="calendar_feed"),
    path("tasks/<int:pk>/snooze/", SnoozeView.as_view(), name="task_snooze"),
    path("tasks/<int:pk>/finish/", FinishView.as_view(), name="task_finish"),
    path("tasks/<int:pk>/reopen/", ReopenView.as_view(), name="task_reopen"),
]
