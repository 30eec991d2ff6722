"""The Celery application. The broker is only a bell: what is to be done stands in Job rows."""

import os
import signal
import warnings
from typing import Any

from celery import Celery
from celery.signals import beat_init, task_postrun, worker_process_init, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

LARGEST_BYTES = 900 * 1024 * 1024

# In a container everybody is root; the messages carry ids only, in JSON.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("clientele")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    worker_hijack_root_logger=False,  # LOGGING of the settings holds
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_max_retries=None,  # a broker may be away for a night
    beat_max_loop_interval=2,
)
app.autodiscover_tasks()


@worker_process_init.connect
def _start_worker(**kwargs: Any) -> None:
    """Take up what dead workers left, then show signs of life."""
    from crm.jobs import process, services

    process.Pulsing("worker", first=services.sweep).start()


@task_postrun.connect
def _give_memory_back(**kwargs: Any) -> None:
    """A worker that a big recompute has made fat ends after it; the supervisor starts a new one."""
    import psutil

    if os.environ.get("SUPERVISOR_PID") and psutil.Process().memory_info().rss > LARGEST_BYTES:
        os.kill(os.getpid(), signal.SIGTERM)


@worker_shutting_down.connect
def _end_at_once_if_idle(**kwargs: Any) -> None:
    """Nothing is in this process's memory that counts; its loop would look up from the queue seconds later."""
    from celery.worker import state

    if not state.active_requests:
        os._exit(0)


@beat_init.connect
def _start_scheduler(**kwargs: Any) -> None:
    from crm.jobs import process

    process.Pulsing("scheduler").start()
