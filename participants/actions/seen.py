"""Where somebody was last seen: written down for the site's days, and taken away again.

API
    note_seen(participant=, place=, by=, at=, seen_at=None) -> LastSeen     takes the place of an older sighting
    forget_seen(seen=), forget_after_death(participant=)                    erased at once
    erase_what_is_over(at=, most=) -> int                                   by the worker, under its own duty
"""

from datetime import datetime, timedelta

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.core.held import still_there
from lead_cms.programs.current import current_ruleset, rules_for
from participants.models import LastSeen, Participant, ShiftLine

LONGEST = 120
NOT_DECIDED = "Your site has not decided how long a last-seen place is kept, so none is. Ask your coordinator."


@transaction.atomic
def note_seen(
    *, participant: Participant, place: str, by: Membership, at: datetime, seen_at: datetime | None = None
) -> LastSeen:
    """Write it down. The same place within the same minute is the same sighting; an older one never hides a newer."""
    place, moment = " ".join(place.split()), seen_at or at
    days = _days(by, at)
    _check(place, moment, days, at)
    # One at a time for a person: two who type at once leave one row.
    still_there(Participant.objects.select_for_update(of=("self",), no_key=True), pk=participant.pk)
    held = LastSeen.objects.filter(participant=participant).order_by("-seen_at", "-pk").first()
    if held is not None and held.seen_at > moment:
        raise DomainError("They were seen somewhere since then. That newer place stands.", field="seen_at")
    if held is not None and held.place == place and moment - held.seen_at < timedelta(minutes=1):
        return held
    LastSeen.objects.filter(participant=participant).delete()
    seen = LastSeen(
        site_id=participant.site_id, participant=participant, place=place, seen_at=moment,
        expires_at=moment + timedelta(days=days), recorded_at=at, recorded_by=by,
    )  # fmt: skip
    seen.save(force_insert=True)
    record(AuditAction.SEEN_NOTED, target=participant)
    return seen


@transaction.atomic
def forget_seen(*, seen: LastSeen) -> None:
    """They would rather not be found, or it was somebody else. An older place does not come back in its stead.

    There is an older one where two records were put together: each had its own, which it has again when taken apart.
    """
    record(AuditAction.SEEN_ERASED, target=seen.participant)
    LastSeen.objects.filter(participant_id=seen.participant_id, seen_at__lte=seen.seen_at).delete()


def forget_after_death(*, participant: Participant) -> None:
    """Nobody is looked for any more."""
    if LastSeen.objects.filter(participant=participant).delete()[0]:
        record(AuditAction.SEEN_ERASED, target=participant)


def erase_what_is_over(*, at: datetime, most: int) -> int:
    """The first few rows of each kind whose days are over, for good; how many of the kind that had most.

    Safe to run twice and side by side.
    """
    erased = 0
    for model in (LastSeen, ShiftLine):
        over = model.objects.filter(expires_at__lte=at).order_by("expires_at")
        keys = list(over.values_list("pk", flat=True)[:most])
        model.objects.filter(pk__in=keys).delete()
        erased = max(erased, len(keys))
    return erased


def _days(by: Membership, at: datetime) -> int:
    ruleset = current_ruleset(by.site_id, at.astimezone(by.site.tz).date())
    days = rules_for(ruleset).visibility.last_seen_days if ruleset else None
    if days is None:
        raise DomainError(NOT_DECIDED, field="place")
    return days


def _check(place: str, moment: datetime, days: int, at: datetime) -> None:
    if not place:
        raise DomainError("Say where.", field="place")
    if len(place) > LONGEST:
        raise DomainError(f"At most {LONGEST} characters fit.", field="place")
    if moment > at:
        raise DomainError("This is still to come. Enter when it was.", field="seen_at")
    if moment + timedelta(days=days) <= at:
        raise DomainError(f"This is longer ago than the {days} days that a place is kept.", field="seen_at")
