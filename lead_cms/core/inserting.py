"""New rows whose keys are made in Python: one statement for rows of a model, planned once; nothing is read back.

insert(rows)                            like bulk_create, without asking what the database made of them
with pipelined():                       sends what the block inserts without waiting for each answer
    insert(parts)
    insert(others)
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Insert rows of one model. Raises what the database raises, in a pipeline at its end."""
    if not rows:
        return
    model, connection = type(rows[0]), connections[DEFAULT_DB_ALIAS]
    fields = model._meta.concrete_fields
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    with transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS), connection.prepared_cursor() as cursor:
        cursor.execute(_statement(model, len(rows), ignore_conflicts), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@contextmanager
def pipelined() -> Iterator[None]:
    """PostgreSQL works on one statement while the next is made. A fault is raised where the block ends.

    Only what reads nothing may stand in it, and who acts is stated outside of it.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with (
        transaction.mark_for_rollback_on_error(DEFAULT_DB_ALIAS),
        connection.wrap_database_errors,
        connection.connection.pipeline(),
    ):
        yield


@cache
def _statement(model: type[models.Model], count: int, ignore_conflicts: bool) -> str:
    connection = connections[DEFAULT_DB_ALIAS]
    fields = model._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    # Without its length: a cast would cut a text that is too long, an assignment refuses it.
    row = ", ".join(f"%s::{re.sub(r'[(][0-9, ]+[)]', '', field.db_type(connection))}" for field in fields)
    on_conflict = " on conflict do nothing" if ignore_conflicts else ""
    rows = ", ".join([f"({row})"] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) values {rows}{on_conflict}'  # noqa: S608  names are ours
