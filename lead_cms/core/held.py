"""A row that was read before, locked: as it is now, or no longer there for whoever asks."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from lead_cms.core.errors import Gone

Row = TypeVar("Row", bound=Model)


def still_there(rows: "QuerySet[Row]", **key) -> Row:
    """The one of these rows. While its lock was waited for it may have been restricted to others: then Gone, which is a 404."""
    try:
        return rows.get(**key)
    except rows.model.DoesNotExist as error:
        raise Gone from error
