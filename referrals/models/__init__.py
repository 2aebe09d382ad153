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
from referrals.models.handoff import Approval, ApprovalStep, Handoff, OnCallShift
from referrals.models.handover import CaseHandover, HandoverNote
from referrals.models.incident import IncidentRecord, UnderageCount
from referrals.models.nudge import Nudge
from referrals.models.paging import OfferState, Page, PageKind, Paging, ShiftOffer
from referrals.models.referral import Correction, Draft, EligibilityAnswer, Referral, ReferralOffence, ReferredPerson
from referrals.models.sentence import OfficerSentence
from referrals.models.window import IntakeWindow, Reminder, WindowEvent, WindowItem

__all__ = [
    "Appointment",
    "Approval",
    "ApprovalStep",
    "Attempt",
    "CaseHandover",
    "Casework",
    "ChargeIdentity",
    "Correction",
    "Draft",
    "EligibilityAnswer",
    "Extension",
    "Handoff",
    "HandoverNote",
    "HeldCharge",
    "IncidentRecord",
    "IntakeWindow",
    "Nudge",
    "OfferState",
    "OfficerSentence",
    "OnCallShift",
    "OutreachEntry",
    "Packet",
    "Page",
    "PageKind",
    "Paging",
    "PrivateTalk",
    "Record",
    "RecordSection",
    "Referral",
    "ReferralOffence",
    "ReferredPerson",
    "Reminder",
    "ShiftOffer",
    "Slip",
    "UnderageCount",
    "WindowEvent",
    "WindowItem",
    "WindowResult",
]
