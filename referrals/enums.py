"""Codes and states of a referral, its window and its charge, with the tables of what may follow what."""

from django.db import models

from lead_cms.access.permissions import Role


class Door(models.TextChoices):
    ARREST = "arrest", "Arrest diversion"
    SOCIAL = "social", "Social contact"
    COMMUNITY = "community", "Community"


class ReferralStatus(models.TextChoices):
    """What police and referrers may know. The window's states and the prosecutor's decision stand elsewhere."""

    TRIAGE = "triage", "With the coordinator"
    PENDING = "pending", "Waiting for approval"
    SUBMITTED = "submitted", "Received"
    OUTREACH = "outreach", "Received, outreach will reach the person"
    HANDED_OVER = "handed_over", "Handed over"
    DONE = "done", "Done"
    DECLINED = "declined", "Offer declined"
    INELIGIBLE = "ineligible", "LEAD could not be offered"
    NOT_APPROVED = "not_approved", "Not approved"
    CANCELLED = "cancelled", "Canceled by the officer"


S = ReferralStatus
# The whole life of a referral; docs/states.md is drawn from this table.
TRANSITIONS: dict[ReferralStatus, frozenset[ReferralStatus]] = {
    S.TRIAGE: frozenset({S.SUBMITTED, S.PENDING, S.INELIGIBLE, S.CANCELLED}),
    S.PENDING: frozenset({S.SUBMITTED, S.OUTREACH, S.HANDED_OVER, S.NOT_APPROVED, S.CANCELLED}),
    S.SUBMITTED: frozenset({S.OUTREACH, S.HANDED_OVER, S.NOT_APPROVED, S.CANCELLED}),
    S.OUTREACH: frozenset({S.HANDED_OVER, S.NOT_APPROVED, S.CANCELLED, S.DONE}),
    S.HANDED_OVER: frozenset({S.DONE}),
    S.DONE: frozenset(),
    S.DECLINED: frozenset(),
    S.INELIGIBLE: frozenset(),
    S.NOT_APPROVED: frozenset(),
    S.CANCELLED: frozenset(),
}
ENDED = tuple(status for status, onward in TRANSITIONS.items() if not onward)
# Who must act next in each state that is not final; work lists are drawn from it.
NEXT_ROLE = {
    S.TRIAGE: Role.COORDINATOR,
    S.PENDING: Role.LIAISON,
    S.SUBMITTED: Role.CASE_MANAGER,
    S.OUTREACH: Role.CASE_MANAGER,
    S.HANDED_OVER: Role.CASE_MANAGER,
}
STARTS = (S.TRIAGE, S.PENDING, S.SUBMITTED, S.OUTREACH, S.DECLINED, S.INELIGIBLE, S.NOT_APPROVED)


class Standing(models.TextChoices):
    """Of a case: whether its person is looked after now. A closed door has no name here: nobody fails out."""

    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    NOT_NOW = "", "Not now"


