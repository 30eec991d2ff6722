"""The Celery application. The broker is only a bell: what is to be done stands in Job rows."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

# In a container everybody is root; the messages carry ids only, in JSON.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("clientele")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    worker_hijack_root_logger=False,  # LOGGING of the settings holds
    worker_max_memory_per_child=900_000,  # kB; what a big recompute left behind is given back after it
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_max_retries=None,  # a broker may be away for a night
    worker_proc_alive_timeout=30.0,  # a slow machine that starts everything at once
    beat_max_loop_interval=2,
)
app.autodiscover_tasks()


@worker_process_init.connect
def _start_worker_process(**kwargs: Any) -> None:
    """In each process that does jobs: take up what dead ones left, show signs of life, end with the main process."""
    from crm.jobs import guarded, process, services

    guarded.when_parent_ends(os.getppid(), lambda: os._exit(1))
    process.Pulsing("worker", first=services.sweep).start()


@beat_init.connect
def _start_scheduler(**kwargs: Any) -> None:
    from crm.jobs import process

    process.Pulsing("scheduler").start()
