"""What may be stored about a referral, cut by noun."""

from referrals.models.casework import (
    Appointment,
    Attempt,
    Casework,
    OutreachEntry,
    PrivateTalk,
    Record,
    RecordSection,
    Slip,
)
from referrals.models.charge import ChargeIdentity, Extension, HeldCharge, Packet, WindowResult
from referrals.models.handoff import Approval, Handoff, OnCallShift
from referrals.models.incident import IncidentRecord, UnderageCount
from referrals.models.referral import Correction, Draft, EligibilityAnswer, Referral, ReferralOffence, ReferredPerson
from referrals.models.sentence import OfficerSentence
from referrals.models.window import IntakeWindow, Reminder, WindowEvent, WindowItem

__all__ = [
    "Appointment",
    "Approval",
    "Attempt",
    "Casework",
    "ChargeIdentity",
    "Correction",
    "Draft",
    "EligibilityAnswer",
    "Extension",
    "Handoff",
    "HeldCharge",
    "IncidentRecord",
    "IntakeWindow",
    "OfficerSentence",
    "OnCallShift",
    "OutreachEntry",
    "Packet",
    "PrivateTalk",
    "Record",
    "RecordSection",
    "Referral",
    "ReferralOffence",
    "ReferredPerson",
    "Reminder",
    "Slip",
    "UnderageCount",
    "WindowEvent",
    "WindowItem",
    "WindowResult",
]
