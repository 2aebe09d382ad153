"""The report packet: what the officer puts into the report, and the word that it was sent.

API
    report_lines(referral) -> [(label, text)]     only what the officer entered
    report_text(referral) -> str                  the same, to paste into the records system
    mark_sent(referral=, by=, at=)
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.templatetags.dates import say_time
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.rules import Rules
from referrals.models import Packet, Referral

# What is left to do once the person is on the way; the system keeps only the last.
LEFT_TO_DO = (
    ("Report", "Write the incident report. Paste the lines below where your report asks for them."),
    ("Evidence", "Enter evidence as for any report, and note that the charge is held for review."),
    ("Property", "Give it back to the person, or enter it as for any report."),
    ("Packet", "Send the report packet to the prosecutor and tap “Sent” here."),
)


def report_lines(referral: Referral, rules: Rules | None = None) -> list[tuple[str, str]]:
    """Only what the officer entered, and that the charge is held: nothing about the person's choices or the window."""
    rules = rules or rules_by_id(referral.rules_id)
    person = getattr(referral, "person", None)
    lines = [
        ("Incident number", referral.incident_number),
        (rules.terms.incident_date or "Date and time", _moment(referral.occurred_at)),
        ("Precinct", referral.precinct),
        ("Name", person.name if person else ""),
        ("Description", person.description if person else ""),
        ("Birth date", f"{person.birth_date:%m/%d/%Y}" if person and person.birth_date else ""),
        ("Age", f"about {person.age_about}" if person and person.age_about is not None else ""),
    ]
    for offence in sorted(referral.offences.all(), key=lambda one: (not one.is_held, one.code)):
        text = f"{offence.code} {offence.title}".strip()
        lines.append(("Charge held for review", text) if offence.is_held else ("Goes its usual way", text))
    lines += [
        ("Referred", rules.door_name(referral.door)),
        ("Meeting place", referral.meeting_place),
        ("Reference", referral.reference),
    ]
    return [(label, text) for label, text in lines if text]


def report_text(referral: Referral, rules: Rules | None = None) -> str:
    """Plain text, one line each."""
    return "\n".join(f"{label}: {text}" for label, text in report_lines(referral, rules)) + "\n"


@transaction.atomic
def mark_sent(*, referral: Referral, by: Membership, at: datetime) -> Packet:
    """ "Sent" is the officer's word, or the liaison's; the prosecutor says "received"."""
    packet = Packet.objects.select_for_update(of=("self",), no_key=True).filter(referral_id=referral.pk).first()
    if packet is None:
        raise DomainError("No charge is held here, so there is no packet to send.")
    if packet.sent_at is not None:
        raise StaleState("The packet is marked as sent already.")
    if by.role not in (Role.OFFICER, Role.LIAISON):
        raise DomainError("The officer or the liaison says that it was sent.")
    packet.sent_at, packet.sent_by = at, by
    packet.save(update_fields=["sent_at", "sent_by"])
    record(AuditAction.PACKET_SENT, target=packet)
    return packet


def _moment(value: datetime | None) -> str:
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local:%m/%d/%Y} {say_time(value)}"
