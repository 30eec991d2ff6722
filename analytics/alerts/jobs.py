"""What is done after alerts were published, outside that transaction because it takes longer."""

from django.utils.translation import gettext_lazy as _

from analytics.models import Alert
from crm.jobs import services as jobs
from crm.jobs.registry import JobContext, handler
from crm.records import search
from interactions.models import Task

BATCH = 500
INDEX_TASKS = "alerts.index_tasks"


def index_tasks_later(run_id: int) -> None:
    """Let the search find the tasks of a run's new alerts. Part of the caller's transaction."""
    jobs.enqueue(INDEX_TASKS, payload={"run": run_id}, key=f"{INDEX_TASKS}:{run_id}")


@handler(INDEX_TASKS, label=_("Make the tasks of alerts searchable"))
def index_tasks(job: JobContext) -> dict[str, int]:
    """Safe to repeat: the index rows of a task are replaced."""
    opened = Alert.objects.filter(run=job.payload["run"], task__isnull=False)
    ids = list(opened.order_by("task_id").values_list("task_id", flat=True))
    for start in range(0, len(ids), BATCH):
        job.progress(start, len(ids))
        search.index("task", list(Task.objects.kept().filter(pk__in=ids[start : start + BATCH])))
    return {"tasks": len(ids)}
