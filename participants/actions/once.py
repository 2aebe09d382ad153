"""What a page writes is written once, however often it is sent: a double tap, or Back and again.

API
    keyed(key) -> dict                        the open page's own key as the row's, where there is one
    written_once(row, *typed, author=) -> bool   inserted; False where the same page has written the same already
"""

from uuid import UUID

from django.db import IntegrityError, models, transaction


def keyed(key: UUID | None) -> dict:
    return {} if key is None else {"pk": key}


def written_once(row: models.Model, *typed: str, author: str = "recorded_by_id") -> bool:
    """`typed` is what was typed: whoever went Back and typed something else wants a second row, and loses nothing."""
    if _inserted(row):
        return True
    same = {name: getattr(row, name) for name in (author, *typed)}
    held = type(row).objects.filter(pk=row.pk).first()
    if held is not None and all(getattr(held, name) == value for name, value in same.items()):
        return False
    row.pk = type(row)._meta.pk.get_default()
    row.save(force_insert=True)
    return True


def _inserted(row: models.Model) -> bool:
    """Not where the key is taken; a transaction that writes it at this moment is waited for."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True
