"""How a referral shows to police: received, handed over, door open; nothing about the person's choices or the window."""

import uuid

from django.urls import reverse

from referrals.enums import ReferralStatus
from referrals.models import Referral

S = ReferralStatus
STATES: dict[str, tuple[str, str]] = {
    S.TRIAGE: ("With the coordinator", "waiting"),
    S.PENDING: ("Waiting for approval", "waiting"),
    S.SUBMITTED: ("Received", "waiting"),
    S.OUTREACH: ("Received", "waiting"),
    S.HANDED_OVER: ("Handed over", "good"),
    S.DONE: ("Door open", "neutral"),
    S.DECLINED: ("Offer declined", "neutral"),
    S.INELIGIBLE: ("LEAD could not be offered", "neutral"),
    S.NOT_APPROVED: ("Not approved", "neutral"),
    S.CANCELLED: ("Canceled", "neutral"),
}
WITHOUT_NAME = (S.DECLINED, S.INELIGIBLE, S.NOT_APPROVED)


def state_of(referral: Referral) -> tuple[str, str]:
    """What police may know of it, and its tone."""
    return STATES[ReferralStatus(referral.status)]


def title_of(referral: Referral) -> str:
    """The name while row security shows it, then the incident number, then the reference."""
    person = getattr(referral, "person", None)
    if referral.status not in WITHOUT_NAME and person is not None and (person.name or person.description):
        return person.name or person.description
    if referral.incident_number:
        return f"Incident {referral.incident_number}"
    return f"Reference {referral.reference}"


def listed(referral: Referral) -> dict:
    """One row of a list."""
    says, tone = state_of(referral)
    return {
        "title": title_of(referral), "url": reverse("referrals:own", args=[referral.pk]), "says": says, "tone": tone,
        "door": referral.get_door_display(), "at": referral.submitted_at, "incident": referral.incident_number,
        "named": title_of(referral) != f"Incident {referral.incident_number}",
    }  # fmt: skip


def sent_in(form) -> list[dict]:
    """What was typed or chosen anew, by its label: for a page that cannot take it any more, and loses nothing."""
    found = []
    for name in form.changed_data if form.is_bound else ():
        field, sent = form.fields[name], form[name].data
        parts = sent if isinstance(sent, list) else [sent]
        words = dict(getattr(field, "choices", ()))
        value = " ".join(words.get(part, part) for part in parts if part and isinstance(part, str))
        if value:
            found.append({"label": field.label, "value": value})
    return found


def as_uuid(text: str) -> uuid.UUID | None:
    """The key in an address or a field, or None."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None
