"""The alarm clock: `celery -A lead_cms.celery worker` and `… beat`. PostgreSQL is the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lead_cms.settings.base")
app = Celery("lead_cms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
