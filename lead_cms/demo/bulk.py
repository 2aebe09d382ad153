"""Many rows of a model in one statement: the values travel as one JSON text, which PostgreSQL takes apart."""

import json
import re
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace

from django.db import connection, models


class Row(SimpleNamespace):
    """What a model's instance would hold, without its cost; a related row or instance given by name leaves its key."""

    @property
    def pk(self):
        return self.id


def made(model: type[models.Model], **given) -> Row:
    """A row with the model's defaults."""
    row = Row(**_defaults(model))
    values = row.__dict__
    for name, value in given.items():
        key = getattr(value, "pk", None)
        if key is None:
            values[name if name in values or name == "id" else f"{name}_id"] = value
        else:
            values[name], values[f"{name}_id"] = value, key
    return row


@cache
def _defaults(model: type[models.Model]) -> dict:
    return {field.attname: field.get_default() for field in model._meta.concrete_fields if not field.primary_key}


def write(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert new rows of one model, policies, constraints and audit as for any other insert."""
    if not rows:
        return
    fields = [(field.column, field.attname, _plain(field)) for field in model._meta.concrete_fields]
    values = [
        {
            column: getattr(row, name) if prepare is None else prepare(getattr(row, name))
            for column, name, prepare in fields
        }
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model), [json.dumps(values, default=str)])


def _plain(field: models.Field):
    """What makes a value fit for JSON, None where it is already: JSON fields are values themselves, others may be encoded."""
    internal = field.get_internal_type()
    if internal in {"UUIDField", "ForeignKey", "OneToOneField", "JSONField"} or type(field).__module__.startswith(
        "django.db.models"
    ):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


@cache
def _statement(model: type[models.Model]) -> str:
    fields = model._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    # Without its length: a text that is too long is refused by the table, not cut here.
    types = ", ".join(
        f'"{field.column}" {re.sub(r"[(][0-9, ]+[)]", "", field.db_type(connection))}' for field in fields
    )
    return f'insert into "{model._meta.db_table}" ({names}) select {names} from json_to_recordset(%s::json) as given({types})'  # noqa: S608  names are ours
