"""Writing versions of a site's rules.

API
    import_rules(site=, document=, effective_from=, by_label=, at=) -> Imported(ruleset, written)

Nobody changes a version: a correction is the next one, and a referral keeps the one it was made under.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Site
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.programs.models import RuleSet
from lead_cms.programs.reading import document_hash
from lead_cms.programs.validate import Fault, faults


class WrongRules(Exception):
    """The document was not taken; `faults` lists everything wrong with it."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__("\n".join(map(str, found)))
        self.faults = found


@dataclass(frozen=True, slots=True)
class Imported:
    """The version that now stands last, and whether this call wrote it."""

    ruleset: RuleSet
    written: bool


def faults_for(document: Any, slug: str) -> list[Fault]:
    """Every fault of a document that is to become this site's rules."""
    found = faults(document)
    if isinstance(document, Mapping) and isinstance(document.get("site"), str) and document["site"] != slug:
        found.append(Fault("site", f'is "{document["site"]}", but these are to be the rules of "{slug}".'))
    return found


def import_rules(
    *, site: Site, document: Mapping[str, Any], effective_from: date, by_label: str, at: datetime | None = None
) -> Imported:
    """Write the site's next version whole, or nothing: WrongRules with every fault.

    The same rules from the same or an earlier day on are already there and are not written again.
    """
    if found := faults_for(document, site.slug):
        raise WrongRules(found)
    digest = document_hash(document)
    with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
        with connection.cursor() as cursor:
            # Two imports at once take turns, so that both get a number of their own.
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"rules:{site.pk}"])
        last = RuleSet.objects.filter(site=site).order_by("-version").defer("document").first()
        if last is not None and last.document_hash == digest and last.effective_from <= effective_from:
            return Imported(last, written=False)
        ruleset = RuleSet(
            site=site,
            version=1 if last is None else last.version + 1,
            effective_from=effective_from,
            document=document,
            document_hash=digest,
            imported_at=at or timezone.now(),
            imported_by=by_label,
        )
        ruleset.save(force_insert=True)
        record(
            AuditAction.RULES_IMPORTED,
            target=ruleset,
            version=ruleset.version,
            effective_from=effective_from.isoformat(),
            document_hash=digest,
            by=by_label,
        )
    return Imported(ruleset, written=True)
