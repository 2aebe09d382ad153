"""Codes of the person's side. `don't know`, `prefers not to answer` and `not collected` are answers, too."""

from django.db import models


class ConsentKind(models.TextChoices):
    CRIMINAL_JUSTICE = "criminal_justice", "Result of the window, to the prosecutor (42 CFR 2.35)"
    TREATMENT = "treatment", "Treatment, payment and operations, to service providers"
    MULTI_PARTY = "multi_party", "LEAD partners, each for what is ticked"
    SENTENCE = "sentence", "One sentence to the officer who referred"


# The kinds that carry a matrix of organization and information class.
MATRIX_KINDS = (ConsentKind.TREATMENT, ConsentKind.MULTI_PARTY)


class InformationClass(models.TextChoices):
    """What may be told, one class at a time; every one is off until the person says yes to it."""

    WINDOW_RESULT = "window_result", "That the intake window was met"
    ENROLMENT = "enrolment", "That they take part in LEAD"
    GENERAL_PROGRESS = "general_progress", "How it is going, in general words"
    BARRIERS = "barriers", "What stands in their way"
    LEGAL_COORDINATION = "legal_coordination", "Court dates and warrants, and who their case manager is"
    HOUSING = "housing", "Housing"
    HEALTH = "health", "Health"
    SUBSTANCE_USE = "substance_use", "Substance use and its treatment"


# Police and prosecutors never read health, substance use, housing or a window's result through the matrix, whatever was
# ticked: a result reaches the prosecutor under the criminal-justice consent alone, and police never.
JUSTICE_KINDS = ("police", "prosecutor")
JUSTICE_CLASSES = (
    InformationClass.ENROLMENT, InformationClass.GENERAL_PROGRESS, InformationClass.BARRIERS,
    InformationClass.LEGAL_COORDINATION,
)  # fmt: skip
# What stands for two of these classes in codes, from what casework has recorded. Only what helps is told, and of needs none
# that says anything of health, housing, family, safety or a court.
PROGRESS_TOLD = {"in_touch": "In touch with their case manager", "service_begun": "Has begun with a service"}
BARRIERS_TOLD = {
    "basic_needs": "Food and basic needs", "documents": "ID and documents", "income": "Income or benefits",
    "transport": "Transport", "work": "Work or education",
}  # fmt: skip
# Funders, councils and community bodies read published figures and nothing of a person.
MULTI_PARTY_KINDS = (
    "police", "prosecutor", "case_management", "project_management", "partner", "provider", "legal_aid",
)  # fmt: skip
# Of a person's court page, what “court dates and warrants” of a consent means: no arrest, no days in jail, no charge.
COURT_TOLD = ("hearing", "warrant", "warrant_lifted")


class EndsWith(models.TextChoices):
    """What ends a consent by itself, besides its date."""

    DECISION = "decision", "The prosecutor’s decision on the held charge"
    TAKING_PART = "taking_part", "The end of taking part in LEAD"


class ConsentAnswer(models.TextChoices):
    YES = "yes", "Yes"
    NOT_NOW = "not_now", "Not now"
    NO = "no", "No"
    UNWELL = "unwell", "Too unwell to decide"