class PersonAnswer(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    COULD_NOT = "could_not", "Could not answer"


class ThreeWay(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known here"


class Complainant(models.TextChoices):
    """What the person or business harmed says of a diversion."""

    NONE = "none", "There is none"
    AGREES = "agrees", "Agrees to diversion"
    DECLINES = "declines_prosecution", "Agrees, and declines prosecution"
    OBJECTS = "objects", "Does not agree"
    NOT_ASKED = "not_asked", "Not asked"


class Amount(models.TextChoices):
    WITHIN = "within", "Within the site's limit"
    OVER = "over", "Over the site's limit"
    NOT_WEIGHED = "not_weighed", "Not weighed"


class Outcome(models.TextChoices):
    """What the site's rules say; the codes of lead_cms.programs.eligibility."""

    ELIGIBLE = "eligible", "Eligible"
    NEEDS_APPROVAL = "needs_approval", "Eligible with approval"
    INELIGIBLE = "ineligible", "LEAD cannot be offered here"
    NOT_SURE = "not_sure", "Not sure"


class WindowState(models.TextChoices):
    OPEN = "open", "Open"
    MET = "met", "Met"
    STEPPED_BACK = "stepped_back", "Stepped back, door open"
    ENDED = "ended", "Ended"


W = WindowState
WINDOW_TRANSITIONS: dict[WindowState, frozenset[WindowState]] = {
    W.OPEN: frozenset({W.MET, W.STEPPED_BACK, W.ENDED}),
    W.MET: frozenset({W.ENDED}),
    W.STEPPED_BACK: frozenset({W.OPEN, W.ENDED}),
    W.ENDED: frozenset(),
}


class Item(models.TextChoices):
    INTAKE = "intake", "Intake"
    ASSESSMENT = "assessment", "Assessment"
    CARE_PLAN = "care_plan", "Care plan"
    ROI = "roi", "Release of information"


class Decision(models.TextChoices):
    NOT_FILED_COMPLETED = "not_filed_completed", "Not filed, completed"
    NOT_FILED_DISCRETION = "not_filed_discretion", "Not filed, discretion"
    FILED = "filed", "Filed"


class WindowEventKind(models.TextChoices):
    CUSTODY = "custody", "In custody"
    RELEASED = "released", "Released"
    HOSPITAL = "hospital", "In hospital"
    DETOX = "detox", "In detox"
    BACK = "back", "Back from hospital or detox"
    NEW_ARREST = "new_arrest", "New arrest"
    DEATH = "death", "Death"


class AttemptKind(models.TextChoices):
    VISIT = "visit", "Went to look"
    CALL = "call", "Phone call"
    TEXT = "text", "Text"
    JAIL = "jail", "Jail visit"
    HOSPITAL = "hospital", "Hospital visit"
    COURT = "court", "At court"
    THIRD_PARTY = "third_party", "Asked somebody they trust"


class AttemptOutcome(models.TextChoices):
    REACHED = "reached", "Reached, talked"
    LEFT_WORD = "left_word", "Left word"
    NOT_FOUND = "not_found", "Not found"
    NO_ANSWER = "no_answer", "No answer"


class AppointmentState(models.TextChoices):
    BOOKED = "booked", "Booked"
    KEPT = "kept", "Kept"
    MISSED = "missed", "Missed"
    MOVED = "moved", "Moved"


class OutreachState(models.TextChoices):
    WAITING = "waiting", "Waiting for capacity"
    TO_FIND = "to_find", "To be found"
    TRIED = "tried", "Tried"
    REACHED = "reached", "Reached"
    YES = "yes", "Said yes"
    NOT_NOW = "not_now", "Not now"
    NOT_FOUND = "not_found", "Not found"
    DIED = "died", "Has died"


O = OutreachState  # noqa: E741
OUTREACH_TRANSITIONS: dict[OutreachState, frozenset[OutreachState]] = {
    O.WAITING: frozenset({O.TO_FIND, O.TRIED, O.REACHED}),
    O.TO_FIND: frozenset({O.WAITING, O.TRIED, O.REACHED, O.NOT_FOUND}),
    O.TRIED: frozenset({O.WAITING, O.REACHED, O.NOT_FOUND}),
    O.REACHED: frozenset({O.YES, O.NOT_NOW, O.TRIED}),
    # The door stays open: any ending can be left again.
    O.YES: frozenset({O.NOT_NOW}),
    O.NOT_NOW: frozenset({O.TO_FIND, O.REACHED}),
    O.NOT_FOUND: frozenset({O.TO_FIND, O.REACHED}),
    O.DIED: frozenset(),
}
# Nobody chooses it from a list: the record of a death leads there, from wherever an entry stands, and nothing leads away.
OUTREACH_LIFE = {state: onward | ({O.DIED} - {state}) for state, onward in OUTREACH_TRANSITIONS.items()}


class HandoverReason(models.TextChoices):
    """Why another case manager looks after a person from now on; nothing about the person."""

    FIRST = "first", "Nobody looked after them yet"
    SHARE = "share", "To share the work"
    AWAY = "away", "The case manager is away"
    LEFT = "left", "The case manager has left or changed work"
    LANGUAGE = "language", "Language or skills"
    ASKED = "asked", "The person asked for somebody else"
    SAFETY = "safety", "Safety, or they know each other"
    OTHER = "other", "Another reason"


class RecordKind(models.TextChoices):
    SCREENING = "screening", "Screening"
    INTAKE = "intake", "Intake"
    ASSESSMENT = "assessment", "Assessment"


class NudgeAbout(models.TextChoices):
    """What a supervisor asks a case manager to look at."""

    WINDOW = "window", "A window that ends soon"
    NOTE = "note", "A note that is not signed"
    CONTACT = "contact", "No contact for long"
