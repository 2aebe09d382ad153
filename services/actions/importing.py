"""Writing what was read from a file: new, changed, already known, no longer in it. Run as the operator.

API
    import_directory(site=, found=, at=, source=, tick=) -> dict[kind, Counts]
A site may take several directories: with a `source` of its own each keeps to what came from it. An entry that people here have
changed stays as it is, with its hours, places and numbers. A service that is no longer in the file leaves the list and is kept,
because referrals may rest on it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, models, transaction

from lead_cms.accounts.models import Site
from lead_cms.core.errors import DomainError
from services.actions.words import location_words, service_words
from services.hsds import Directory, Kept
from services.models import Contact, Hours, Location, Provider, Service

BATCH = 500
BETWEEN = "|"  # a source and a key of its files
SOURCE = re.compile(r"[a-z0-9-]{1,15}", re.ASCII)
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
    *, site: Site, found: Directory, at: datetime, source: str = "", tick: Callable[[int], None] = lambda n: None
) -> dict[str, Counts]:
    if source and not SOURCE.fullmatch(source):
        raise DomainError("A source is 1 to 15 small letters, digits and hyphens.", field="source")
    with connection.cursor() as cursor:
        # A second run waits here, so that both counts are true.
        cursor.execute(LOCK, [f"import_directory {site.pk}"])
    counts: dict[str, Counts] = {}
    ours = _Ours(site, source, tick)
    providers, counts["organizations"] = ours.write(Provider, found.providers, {}, {}, frozenset())
    edited = {key for key, one in ours.held(Service).items() if one.edited_at is not None}
    for one in found.services.values():
        one.values["search_words"] = service_words(providers[one.provider].name, **one.values)
    services, counts["services"] = ours.write(Service, found.services, providers, {}, edited)
    for one in found.locations.values():
        one.values["search_words"] = location_words(**one.values)
    for kind, model, rows in (
        ("locations", Location, found.locations), ("numbers", Contact, found.contacts), ("hours", Hours, found.hours),
    ):  # fmt: skip
        _, counts[kind] = ours.write(model, rows, providers, services, edited)
    return counts


class _Ours:
    """What one source has in a site's directory; its keys carry the source, so that two never meet."""

    def __init__(self, site: Site, source: str, tick: Callable[[int], None]):
        self.site, self.tick = site, tick
        self.prefix = f"{source}{BETWEEN}" if source else ""

    def held(self, model: type[models.Model]) -> dict:
        rows = model.objects.filter(site=self.site).exclude(source_key="")
        mine = (
            rows.filter(source_key__startswith=self.prefix)
            if self.prefix
            else rows.exclude(source_key__contains=BETWEEN)
        )
        return {one.source_key.removeprefix(self.prefix): one for one in mine}

    def write(self, model: type[models.Model], rows: dict[str, Kept], providers, services, edited):
        """One table: the instances by key, and how many of which."""
        held = self.held(model)
        counts, new, changed = Counts(), [], []
        columns = sorted({name for row in rows.values() for name in row.values})
        for key, row in rows.items():
            self.tick(1)
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
                held[key] = model(site=self.site, source_key=self.prefix + key, **values)
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
        counts.gone = self._gone(model, {key: one for key, one in held.items() if key not in rows}, edited)
        return held, counts

    def _gone(self, model, left: dict, edited: set) -> int:
        """What the file does not hold any more."""
        if model is Provider:
            # It stays, without a service on the list: counted once, as long as it has one.
            listed = Service.objects.filter(provider__in=list(left.values()), is_listed=True)
            return listed.values("provider_id").distinct().count()
        if model is Service:
            keys = [one.pk for key, one in left.items() if one.is_listed and key not in edited]
            Service.objects.filter(pk__in=keys).update(is_listed=False)
            return len(keys)
        kept = {one.pk for key, one in self.held(Service).items() if key in edited}
        keys = [one.pk for one in left.values() if one.service_id not in kept]
        model.objects.filter(pk__in=keys).delete()
        return len(keys)