class SpellState(models.TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    DOOR_OPEN = "door_open", "Door open"


class InactiveReason(models.TextChoices):
    """Why somebody is not in casework just now. None of them is anybody's doing."""

    OUT_OF_TOUCH = "out_of_touch", "Out of touch"
    CUSTODY = "custody", "In custody"
    TREATMENT = "treatment", "In long treatment"
    MOVED = "moved", "Moved"
    STABLE = "stable", "Stable, needs us little"


class ConsentState(models.TextChoices):
    """How a consent stands at one moment; a question asked when a page is read, never a column."""

    NOT_SIGNED = "not_signed", "Not signed"
    SIGNED = "signed", "Signed, in force"
    PARTLY_REVOKED = "partly_revoked", "Partly taken back"
    REVOKED = "revoked", "Taken back"
    EXPIRED = "expired", "Ended"
    SUPERSEDED = "superseded", "Replaced by a newer one"


class AccessKind(models.TextChoices):
    OPEN = "open", "May open this record"
    SHUT = "shut", "May not open this record"


class AccessReason(models.TextChoices):
    """Why a record is shut to somebody, or opened; a code, so that no story about the person is kept."""

    RELATIVE = "relative", "Relative, partner or former partner"
    COLLEAGUE = "colleague", "Colleague, or somebody who works here"
    OWN_RECORD = "own_record", "It is, or was, their own record"
    SAFETY = "safety", "Somebody flees violence"
    ASKED = "asked", "The person asked for it"
    COVERS = "covers", "Stands in for the case manager"
    OTHER = "other", "Another reason, known to the supervisor"


class ApartReason(models.TextChoices):
    VIOLENCE = "violence", "Violence, or fear of it"
    COURT_ORDER = "court_order", "A court’s order"
    CONFLICT = "conflict", "A conflict between them"
    ASKED = "asked", "One of them asked"


class Emergency(models.TextChoices):
    """42 CFR 2.51: what it is about. Nothing else opens a record in an emergency."""

    MEDICAL = "medical", "A medical emergency: they cannot say yes beforehand"
    DANGER = "danger", "Danger to their life, now"
    DISASTER = "disaster", "A disaster: offices are closed"


class HowRevoked(models.TextChoices):
    WRITTEN = "written", "In writing"
    SPOKEN = "spoken", "By word of mouth, written up here"


NO_ANSWER = {"8": "Doesn't know", "9": "Prefers not to answer", "99": "Not collected"}
# What people speak and read; the slip and the consent exist in the first two.
LANGUAGES = {
    "en": "English", "es": "Spanish", "zh": "Chinese", "tl": "Tagalog", "vi": "Vietnamese", "ar": "Arabic",
    "ru": "Russian", "so": "Somali", "am": "Amharic", "ko": "Korean", "fr": "French", "ase": "American Sign Language",
    "other": "Another language",
}  # fmt: skip
WRITTEN = {"en": "English", "es": "Español"}


class NoteKind(models.TextChoices):
    """How they met, or tried to. Which of the two is asked apart."""

    IN_PERSON = "in_person", "In person"
    PHONE = "phone", "Telephone"
    TEXT = "text", "Text"
    VIDEO = "video", "Video"
    OUTREACH_ROUND = "outreach_round", "Outreach round"
    COURT = "court", "Court"
    HOSPITAL = "hospital", "Hospital"
    JAIL = "jail", "Jail"
    COLLATERAL = "collateral", "With somebody else"


class NotePlace(models.TextChoices):
    STREET = "street", "Street"
    SHELTER = "shelter", "Shelter"
    HOME = "home", "Home"
    OFFICE = "office", "Office"
    SERVICE = "service", "A service"
    ELSEWHERE = "elsewhere", "Elsewhere"


# What a contact was about, as LEAD sites report it; the same for plans and notes.
NOTE_DOMAINS = {
    "basic_needs": "Food and basic needs", "housing": "Shelter or housing", "documents": "ID and documents",
    "income": "Income or benefits", "work": "Work or education", "physical_health": "Physical health",
    "mental_health": "Mental health", "substance_use": "Substance use and its treatment",
    "overdose_prevention": "Overdose prevention", "infection_prevention": "Infection prevention", "legal": "Court or warrants",
    "family": "Family and relationships", "transport": "Transport", "safety": "Safety",
}  # fmt: skip


class LegalKind(models.TextChoices):
    """What happens at court or with police. An arrest on a warrant and one for a new offense are two things."""

    HEARING = "hearing", "Court date"
    WARRANT = "warrant", "Warrant issued"
    WARRANT_LIFTED = "warrant_lifted", "Warrant lifted"
    NEW_ARREST = "new_arrest", "New arrest, for a new offense"
    WARRANT_ARREST = "warrant_arrest", "New arrest, on a warrant"
    BOOKED = "booked", "Booked into jail"
    RELEASED = "released", "Released from jail"
    CHARGE_FILED = "charge_filed", "Charge filed"
    CHARGE_NOT_FILED = "charge_not_filed", "Charge not filed"
    DISPOSITION = "disposition", "Case ended at court"
    SUPERVISION_BEGINS = "supervision_begins", "Probation or parole begins"
    SUPERVISION_ENDS = "supervision_ends", "Probation or parole ends"


class LegalSource(models.TextChoices):
    PERSON = "person", "The person"
    LAWYER = "lawyer", "Their lawyer"
    COURT = "court", "The court’s calendar"
    JAIL = "jail", "The jail’s list"
    PAPER = "paper", "A paper they showed"


class ChargeClass(models.TextChoices):
    FELONY = "felony", "Felony"
    MISDEMEANOR = "misdemeanor", "Misdemeanor"
    INFRACTION = "infraction", "Infraction"


class ToldWhom(models.TextChoices):
    """Who else knows of it, with the person's yes."""

    LAWYER = "lawyer", "Their lawyer"
    TRUSTED = "trusted", "Somebody they trust"
    SERVICE = "service", "A service"


class CourtState(models.TextChoices):
    """How a court date went. Nobody fails one: it is kept, moved, or missed on that day."""

    AHEAD = "ahead", "Ahead"
    KEPT = "kept", "They came"
    MISSED = "missed", "Missed that day"
    MOVED = "moved", "Moved to another day"
    CALLED_OFF = "called_off", "Called off"


class GoalState(models.TextChoices):
    """How a goal stands, as the person sees it. Nobody fails one."""

    ACTIVE = "active", "Working on it"
    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    CHANGED = "changed", "Became another goal"
    PAUSED = "paused", "Paused"
    LET_GO = "let_go", "Let go"


class StepWho(models.TextChoices):
    PERSON = "person", "They"
    TOGETHER = "together", "Together"
    MANAGER = "manager", "Case manager"
    OTHER = "other", "Somebody else"


class StepState(models.TextChoices):
    OPEN = "open", "To do"
    DONE = "done", "Done"
    LET_GO = "let_go", "Let go"


class FileKind(models.TextChoices):
    LETTER = "letter", "Letter"
    IDENTITY = "identity", "ID"
    SIGNED_FORM = "signed_form", "Signed form"
    OTHER = "other", "Something else"


class FileGone(models.TextChoices):
    """Why a file was removed; a code, so that no story is kept in its place."""

    WRONG_PERSON = "wrong_person", "It is somebody else’s"
    WRONG_FILE = "wrong_file", "It is the wrong paper"
    ASKED = "asked", "They asked for it"
    NO_USE = "no_use", "Nobody needs it any more"


class MaySay(models.TextChoices):
    """What may be said to somebody the person trusts; nothing until the person said otherwise."""

    NOTHING = "nothing", "Nothing, not even that somebody called"
    CALLED = "called", "Only that I called, with my first name and number"
    MANAGER = "manager", "That I am their case manager"


class Known(models.TextChoices):
    """What follows from a code. Nobody is put down as "no" because nobody asked."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known"


class PairState(models.TextChoices):
    """Of two records that may be one person. Put together, they are one record, and the pair asks nothing more."""

    OPEN = "open", "May be the same person"
    DIFFERENT = "different", "Different people"
