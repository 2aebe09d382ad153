"""Which rules hold: reading versions from the database.

API
    current_ruleset(site_id, on)  the newest version whose day has come by `on` (a date at the site), or None
    rules_on(site_id, on)         its Rules, for whom the version itself says nothing more
    rules_for(ruleset)            its Rules, read once per process: a version never changes
    rules_by_id(ruleset_id)       the same from a referral's `ruleset_id`

Call them inside the caller's transaction: row security shows the rules of the caller's own site only.
"""

from datetime import date
from uuid import UUID

from lead_cms.core.prepared import prepared
from lead_cms.programs.models import RuleSet
from lead_cms.programs.rules import Rules, parse

# Versions in memory; a process that serves more sites than this reads some again.
MOST_KEPT = 256
_kept: dict[UUID, Rules] = {}


def current_ruleset(site_id: UUID, on: date) -> RuleSet | None:
    """The version in force on a day at the site: the newest of those effective by then; its document loads if read."""
    return next(iter(_current(site_id=site_id, on=on)), None)


def rules_on(site_id: UUID, on: date) -> Rules | None:
    """The Rules of that version, or None."""
    found = _current_key(site_id=site_id, on=on)
    return rules_by_id(found[0][0]) if found else None


@prepared(site_id=UUID, on=date)
def _current(*, site_id, on):
    return _held(site_id, on).defer("document")[:1]


@prepared(site_id=UUID, on=date)
def _current_key(*, site_id, on):
    return _held(site_id, on).values_list("pk")[:1]


def _held(site_id, on):
    return RuleSet.objects.filter(site_id=site_id, effective_from__lte=on).order_by("-version")


def rules_for(ruleset: RuleSet) -> Rules:
    """The rules of one version."""
    rules = _kept.get(ruleset.pk)
    if rules is None:
        rules = parse(ruleset.document)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[ruleset.pk] = rules
    return rules


def rules_by_id(ruleset_id: UUID) -> Rules:
    """The rules a referral was made under; RuleSet.DoesNotExist when the caller may not read them."""
    kept = _kept.get(ruleset_id)
    return kept if kept is not None else rules_for(RuleSet.objects.get(pk=ruleset_id))
