"""The Celery application. The broker is only a bell: what is to be done stands in Job rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("clientele")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
