"""The only way to read the audit: what an auditor asks for, newest first; row security leaves them their own site's.

API
    deeds(site_id, …) -> QuerySet of events in the order of ORDER; sign_ins(…) the same of what belongs to no site yet
    event(pk) -> one event, or None; siblings(event) -> the others of its request
    counts(site_id, since=, day=) -> {action: (in the last day, before it)}
    old_looks(site_id, since=, age_days=) -> [(membership, moment, referral)]; shifts(looks, count=, hours=) -> [Shift]
Row changes are kept, and no role reads them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent

ORDER = ("-recorded_at", "-pk")
MOST_SIBLINGS = 50
MOST_LOOKS = 20_000
SIGN_INS = (AuditAction.SIGNED_IN, AuditAction.SIGN_IN_FAILED, AuditAction.ACCOUNT_LOCKED)


def deeds(
    site_id: UUID,
    *,
    who: list[UUID] | None = None,
    model: str = "",
    key: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
):
    """Deeds, looks and denials at the site. `who`: memberships; `model` with `key`: one record; `until` is not in it."""
    found = AuditEvent.objects.filter(site_id=site_id)
    if who is not None:
        found = found.filter(membership_id=who[0]) if len(who) == 1 else found.filter(membership_id__in=who)
    return _narrowed(found, model=model, key=key, action=action, since=since, until=until)


def sign_ins(site_id: UUID, *, users: list[UUID] | None = None, action: str = "", since=None, until=None):
    """Good and failed sign-ins, locks and changed secrets of whoever has a role at the site."""
    found = AuditEvent.objects.filter(site_id=site_id, membership_id=None, action__startswith="account.")
    if users is not None:
        found = found.filter(user_id__in=users)
    return _narrowed(found, action=action, since=since, until=until)


def event(pk) -> AuditEvent | None:
    return AuditEvent.objects.filter(pk=pk).first()


def siblings(found: AuditEvent) -> list[AuditEvent]:
    """What else the same request recorded, in its order; what no request caused has none."""
    if found.request_id in ("", "-"):
        return []
    others = AuditEvent.objects.filter(request_id=found.request_id).exclude(pk=found.pk)
    return list(others.order_by("recorded_at", "pk")[:MOST_SIBLINGS])


def counts(site_id: UUID, *, since: datetime, day: datetime) -> dict[str, tuple[int, int]]:
    """How often each deed was recorded from `day` on, and from `since` until then."""
    found = AuditEvent.objects.filter(site_id=site_id, recorded_at__gte=since).values_list("action")
    found = found.annotate(last=Count("pk", filter=Q(recorded_at__gte=day)), all=Count("pk")).order_by("action")
    return {action: (last, total - last) for action, last, total in found}


def old_looks(site_id: UUID, *, since: datetime, age_days: int) -> list[tuple[UUID, datetime, str]]:
    """Looks of police at referrals of that age or older: the newest MOST_LOOKS of them."""
    found = deeds(site_id, action=AuditAction.REFERRAL_VIEWED, since=since).filter(details__age_days__gte=age_days)
    return list(found.order_by(*ORDER).values_list("membership_id", "recorded_at", "target_id")[:MOST_LOOKS])


@dataclass(frozen=True)
class Shift:
    """Many old referrals opened again by one person within the hours of a shift."""

    who: UUID
    begins: datetime
    ends: datetime
    referrals: int


def shifts(looks: Iterable[tuple[UUID, datetime, str]], *, count: int, hours: int) -> list[Shift]:
    """Every stretch of at most `hours` in which one person opened `count` or more different ones; newest first."""
    by_person: dict[UUID, list[tuple[datetime, str]]] = defaultdict(list)
    for who, at, key in looks:
        by_person[who].append((at, key))
    found = []
    for who, opened in by_person.items():
        opened.sort()
        moments, begin = [at for at, _ in opened], 0
        while begin < len(opened):
            within = opened[begin : bisect_right(moments, moments[begin] + timedelta(hours=hours))]
            different = len({key for _, key in within})
            if different < count:
                begin += 1
                continue
            found.append(Shift(who, within[0][0], within[-1][0], different))
            begin += len(within)
    return sorted(found, key=lambda one: (one.begins, str(one.who)), reverse=True)


def _narrowed(found, *, model="", key="", action="", since=None, until=None):
    asked = {"target_model": model, "target_id": key, "action": action, "recorded_at__gte": since,
             "recorded_at__lt": until}  # fmt: skip
    return found.filter(**{name: value for name, value in asked.items() if value})
