"""Rows and the files of the vault are brought together again after a crash.

What was removed loses its bytes. A file without a row is set aside, and erased when nobody missed it for thirty days: a
worker that was pointed at the wrong database for a night must not empty the folder. A row without its file is told to whoever
runs the system.
"""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from django.db import transaction

from lead_cms.access.principals import Duty, acting_as
from lead_cms.core import vault
from participants.models import PersonFile

BATCH = 500
HOUR, KEPT_ASIDE = 60 * 60, 30 * 24 * 60 * 60
log = logging.getLogger(__name__)


def sweep() -> None:
    """Any number may run at once, and again. What is younger than an hour is somebody's who still writes it."""
    vault.forget_parts(older_than=HOUR)
    for batch in in_batches(one for one in vault.stored() if one.is_aside or one.age_seconds > HOUR):
        known = dict(_rows(pk__in=[one.key for one in batch]))
        for one in batch:
            _settle(one, known)
    for batch in in_batches(_live()):
        for key in batch:
            if not vault.is_there(key):
                log.error("file %s is not there: bring it back from the backup, or let somebody remove it", key)


def _settle(one: vault.Stored, known: dict) -> None:
    is_live = one.key in known and known[one.key] is None
    if is_live and one.is_aside:
        vault.bring_back(one.key)
    elif one.key in known and not is_live:
        vault.erase(one.key)
    elif one.key not in known and not one.is_aside:
        log.warning("file %s has no row: set aside", one.key)
        vault.set_aside(one.key)
    elif one.key not in known and one.age_seconds > KEPT_ASIDE:
        vault.erase(one.key)


def _live() -> Iterator[UUID]:
    last = UUID(int=0)
    while keys := [key for key, _ in _rows(removed_at=None, pk__gt=last)]:
        yield from keys
        last = keys[-1]


def _rows(**which) -> list[tuple]:
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        return list(PersonFile.objects.filter(**which).order_by("pk").values_list("pk", "removed_at")[:BATCH])


def in_batches(items: Iterable) -> Iterator[list]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
