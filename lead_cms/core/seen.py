"""What a page showed when it was opened, as one mark: two pages that change one row do not overrule each other unseen.

form = NamesForm(initial={…, "seen": mark_of(person, NAMES)})       a hidden field of the form
refuse_if_changed(held, NAMES, seen)                                in the action, the row being locked
"""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils.crypto import constant_time_compare, salted_hmac

from lead_cms.core.errors import StaleState

CHANGED = "Somebody changed this since it was opened here. Below is yours; save again to keep it."


def mark_of(row: Model, names: tuple[str, ...]) -> str:
    """A mark of these columns as they are now; it tells nothing of what stands in them."""
    values = json.dumps([getattr(row, name) for name in names], cls=DjangoJSONEncoder)
    return salted_hmac(f"seen {row.pk}", values).hexdigest()


def refuse_if_changed(row: Model, names: tuple[str, ...], seen: str) -> None:
    """StaleState unless they are what the page showed. An empty mark was no page's."""
    if seen and not constant_time_compare(seen, mark_of(row, names)):
        raise StaleState(CHANGED)
