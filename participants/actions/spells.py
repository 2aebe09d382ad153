"""How somebody takes part: spells one after the other, each with its day; nothing is ever set by itself.

API
    change_spell(participant=, state=, reason=, since=, seen=, by=, at=) -> Participation
    correct_spell(participant=, state=, reason=, since=, seen=, by=, at=) -> Participation     a slip of the last day, one's own
    is_correctable(spell, by=, at=) -> bool
    say_spell(spell, is_first=) -> str
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from participants.enums import InactiveReason, SpellState
from participants.models import Participant, Participation

CORRECTED_WITHIN = timedelta(days=1)


@transaction.atomic
def change_spell(
    *, participant: Participant, state: str, reason: str, since: date, seen: UUID | None, by: Membership, at: datetime
) -> Participation:
    """From this day on. The spell before ends that day and stays; active after anything else is re-engaged.

    `seen` is the spell that stood when the page was opened. Raises DomainError beside its field, StaleState when another
    page was first.
    """
    _check(state, reason, since, at.astimezone(by.site.tz).date())
    held, *_ = _newest(participant, seen)
    if (held.state, held.reason) == (state, reason) and held.ended_on is None:
        raise DomainError(f"It reads “{say_spell(held)}” already.", field="how")
    _refuse_before(held, held.ended_on or held.began_on, since)
    if held.ended_on is None:
        held.ended_on = since
        held.save(update_fields=["ended_on"])
    spell = Participation(
        site_id=participant.site_id, participant=participant, state=state, reason=reason, began_on=since, typed_at=at,
        recorded_by=by,
    )  # fmt: skip
    spell.save(force_insert=True)
    record(AuditAction.SPELL_CHANGED, target=spell, state=state)
    return spell


@transaction.atomic
def correct_spell(
    *, participant: Participant, state: str, reason: str, since: date, seen: UUID | None, by: Membership, at: datetime
) -> Participation:
    """What was put down wrong just now, by whoever put it down: it never was so, and the audit alone keeps what stood."""
    _check(state, reason, since, at.astimezone(by.site.tz).date())
    held, *before = _newest(participant, seen)
    if not is_correctable(held, by=by, at=at):
        raise DomainError("Only whoever wrote it down corrects it, within a day. Change it from now on instead.")
    for one in before:
        _refuse_before(one, one.began_on, since)
        if one.ended_on == held.began_on:
            one.ended_on = since
            one.save(update_fields=["ended_on"])
    held.state, held.reason, held.began_on = state, reason, since
    held.save(update_fields=["state", "reason", "began_on"])
    record(AuditAction.SPELL_CHANGED, target=held, state=state, corrected=True)
    return held


def is_correctable(spell: Participation, *, by: Membership, at: datetime) -> bool:
    """The one that runs, written down by hand within the last day, by the same person."""
    is_fresh = spell.typed_at is not None and at - spell.typed_at <= CORRECTED_WITHIN
    return is_fresh and spell.ended_on is None and spell.recorded_by_id == by.pk


def _newest(participant: Participant, seen: UUID | None) -> list[Participation]:
    """The newest spell, which the page has shown, and the one before it; held, one at a time for a person."""
    if not Participant.objects.select_for_update(of=("self",), no_key=True).filter(pk=participant.pk).exists():
        raise StaleState("This record was put together with another one meanwhile. Open the person’s page again.")
    found = list(Participation.objects.filter(participant=participant).newest_first()[:2])
    if not found:
        raise DomainError("Taking part begins with their yes, on the page of their referral.")
    if found[0].pk != seen:
        raise StaleState(f"This was changed since the page was opened. It reads “{say_spell(found[0])}” now.")
    return found


def _refuse_before(spell: Participation, begins: date, since: date) -> None:
    if since < begins:
        raise DomainError(
            f"Two spells cannot overlap: “{say_spell(spell)}” runs since {begins:%B} {begins.day}, {begins.year}. "
            "Enter that day or a later one.", field="since",
        )  # fmt: skip


def say_spell(spell: Participation, *, is_first: bool = True) -> str:
    """A spell in words; active again reads "re-engaged"."""
    if spell.state == SpellState.INACTIVE and spell.reason:
        return f"Inactive: {InactiveReason(spell.reason).label.lower()}"
    if spell.state == SpellState.ACTIVE and not is_first:
        return "Re-engaged"
    return SpellState(spell.state).label


def _check(state: str, reason: str, since: date, today: date) -> None:
    if state not in SpellState.values or (state == SpellState.INACTIVE) != (reason in InactiveReason.values):
        raise DomainError("Say how it is now.", field="how")
    if since > today:
        raise DomainError("This is still to come. Enter since when it is so.", field="since")
