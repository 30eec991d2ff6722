"""Pages of tasks beyond those of every kind: done, and taken up again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from crm.records.views import RecordView
from interactions.work.forms import FinishTaskForm
from interactions.work.kinds import TASK
from interactions.work.services import finish_task, reopen_task


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


urlpatterns: list[URLPattern] = [
    path("tasks/<int:pk>/finish/", FinishView.as_view(), name="task_finish"),
    path("tasks/<int:pk>/reopen/", ReopenView.as_view(), name="task_reopen"),
]
