"""Who a reminder is for, and what it says: short, without a name, a date or a fact about anybody."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.notify.kinds import URGENT, AlertKind
from lead_cms.notify.models import AlertPreference, EmailChoice, EmailKind
from referrals.models import Casework, OnCallShift, Referral, Reminder

# By the beginning of the step; a step that a site names itself reads as its recipient's line.
TEXTS: dict[str, str] = {
    "handoff": "A handoff is waiting",
    "to_find": "Somebody new is to be found",
    "triage": "An officer was not sure and asks you",
    "approval_no": "An approval was answered with no: talk with the person first",
    "approval": "An approval waits for your word",
    "assigned": "Somebody was given to you to look after",
    "nobody_came": "Nobody came to an officer who called",
    "cancelled": "An officer canceled a referral: nobody needs to come",
    "packet": "A report packet is missing",
    "confirm_": "An item typed late waits for your word",
    "new_arrest": "Something was entered in a window: read it",
    "sealed": "A record was sealed and needs you",
    "due_today": "An intake window ends today",
    "due_yesterday": "An intake window has ended",
    "due_in": "An intake window ends soon",
    "day_": "An intake window is open: see what is missing",
    "extended_": "A prosecutor gave more time: see the case page",
    "decided_": "A prosecutor recorded a decision: see the case page",
    "decision_today": "A decision on a held charge is due today",
    "decision_soon": "A decision on a held charge is due soon",
    "decision_waits": "A decision on a held charge is waiting",
}
OTHERWISE = {
    "case_manager": "An intake window needs you",
    "outreach": "Somebody is to be found",
    "supervisor": "An intake window needs your team",
    "coordinator": "Something at your site needs you",
    "prosecutor": "A held charge needs you",
    "liaison": "A report packet or an approval needs you",
}
# Of the prosecutor's word nobody on call is told who has not got the case: their supervisors are.
NOT_FOR_ON_CALL = ("extended_", "decided_")
# The kind of alert, by the beginning of the step. What a site's rules name is of the window or of the charge.
KIND_OF: dict[str, AlertKind] = {
    "handoff": AlertKind.HANDOFF,
    "page": AlertKind.HANDOFF,
    "nobody_came": AlertKind.HANDOFF,
    "cancelled": AlertKind.HANDOFF,
    "assigned": AlertKind.ASSIGNED,
    "to_find": AlertKind.OUTREACH,
    "triage": AlertKind.APPROVAL,
    "approval": AlertKind.APPROVAL,
    "confirm_": AlertKind.CONFIRM,
    "new_arrest": AlertKind.CONFIRM,
    "sealed": AlertKind.SEALED,
    "extended_": AlertKind.DECISION,
    "decided_": AlertKind.DECISION,
    "packet": AlertKind.DECISION,
    "decision": AlertKind.DECISION,
}
URGENT_STEPS = frozenset({"handoff"})
WHOLE_ROLE = {
    "supervisor": Role.SUPERVISOR,
    "coordinator": Role.COORDINATOR,
    "prosecutor": Role.PROSECUTOR,
    "liaison": Role.LIAISON,
}


def text_of(reminder: Reminder) -> str:
    """The line on Today; the longest known beginning of the step decides."""
    known = [begins for begins in TEXTS if reminder.step.startswith(begins)]
    return TEXTS[max(known, key=len)] if known else OTHERWISE.get(reminder.recipient, "Something needs you")


def email_kind(reminder: Reminder) -> EmailKind:
    return EmailKind.HANDOFF if reminder.step in URGENT_STEPS else EmailKind.ATTENTION


def alert_kind(reminder: Reminder) -> AlertKind:
    """What the reader chose for; a step that nobody foresaw is of the kinds that cannot be switched off."""
    known = [begins for begins in KIND_OF if reminder.step.startswith(begins)]
    if known:
        return KIND_OF[max(known, key=len)]
    return AlertKind.DECISION if reminder.recipient in ("prosecutor", "liaison") else AlertKind.WINDOW


def cause_of(reminder: Reminder) -> str:
    """What an alert is about. Two reminders of one cause, to two kinds of recipient, tell one person once."""
    return f"{reminder.referral_id}:{reminder.step}:{reminder.schedule}"


class Recipients:
    """Resolves a batch of reminders with five queries, whatever its size. Asked as the scheduler."""

    def __init__(self, reminders: Iterable[Reminder], at: datetime):
        batch = list(reminders)
        sites = {one.site_id for one in batch}
        referrals = {one.referral_id for one in batch}
        self.cases = {
            case.referral_id: case
            for case in Casework.objects.filter(referral_id__in=referrals).only(
                "referral_id", "case_manager_id", "is_sealed", "is_restricted"
            )
        }
        self.agencies: dict[UUID, UUID] = dict(Referral.objects.filter(pk__in=referrals).values_list("pk", "agency_id"))
        people = Membership.objects.current(at).filter(
            site_id__in=sites, role__in=[Role.CASE_MANAGER, *WHOLE_ROLE.values()]
        )
        self.current: dict[UUID, Membership] = {}
        self.by_role: dict[tuple, list[Membership]] = defaultdict(list)
        for person in people.only("pk", "user_id", "site_id", "organisation_id", "role"):
            self.current[person.pk] = person
            self.by_role[person.site_id, person.role].append(person)
        on_call = OnCallShift.objects.filter(site_id__in=sites, starts_at__lte=at, ends_at__gt=at)
        self.on_call: dict[UUID, list[Membership]] = defaultdict(list)
        for site_id, person_id in on_call.values_list("site_id", "person_id"):
            if person_id in self.current:
                self.on_call[site_id].append(self.current[person_id])
        chosen = AlertPreference.objects.filter(membership_id__in=self.current).only(
            "membership_id", "kind", "in_app", "email"
        )
        self.chosen = {(one.membership_id, one.kind): one for one in chosen}

    def channels(self, person: Membership, kind: AlertKind, planned: str) -> set[str]:
        """How this person is told: as planned by the rules, unless they chose otherwise for alerts of this kind."""
        chosen = self.chosen.get((person.pk, kind))
        if chosen is None:
            return {planned}
        found = {planned}
        if chosen.email == EmailChoice.ALWAYS and planned == "in_app":
            found.add("email")
        if chosen.email == EmailChoice.NEVER:
            found.discard("email")
        if not chosen.in_app:
            found.discard("in_app")
        return found

    def is_page(self, person: Membership, kind: AlertKind) -> bool:
        """Whether it may not wait: a handoff or a page to somebody who is on call now."""
        return kind in URGENT and person in self.on_call[person.site_id]

    def is_silent(self, reminder: Reminder) -> bool:
        """Of a sealed record nobody is told anything, but for the supervisor that it was sealed."""
        case = self.cases.get(reminder.referral_id)
        return case is not None and case.is_sealed and (reminder.step, reminder.recipient) != ("sealed", "supervisor")

    def of(self, reminder: Reminder) -> list[Membership]:
        """Everybody it is for now; of a restricted record only those who may open it."""
        case = self.cases.get(reminder.referral_id)
        supervisors = self.by_role[reminder.site_id, Role.SUPERVISOR]
        named = self.current.get(case.case_manager_id) if case else None
        restricted = case is not None and case.is_restricted
        match reminder.recipient:
            case "prosecutor":
                return self.by_role[reminder.site_id, Role.PROSECUTOR]
            case "liaison":
                agency = self.agencies.get(reminder.referral_id)
                liaisons = self.by_role[reminder.site_id, Role.LIAISON]
                return [one for one in liaisons if agency is not None and one.organisation_id == agency]
            case "case_manager" if named is not None:
                return [named]
            case "case_manager" if reminder.step.startswith(NOT_FOR_ON_CALL):
                return supervisors
            case "case_manager" | "outreach" if not restricted:
                return self.on_call[reminder.site_id] or supervisors
            case "coordinator" if not restricted:
                return self.by_role[reminder.site_id, Role.COORDINATOR]
            case _:
                return supervisors
