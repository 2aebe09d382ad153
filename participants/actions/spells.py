"""How somebody takes part: spells one after the other, each with its day; nothing is ever set by itself.

API
    change_spell(participant=, state=, reason=, since=, seen=, by=, at=) -> Participation
    say_spell(spell, is_first=) -> str
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from participants.enums import InactiveReason, SpellState
from participants.models import Participant, Participation


@transaction.atomic
def change_spell(
    *, participant: Participant, state: str, reason: str, since: date, seen: UUID | None, by: Membership, at: datetime
) -> Participation:
    """From this day on. The spell before ends that day and stays; active after anything else is re-engaged.

    `seen` is the spell that stood when the page was opened. Raises DomainError beside its field, StaleState when another
    page was first.
    """
    _check(state, reason, since, at.astimezone(by.site.tz).date())
    # One at a time for a person.
    if not Participant.objects.select_for_update(of=("self",), no_key=True).filter(pk=participant.pk).exists():
        raise StaleState("This record was put together with another one meanwhile. Open the person’s page again.")
    held = Participation.objects.filter(participant=participant).newest_first().first()
    if held is None:
        raise DomainError("Taking part begins with their yes, on the page of their referral.")
    if held.pk != seen:
        raise StaleState(f"This was changed since the page was opened. It reads “{say_spell(held)}” now.")
    if (held.state, held.reason) == (state, reason) and held.ended_on is None:
        raise DomainError(f"It reads “{say_spell(held)}” already.", field="how")
    begins = held.ended_on or held.began_on
    if since < begins:
        raise DomainError(
            f"Two spells cannot overlap: “{say_spell(held)}” runs since {begins:%B} {begins.day}, {begins.year}. "
            "Enter that day or a later one.", field="since",
        )  # fmt: skip
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
