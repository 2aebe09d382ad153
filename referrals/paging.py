"""Who is paged next when an officer waits, asked as the scheduler; `referrals.tasks.plan` calls it until nothing is due.

API
    page_batch() -> int       pages the next in line of every chain that is due, in one transaction
    next_in_line(shifts, paged) -> the first on the list who was not paged, or None   pure
A chain is one row, locked to page and locked to stop: a stop that comes while somebody is being paged waits, and then
stops what comes after. A page, its notice and its e-mail carry the handoff, the step and the person in their keys, so that
neither a second worker nor the same one again can tell anybody twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lead_cms.access.permissions import CASEWORK, Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.core.jobs import poke_on_commit
from lead_cms.notify.kinds import AlertKind
from lead_cms.notify.models import EmailKind, Notice, OutboxEmail
from lead_cms.notify.tasks import drain
from referrals.models import Casework, OnCallShift, Page, PageKind, Paging

BATCH = 100
CASE, LIST = "/site/cases/{}/", "/referrals/on-call/"
WAITING = "A handoff is waiting"
ESCALATED = "Nobody answered a page: an officer is waiting"
NOBODY = "Nobody is on call, and an officer is waiting"


def next_in_line(shifts: Iterable[OnCallShift], paged: Collection[UUID]) -> OnCallShift | None:
    """By position, then by who came first; somebody who is on the list twice is paged once."""
    waiting = [shift for shift in shifts if shift.person_id not in paged]
    return min(waiting, key=lambda shift: (shift.position, shift.starts_at, shift.pk), default=None)


def page_batch() -> int:
    """One batch in one transaction: a crash undoes all of it, and nobody was paged. The number of chains handled."""
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        now = timezone.now()
        due = list(
            Paging.objects.filter(stopped_at=None, next_at__lte=now)
            .select_for_update(of=("self",), no_key=True, skip_locked=True)
            .order_by("next_at", "pk")[:BATCH]
        )
        if not due:
            return 0
        roster = _Roster(due, now)
        pages, notices, mails = [], [], []
        for paging in due:
            for person, kind, text, path in roster.next(paging):
                key = f"page:{paging.referral_id}:{paging.next_step}"
                pages.append(
                    Page(
                        site_id=paging.site_id, referral_id=paging.referral_id, officer_id=paging.officer_id,
                        agency_id=paging.agency_id, step=paging.next_step, kind=kind, person=person, paged_at=now,
                    )
                )  # fmt: skip
                notices.append(
                    Notice(site_id=paging.site_id, key=key, recipient=person, text=text, path=path, created_at=now)
                )
                # Whoever is on call is not kept waiting by quiet hours; those told at the end of the list may be.
                mails.append(
                    OutboxEmail(
                        key=key, user_id=person.user_id, kind=EmailKind.HANDOFF, path=path, created_at=now, next_try_at=now,
                        membership_id=person.pk, about=AlertKind.HANDOFF, is_page=kind == PageKind.ON_CALL,
                    )
                )  # fmt: skip
            _go_on(paging, any(page.kind == PageKind.ON_CALL for page in pages[-1:]), now)
        for rows in (pages, notices, mails):
            type(rows[0]).objects.bulk_create(rows, ignore_conflicts=True) if rows else None
        Paging.objects.bulk_update(due, ["next_step", "next_at"])
        if mails:
            poke_on_commit(drain)
        return len(due)


def _go_on(paging: Paging, somebody_on_call: bool, now: datetime) -> None:
    """When the next is paged: after the rules' minutes; never, where they set none or the list is at its end."""
    more = somebody_on_call and paging.minutes is not None
    paging.next_step, paging.next_at = paging.next_step + 1, now + timedelta(minutes=paging.minutes) if more else None


class _Roster:
    """The list as it is at this moment, with four queries whatever the number of chains."""

    def __init__(self, due: list[Paging], at: datetime):
        sites, referrals = {one.site_id for one in due}, [one.referral_id for one in due]
        people = Membership.objects.current(at).filter(
            site_id__in=sites, role__in=[*sorted(CASEWORK), Role.COORDINATOR]
        )
        self.current = {one.pk: one for one in people.only("pk", "user_id", "site_id", "role")}
        self.shifts: dict[UUID, list[OnCallShift]] = defaultdict(list)
        for shift in OnCallShift.objects.filter(site_id__in=sites, starts_at__lte=at, ends_at__gt=at):
            if shift.person_id in self.current:
                self.shifts[shift.site_id].append(shift)
        self.paged: dict[UUID, set[UUID]] = defaultdict(set)
        for referral_id, person_id in Page.objects.filter(referral_id__in=referrals).values_list(
            "referral_id", "person_id"
        ):
            self.paged[referral_id].add(person_id)
        closed = Casework.objects.filter(referral_id__in=referrals)
        self.closed = {
            case.referral_id: case
            for case in closed.only("referral_id", "is_sealed", "is_restricted")
            if case.is_sealed or case.is_restricted
        }

    def next(self, paging: Paging) -> list[tuple[Membership, str, str, str]]:
        """Whom, as what, with which words and where to; of a restricted record only supervisors, of a sealed nobody."""
        case, path = self.closed.get(paging.referral_id), CASE.format(paging.referral_id)
        if case is not None and case.is_sealed:
            return []
        paged = self.paged[paging.referral_id]
        shift = None if case is not None else next_in_line(self.shifts[paging.site_id], paged)
        if shift is not None:
            return [(self.current[shift.person_id], PageKind.ON_CALL, WAITING, path)]
        roles = {Role.SUPERVISOR: (ESCALATED if paged else WAITING, path)}
        if case is None:
            roles[Role.COORDINATOR] = (ESCALATED if paged else NOBODY, LIST)
        told = [one for one in self.current.values() if one.site_id == paging.site_id and one.role in roles]
        return [(one, PageKind.LAST, *roles[one.role]) for one in told if one.pk not in paged]
