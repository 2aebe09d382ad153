"""Writing what was read from a file: new, changed, already known, no longer in it. Run as the operator.

API
    import_directory(site=, found=, at=, tick=) -> dict[kind, Counts]
An entry that people here have changed stays as it is, with its hours, places and numbers. A service that is no longer in
the file leaves the list and is kept, because referrals may rest on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, models, transaction

from lead_cms.accounts.models import Site
from services.actions.words import location_words, service_words
from services.hsds import Directory, Kept
from services.models import Contact, Hours, Location, Provider, Service

BATCH = 500
LOCK = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass
class Counts:
    new: int = 0
    changed: int = 0
    known: int = 0
    gone: int = 0
    kept: int = 0  # changed by people here, left as they are


@transaction.atomic
def import_directory(
    *, site: Site, found: Directory, at: datetime, tick: Callable[[int], None] = lambda n: None
) -> dict[str, Counts]:
    with connection.cursor() as cursor:
        # A second run waits here, so that both counts are true.
        cursor.execute(LOCK, [f"import_directory {site.pk}"])
    counts: dict[str, Counts] = {}
    providers, counts["organizations"] = _write(site, Provider, found.providers, {}, {}, frozenset(), tick)
    edited = set(
        Service.objects.filter(site=site)
        .exclude(edited_at=None)
        .exclude(source_key="")
        .values_list("source_key", flat=True)
    )
    for one in found.services.values():
        one.values["search_words"] = service_words(providers[one.provider].name, **one.values)
    services, counts["services"] = _write(site, Service, found.services, providers, {}, edited, tick)
    for one in found.locations.values():
        one.values["search_words"] = location_words(**one.values)
    for kind, model, rows in (
        ("locations", Location, found.locations), ("numbers", Contact, found.contacts), ("hours", Hours, found.hours),
    ):  # fmt: skip
        _, counts[kind] = _write(site, model, rows, providers, services, edited, tick)
    return counts


def _write(site, model: type[models.Model], rows: dict[str, Kept], providers, services, edited, tick):
    """One table: the instances by key, and how many of which."""
    held = {one.source_key: one for one in model.objects.filter(site=site).exclude(source_key="")}
    counts, new, changed = Counts(), [], []
    columns = sorted({name for row in rows.values() for name in row.values})
    for key, row in rows.items():
        tick(1)
        there = held.get(key)
        if key in edited and model is Service or row.service in edited:
            counts.kept += 1
            continue
        values = dict(row.values)
        if row.provider and model is not Provider:
            values["provider_id"] = providers[row.provider].pk
        if row.service:
            values["service_id"] = services[row.service].pk
        if there is None:
            held[key] = model(site=site, source_key=key, **values)
            new.append(held[key])
        elif any(getattr(there, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(there, name, value)
            changed.append(there)
        else:
            counts.known += 1
    model.objects.bulk_create(new, batch_size=BATCH)
    if changed:
        more = [name for name in ("provider", "service") if hasattr(model, f"{name}_id")]
        model.objects.bulk_update(changed, [*columns, *more], batch_size=BATCH)
    counts.new, counts.changed = len(new), len(changed)
    counts.gone = _gone(site, model, [one for key, one in held.items() if key not in rows], edited)
    return held, counts


def _gone(site, model, left: list, edited: set) -> int:
    """What the file does not hold any more."""
    if model is Provider:
        return len(left)  # their services leave the list
    if model is Service:
        keys = [one.pk for one in left if one.is_listed and one.source_key not in edited]
        Service.objects.filter(pk__in=keys).update(is_listed=False)
        return len(keys)
    ours = set(Service.objects.filter(site=site, source_key__in=edited).values_list("pk", flat=True))
    keys = [one.pk for one in left if one.service_id not in ours]
    model.objects.filter(pk__in=keys).delete()
    return len(keys)
