"""Whoever writes what hangs on a person holds the person before a row of theirs (docs/architecture.md)."""

from django.db import connection

from participants.models import Participant


def hold_person(participant: Participant) -> None:
    """Held until the transaction ends, beside others who hold it so: a merge waits for it, and so does a restriction.

    For whoever may write about somebody whose own record is not theirs to change.
    """
    with connection.cursor() as cursor:
        cursor.execute("select app.hold_person(%s)", [participant.pk])
