"""Paging whoever is on call, until somebody answers. The telephone call stays the alarm; a page is what goes besides.

API
    begin(referral=, minutes=, at=)      with the referral, in its transaction; a second time changes nothing
    stop(referral_id, why=, at=)         answered, arrived, canceled, nobody came, taken: nobody further is paged
    standing(paging, pages, shifts, at) -> Standing     what the officer reads
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.core.inserting import insert
from lead_cms.core.jobs import poke_on_commit
from referrals.enums import ReferralStatus
from referrals.models import OnCallShift, Page, PageKind, Paging, Referral
from referrals.paging import next_in_line
from referrals.tasks import plan

# An officer stands with the person in these states; in every other one there is nobody to come to.
OFFICER_WAITS = frozenset({ReferralStatus.SUBMITTED, ReferralStatus.PENDING})
LONGEST = timedelta(hours=12)  # what nobody took over in this time stands on the lists of windows and outreach


def begin(*, referral: Referral, minutes: int | None, at: datetime) -> None:
    """The first in line is paged with the next poke, at once."""
    paging = Paging(
        site_id=referral.site_id, referral_id=referral.pk, officer_id=referral.officer_id, agency_id=referral.agency_id,
        begun_at=at, minutes=minutes, next_at=at,
    )  # fmt: skip
    with acting_as(Duty.INTAKE):
        insert([paging], ignore_conflicts=True)
    poke_on_commit(plan)


@transaction.atomic
def stop(referral_id: UUID, *, why: str, at: datetime) -> None:
    """Waits for a page that is being written, and stops what would follow it."""
    with acting_as(Duty.CLOCKWORK):
        Paging.objects.filter(referral_id=referral_id, stopped_at=None).update(stopped_at=at, stopped_why=why)


@dataclass(frozen=True)
class Standing:
    """Who was paged last and who is next, with their numbers one tap away."""

    paged: Membership | None
    after: Membership | None
    says: str


def standing(
    paging: Paging | None, pages: Sequence[Page], shifts: Iterable[OnCallShift], at: datetime
) -> Standing | None:
    """`shifts` are those that run when the next is paged; None when nobody is being paged any more."""
    if paging is None or paging.stopped_at is not None:
        return None
    # A page that was written since the chain was read is not in it yet: both are told as they stood then.
    pages = [page for page in pages if page.step < paging.next_step]
    on_call = [page for page in pages if page.kind == PageKind.ON_CALL]
    shift = next_in_line(shifts, {page.person_id for page in pages}) if paging.next_at else None
    after = shift.person if shift else None
    until = max(0, _minutes(paging.next_at - at)) if paging.next_at else None
    last = max(pages, key=lambda page: (page.step, page.paged_at), default=None)
    if last is None:
        says = f"{after.name} is being paged now." if after else "The supervisors are being told now."
        return Standing(after, None, says)
    ago = max(0, int((at - last.paged_at).total_seconds() // 60))
    if last.kind == PageKind.LAST:
        nobody = "Nobody is on call." if not on_call else "Everybody on the list was paged, and nobody has answered."
        return Standing(None, None, f"{nobody} Supervisors and coordinators were told {_ago(ago)}.")
    says = f"Paged {last.person.name} {_ago(ago)}."
    if paging.next_at is None:
        says += " The site’s rules page nobody further: call the next yourself."
    elif after is not None:
        says += f" Next is {after.name}, {_until(until)}."
    else:
        says += f" Nobody else is on the list: supervisors and coordinators are told {_until(until)}."
    return Standing(last.person, after, says)


def _minutes(span: timedelta) -> int:
    return -int(-span.total_seconds() // 60)


def _ago(minutes: int) -> str:
    return "just now" if minutes == 0 else f"{minutes} minute{'' if minutes == 1 else 's'} ago"


def _until(minutes: int) -> str:
    return "now" if minutes == 0 else f"in {minutes} minute{'' if minutes == 1 else 's'}"
