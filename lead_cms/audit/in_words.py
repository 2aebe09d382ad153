"""Events in plain words: deeds from their codes, records by their kind. Nothing here knows a person's name."""

from lead_cms.audit.events import AuditAction

# What a record is called; the codes are those of the models, whose apps stand above this one.
RECORDS: dict[str, str] = {
    "referrals.referral": "Referral",
    "referrals.heldcharge": "Held charge",
    "referrals.appointment": "Appointment",
    "referrals.intakewindow": "Intake window",
    "referrals.record": "Screening, intake or assessment",
    "referrals.approval": "Approval",
    "referrals.casehandover": "Who looks after a case",
    "referrals.nudge": "Case manager asked to look at something",
    "referrals.handoff": "Handoff",
    "referrals.oncallshift": "Shift of the on-call list",
    "referrals.outreachentry": "Entry of the outreach list",
    "referrals.privatetalk": "Private talk",
    "referrals.shiftoffer": "Shift offered to a colleague",
    "referrals.slip": "Slip for the person",
    "referrals.windowevent": "Event in an intake window",
    "referrals.windowitem": "Item of an intake window",
    "participants.contactnote": "Contact note",
    "participants.goal": "Goal of a plan",
    "participants.goalstep": "Step of a plan",
    "participants.goalreview": "Review of a goal",
    "participants.lastseen": "Where a person was last seen",
    "participants.likelypair": "Two records that may be one person",
    "participants.legalevent": "Court date, warrant or arrest",
    "participants.legalaidgiven": "Given to legal aid",
    "participants.privilegednote": "Privileged note",
    "participants.personfile": "Paper of a person",
    "participants.demographics": "What a person says of themselves",
    "participants.reachplace": "Place where somebody is found",
    "participants.trustedperson": "Somebody a person trusts",
    "participants.personmonth": "Monthly picture",
    "participants.merge": "Two records put together",
    "participants.noteaddendum": "Addition to a contact note",
    "participants.notedetail": "Contact note: what happened",
    "participants.noteline": "Contact note: line to share",
    "participants.notereview": "Contact note read by a supervisor",
    "participants.counsellingnote": "Counseling note",
    "participants.consentcell": "One yes of a consent",
    "participants.emergencyaccess": "Record opened in an emergency",
    "participants.nevertogether": "Two people kept apart",
    "participants.participation": "Taking part",
    "participants.shiftline": "Line to the next shift",
    "participants.recordaccess": "Record opened or shut by name",
    "services.provider": "Organization of the directory",
    "services.service": "Service of the directory",
    "services.servicegap": "Service not available",
    "services.servicereferral": "Request to a service",
    "reports.publishedreport": "Published report",
    "reports.suppliedfile": "Counts from an agency",
    "programs.ruleset": "Rules of the site",
    "accounts.site": "LEAD site",
    "referrals.packet": "Report packet",
    "participants.participant": "Person",
    "participants.consent": "Consent",
    "accounts.membership": "Role of a colleague",
    "accounts.user": "Sign-in",
    "accounts.organisation": "Organization",
}
ACTIONS: dict[str, str] = {
    AuditAction.ACCESS_DENIED: "Denied a page",
    AuditAction.SIGNED_IN: "Signed in",
    AuditAction.SIGN_IN_FAILED: "Sign-in failed",
    AuditAction.ACCOUNT_LOCKED: "Sign-in locked after failures",
    AuditAction.ACCOUNT_RELEASED: "Locked sign-in released",
    AuditAction.SIGN_IN_STOPPED: "Sign-in stopped",
    AuditAction.SIGN_IN_ALLOWED: "Sign-in allowed again",
    AuditAction.REFERRAL_VIEWED: "Referral opened",
    AuditAction.PERSON_VIEWED: "Person’s page opened",
    AuditAction.NOTES_VIEWED: "List of contact notes opened",
    AuditAction.NOTE_VIEWED: "Contact note opened",
    AuditAction.NOTE_REVIEWED: "Contact note marked as read",
    AuditAction.NUDGED: "Asked a case manager to look at something",
    AuditAction.LEGAL_VIEWED: "Court dates opened",
    AuditAction.SINCE_VIEWED: "What happened since a time opened",
    AuditAction.SHIFT_LINE_ERASED: "Line to the next shift taken away",
    AuditAction.SEEN_NOTED: "Last-seen place written down",
    AuditAction.SEEN_ERASED: "Last-seen place erased",
    AuditAction.FILES_VIEWED: "List of a person’s papers opened",
    AuditAction.FILE_VIEWED: "What is known of a paper opened",
    AuditAction.FILE_KEPT: "Paper kept",
    AuditAction.FILE_OPENED: "Paper opened",
    AuditAction.FILE_NOT_READABLE: "Paper could not be opened: its file is gone or damaged",
    AuditAction.FILE_REMOVED: "Paper removed, its file erased",
    AuditAction.MONTHS_VIEWED: "Monthly pictures opened",
    AuditAction.LEGAL_AID_VIEWED: "Legal aid of a person opened",
    AuditAction.LEGAL_AID_GIVEN: "Given to a lawyer of legal aid",
    AuditAction.LEGAL_AID_ENDED: "No longer given to the lawyer",
    AuditAction.PRIVILEGED_NOTE_WRITTEN: "Privileged note written",
    AuditAction.PRIVILEGED_NOTES_VIEWED: "Own privileged notes opened",
    AuditAction.NOTE_THROWN_AWAY: "Unsigned contact note thrown away",
    AuditAction.PERSON_SEARCHED: "Searched for a person",
    AuditAction.PERSON_MERGED: "Two records of one person put together",
    AuditAction.PERSON_TAKEN_APART: "Records taken apart again",
    AuditAction.RECORD_RESTRICTED: "Record restricted, or opened again",
    AuditAction.RECORD_SEALED: "Record sealed",
    AuditAction.DISCLOSED: "Shown to another organization under a consent",
    AuditAction.ASSIGNED: "Given to a case manager",
    AuditAction.REPORT_WITHDRAWN: "Published report taken back",
    AuditAction.AUDIT_READ: "Audit read",
    AuditAction.AUDIT_EXPORTED: "Audit exported",
    AuditAction.ROLE_SWITCHED: "Began to act under another role",
    AuditAction.ALERTS_CHOSEN: "Chose what alerts reach them",
}


def say_action(code: str) -> str:
    """A deed as people say it; one without words of its own is read from its code: "Consent: signed"."""
    if code in ACTIONS:
        return ACTIONS[code]
    about, _, what = code.partition(".")
    words = f"{about}: {what}" if what else about
    return words.replace("_", " ").capitalize()


def say_record(model: str) -> str:
    if not model:
        return ""
    return RECORDS.get(model, model.rpartition(".")[2].capitalize())


def say_page(view: str) -> str:
    """The page of a denial from its name: "Page: referrals, own"."""
    parts = [part.replace("-", " ").replace("_", " ") for part in view.split(":") if part]
    return f"Page: {', '.join(parts)}" if parts else ""


def action_choices() -> list[tuple[str, str]]:
    """Every deed in the order of its words."""
    return sorted(((one.value, say_action(one)) for one in AuditAction), key=lambda pair: pair[1])
