"""Tries to reach a person: how, what came of it, and when to try next.

API
    log_attempt(referral=, kind=, outcome=, by=, at=, …, key=None) -> Attempt     the same key again is the same try
    take_back(attempt=, by=, at=)                                                 a wrong tap, for some minutes
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.clock import local_moment
from lead_cms.programs.current import current_ruleset, rules_for
from participants.actions.seen import NOT_DECIDED
from referrals.actions.holding import hold_case
from referrals.actions.moments import not_in_future, site_day
from referrals.actions.outreach import note_try, untry
from referrals.enums import ENDED, AttemptKind, AttemptOutcome, WindowState
from referrals.models import Attempt, Casework, IntakeWindow, Referral

MORNING = time(10)
REGRETTED = timedelta(minutes=5)  # how long a tap can be taken back; row security gives a little more
OLD = "This page is old. Open the list again."


@transaction.atomic
def log_attempt(
    *,
    referral: Referral,
    kind: str,
    outcome: str,
    by: Membership,
    at: datetime,
    tried_at: datetime | None = None,
    next_try_at: datetime | None = None,
    place: str = "",
    key: UUID | None = None,
) -> Attempt:
    """One try. Without a next try the usual one is taken: soon after nobody was found, none once the person was reached.

    `key` is the open page's own: a double tap, or Back and again, is one try.
    """
    _check(referral, kind, outcome, by)
    moment = at if tried_at is None else not_in_future(tried_at, at, field="tried_at")
    if moment < referral.submitted_at - timedelta(days=1):
        raise DomainError("This is before the referral. Check the day.", field="tried_at")
    if next_try_at is None:
        next_try_at = usual_next_try(referral, outcome, site=by.site, at=at)
    elif next_try_at <= moment:
        raise DomainError("The next try comes after this one.", field="next_try_at")
    place = " ".join(place.split())
    place_until = _kept_until(moment, by=by, at=at) if place else None
    case = hold_case(referral.pk)
    if key is not None and (held := Attempt.objects.filter(pk=key).first()) is not None:
        if held.referral_id != referral.pk or held.tried_by_id != by.pk:
            raise StaleState(OLD)
        return held
    attempt = Attempt(
        **({} if key is None else {"pk": key}),
        site_id=referral.site_id, referral=referral, tried_at=moment, entered_at=at, tried_by=by, kind=kind,
        outcome=outcome, next_try_at=next_try_at, place=place, place_until_at=place_until,
    )  # fmt: skip
    attempt.save(force_insert=True)
    case.attempts += 1
    if case.last_attempt_at is None or moment >= case.last_attempt_at:
        case.last_attempt_at, case.last_outcome, case.next_try_at = moment, outcome, next_try_at
    case.save(update_fields=["attempts", "last_attempt_at", "last_outcome", "next_try_at"])
    note_try(referral=referral, reached=outcome == AttemptOutcome.REACHED, moment=moment, by=by, at=at)
    record(AuditAction.ATTEMPT_LOGGED, target=referral, kind=kind)
    return attempt


def _check(referral: Referral, kind: str, outcome: str, by: Membership) -> None:
    if kind not in AttemptKind.values:
        raise DomainError("Choose how you tried.", field="kind")
    if outcome not in AttemptOutcome.values:
        raise DomainError("Choose what came of it.", field="outcome")
    if referral.status in ENDED and not Casework.objects.filter(referral=referral, case_manager=by).exists():
        raise DomainError("This referral has ended.")


def _kept_until(moment: datetime, *, by: Membership, at: datetime) -> datetime:
    """Where they were looked for tells where they may be found: it is kept as a last-seen place is."""
    ruleset = current_ruleset(by.site_id, site_day(at, by.site))
    days = rules_for(ruleset).visibility.last_seen_days if ruleset else None
    if days is None:
        raise DomainError(NOT_DECIDED, field="place")
    if moment + timedelta(days=days) <= at:
        raise DomainError(
            f"This is longer ago than the {days} days that a place is kept. Leave it empty.", field="place"
        )
    return moment + timedelta(days=days)


@transaction.atomic
def take_back(*, attempt: Attempt, by: Membership, at: datetime) -> None:
    """A tap on the wrong person or answer: as if it had not been logged. Only one's own, the last, within some minutes.

    What the try before it had set stands again. Where there was none, the person is looked for again at once.
    """
    case = hold_case(attempt.referral_id)
    tries = Attempt.objects.filter(referral_id=attempt.referral_id)
    last = tries.order_by("-entered_at", "-pk").first()
    if last is None or last.pk != attempt.pk or attempt.tried_by_id != by.pk or at - attempt.entered_at > REGRETTED:
        raise StaleState("This can no longer be taken back. Log what came of it instead.")
    if not tries.filter(pk=attempt.pk).delete()[0]:
        raise StaleState("This can no longer be taken back. Log what came of it instead.")
    before = tries.order_by("-tried_at", "-pk").first()
    case.attempts = max(0, case.attempts - 1)
    case.last_attempt_at = before.tried_at if before else None
    case.last_outcome = before.outcome if before else ""
    case.next_try_at = before.next_try_at if before else None
    case.save(update_fields=["attempts", "last_attempt_at", "last_outcome", "next_try_at"])
    untry(attempt=attempt, is_first=before is None, at=at)
    record(AuditAction.ATTEMPT_TAKEN_BACK, target=attempt.referral)


def usual_next_try(referral: Referral, outcome: str, *, site, at: datetime) -> datetime | None:
    """A morning so many days on as the site's rules say, but not after the due day of an open window.

    None once the person was reached, or where the site has not decided. Whoever tried changes it; nothing is owed by it.
    """
    today = site_day(at, site)
    days = next_try_days(outcome, site_id=site.pk, today=today)
    if days is None:
        return None
    on = today + timedelta(days=days)
    window = IntakeWindow.objects.filter(referral=referral, state=WindowState.OPEN).first()
    if window is not None and today < window.due_on < on:
        on = window.due_on
    return local_moment(on, MORNING, site.tz)


def next_try_days(outcome: str, *, site_id: UUID, today: date) -> int | None:
    """After how many days the site tries again."""
    ruleset = current_ruleset(site_id, today)
    rules = rules_for(ruleset).outreach if ruleset else None
    if rules is None:
        return None
    days = {
        AttemptOutcome.NO_ANSWER: rules.no_answer_days, AttemptOutcome.NOT_FOUND: rules.not_found_days,
        AttemptOutcome.LEFT_WORD: rules.left_word_days,
    }  # fmt: skip
    return days.get(AttemptOutcome(outcome))
