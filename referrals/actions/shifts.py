"""A shift changes hands between two colleagues: offered, perhaps for one in return, and accepted or not.

API
    offer_shift(shift=, to=, in_return=, by=, at=) -> ShiftOffer      one's own, to a colleague
    answer_offer(offer=, accepted=, by=, at=)                         by the colleague
    withdraw_offer(offer=, by=, at=)                                  by whoever offered it
Until the colleague accepts, the list stays as it is: nobody is on call who has not said so.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from lead_cms.access.permissions import CASEWORK
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.outbox import tell
from referrals.models import OfferState, OnCallShift, ShiftOffer

ROSTER = "/referrals/on-call/"
OVER = "This shift is over already."
MOVED = "This shift has changed since it was offered. Nothing was changed."


@transaction.atomic
def offer_shift(
    *, shift: OnCallShift, to: Membership, by: Membership, at: datetime, in_return: OnCallShift | None = None
) -> ShiftOffer:
    """Ask one colleague; a shift is offered to one at a time."""
    if shift.person_id != by.pk:
        raise StaleState("This is not your shift. Whoever has it can hand it over, and the coordinator keeps the list.")
    if shift.ends_at <= at:
        raise StaleState(OVER)
    if to.pk == by.pk or to.role not in CASEWORK or to.site_id != by.site_id:
        raise DomainError("Choose a colleague.", field="to")
    if in_return is not None and (in_return.person_id != to.pk or in_return.ends_at <= at):
        raise DomainError(f"In return choose a shift of {to.name}, or none.", field="in_return")
    _may_have(to, shift, at=at, instead=in_return, field="to")
    if in_return is not None:
        _may_have(by, in_return, at=at, instead=shift, field="in_return")
    offer = ShiftOffer(
        site_id=by.site_id, shift=shift, in_return=in_return, offered_at=at, offered_by=by, offered_to=to
    )
    try:
        with transaction.atomic():
            offer.save(force_insert=True)
    except IntegrityError as error:
        if "shiftoffer_one_open" not in str(error):
            raise
        raise StaleState("This shift is offered already. Take that back first to ask somebody else.") from error
    record(AuditAction.SHIFT_OFFERED, target=shift, to=str(to.pk))
    with acting_as(Duty.INTAKE):
        tell([to], key=f"offer:{offer.pk}", text="A colleague asks you to take a shift", path=ROSTER, at=at)
    return offer


@transaction.atomic
def answer_offer(*, offer: ShiftOffer, accepted: bool, by: Membership, at: datetime) -> ShiftOffer:
    """A yes moves the shift, from now on where it runs already; both move, or neither."""
    locked = _locked(offer)
    if locked.offered_to_id != by.pk:
        raise StaleState("Only the colleague who was asked can answer.")
    if accepted:
        with acting_as(Duty.CLOCKWORK):
            shift = _as_offered(locked.shift_id, locked.offered_by_id, at)
            other = _as_offered(locked.in_return_id, locked.offered_to_id, at) if locked.in_return_id else None
            _may_have(by, shift, at=at, instead=other)
            if other is not None:
                _may_have(locked.offered_by, other, at=at, instead=shift)
            _move(shift, by.pk, at)
            if other is not None:
                _move(other, locked.offered_by_id, at)
    _settle(locked, OfferState.ACCEPTED if accepted else OfferState.DECLINED, at)
    says = (
        "Your shift was taken: it is your colleague’s now"
        if accepted
        else "Your shift was not taken: it is still yours"
    )
    with acting_as(Duty.INTAKE):
        tell([locked.offered_by], key=f"offer:{locked.pk}:answer", text=says, path=ROSTER, at=at)
    return locked


@transaction.atomic
def withdraw_offer(*, offer: ShiftOffer, by: Membership, at: datetime) -> ShiftOffer:
    """Before the answer."""
    locked = _locked(offer)
    if locked.offered_by_id != by.pk:
        raise StaleState("Only who offered it can take it back.")
    _settle(locked, OfferState.WITHDRAWN, at)
    return locked


def _locked(offer: ShiftOffer) -> ShiftOffer:
    found = ShiftOffer.objects.select_for_update(of=("self",), no_key=True).select_related("offered_by")
    locked = found.filter(pk=offer.pk).first()
    if locked is None or locked.state != OfferState.OPEN:
        said = f" It says “{locked.get_state_display()}”." if locked else ""
        raise StaleState(f"This was answered already.{said}")
    return locked


def _settle(offer: ShiftOffer, state: str, at: datetime) -> None:
    offer.state, offer.answered_at = state, at
    offer.save(update_fields=["state", "answered_at"])
    record(AuditAction.SHIFT_OFFER_ANSWERED, target=offer, state=str(state))


def _as_offered(shift_id, person_id, at: datetime) -> OnCallShift:
    """The shift, locked, if it is still that person's and not over."""
    shift = OnCallShift.objects.select_for_update(of=("self",), no_key=True).filter(pk=shift_id).first()
    if shift is None or shift.person_id != person_id:
        raise StaleState(MOVED)
    if shift.ends_at <= at:
        raise StaleState(OVER)
    return shift


def _may_have(
    person: Membership, shift: OnCallShift, *, at: datetime, instead: OnCallShift | None, field: str | None = None
) -> None:
    """A number to call, a role for the whole shift, and no other shift at that time but the one that is given away."""
    begins = max(shift.starts_at, at)
    if not person.phone:
        raise DomainError(f"{person.name} has no number yet. An administrator enters it.", field=field)
    if not person.is_current(begins) or (person.ends_at is not None and person.ends_at < shift.ends_at):
        raise DomainError(f"The role of {person.name} does not last for the whole shift.", field=field)
    busy = OnCallShift.objects.filter(person=person, starts_at__lt=shift.ends_at, ends_at__gt=begins)
    if instead is not None:
        busy = busy.exclude(pk=instead.pk)
    if busy.exists():
        raise DomainError(f"{person.name} is on the list at that time already.", field=field)


def _move(shift: OnCallShift, person_id, at: datetime) -> None:
    if shift.starts_at >= at:
        OnCallShift.objects.filter(pk=shift.pk).update(person_id=person_id)
        return
    # It runs: who had it until now stays written down, and the rest is the other's.
    rest = OnCallShift(
        site_id=shift.site_id, person_id=person_id, starts_at=at, ends_at=shift.ends_at, position=shift.position
    )
    OnCallShift.objects.filter(pk=shift.pk).update(ends_at=at)
    rest.save(force_insert=True)
