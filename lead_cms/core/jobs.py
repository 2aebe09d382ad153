"""Starting background work once the data it reads is committed."""

import logging

from celery import Task
from django.db import transaction

logger = logging.getLogger(__name__)


def poke_on_commit(task: Task) -> None:
    """Wake a poke after the commit. It only shortens the wait: with the broker down the next beat finds the work."""

    def poke():
        try:
            task.apply_async(expires=120, retry=False)
        except Exception:
            logger.warning("The broker did not take a poke of %s; the next beat will find the work.", task.name)

    transaction.on_commit(poke, robust=True)
