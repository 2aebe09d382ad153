"""Screening, intake and assessment: a part saved at a time, finished with the day it was done.

API
    save_section(referral=, kind=, section=, answers=, by=, at=, seen_at=None) -> RecordSection
    finish(referral=, kind=, done_on=, by=, at=) -> Record
`answers` is {question key: {"codes": [{system, version, code, label}, …]} or {"text": "…"}}; lead_cms/casefile/forms makes it.
Only the referral's own case manager and the supervisors: row security refuses everyone else.
"""

from datetime import date, datetime

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from participants.actions import demographics
from participants.models import Participant
from referrals.actions.items import record_item
from referrals.actions.moments import day_not_in_future
from referrals.actions.talking import talked_at
from referrals.enums import Item, RecordKind
from referrals.models import Casework, Record, RecordSection, Referral
from referrals.questions import FORMS, Section

TALK_FIRST = "First tap “We are talking in private”: this is asked when officer and cameras are out of hearing."
ABOUT_THEM = (RecordKind.INTAKE, "about")
COUNTED = {RecordKind.INTAKE: Item.INTAKE, RecordKind.ASSESSMENT: Item.ASSESSMENT}


@transaction.atomic
def save_section(
    *,
    referral: Referral,
    kind: str,
    section: str,
    answers: dict,
    by: Membership,
    at: datetime,
    seen_at: datetime | None = None,
) -> RecordSection:
    """Save one part, complete or not. StaleState when somebody saved it since `seen_at`, the moment the page showed."""
    _known(kind, section)
    _allowed(referral, by)
    made, _ = Record.objects.get_or_create(
        referral=referral, kind=kind, defaults={"site_id": referral.site_id, "begun_at": at, "begun_by": by}
    )
    held, is_new = RecordSection.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        record=made,
        section=section,
        defaults={
            "site_id": referral.site_id,
            "referral": referral,
            "answers": answers,
            "saved_at": at,
            "saved_by": by,
        },
    )
    if not is_new:
        if held.saved_at != seen_at:
            raise StaleState("Somebody saved this part while it was open here. Yours is below: save again to keep it.")
        held.answers, held.saved_at, held.saved_by = answers, at, by
        held.save(update_fields=["answers", "saved_at", "saved_by"])
    if (kind, section) == ABOUT_THEM:
        _keep_own_words(referral, answers, by, at)
    record(AuditAction.RECORD_SAVED, target=made, kind=kind, section=section)
    return held


def _keep_own_words(referral: Referral, answers: dict, by: Membership, at: datetime) -> None:
    """What people say of themselves stands with the person, too: reports count groups in their own words."""
    participant = _participant(referral)
    if participant is not None:
        demographics.keep_told(participant=participant, answers=answers, by=by, at=at)


def told_before(*, referral: Referral, kind: str, section: str) -> dict:
    """What an unsaved part may begin with: what the person said of themselves before."""
    participant = _participant(referral) if (kind, section) == ABOUT_THEM else None
    return demographics.told_before(participant) if participant is not None else {}


def _participant(referral: Referral) -> Participant | None:
    casework = Casework.objects.filter(referral=referral).select_related("participant").first()
    return casework.participant if casework is not None else None


@transaction.atomic
def finish(*, referral: Referral, kind: str, done_on: date, by: Membership, at: datetime) -> Record:
    """Done on that day. Intake and assessment then count for the window that needs them, on the day they were done."""
    _known(kind)
    _allowed(referral, by)
    made = Record.objects.select_for_update(of=("self",), no_key=True).filter(referral=referral, kind=kind).first()
    saved = set(made.sections.values_list("section", flat=True)) if made else set()
    missing = [part.title for part in FORMS[kind].sections if part.key not in saved]
    if missing:
        raise DomainError(f"Still to save: {', '.join(missing)}. Any question may be answered “prefers not to answer”.")
    if made.done_on is not None:
        raise StaleState(f"The {FORMS[kind].title.lower()} is marked done already.")
    day_not_in_future(done_on, at, by.site, field="done_on")
    made.done_on, made.done_by = done_on, by
    made.save(update_fields=["done_on", "done_by"])
    record(AuditAction.RECORD_SAVED, target=made, kind=kind, section="", done=True)
    if kind in COUNTED:
        record_item(referral=referral, kind=COUNTED[kind], done_on=done_on, by=by, at=at)
    return made


def _known(kind: str, section: str | None = None) -> Section | None:
    form = FORMS.get(kind)
    if form is None or (section is not None and form.section(section) is None):
        raise DomainError("There is no such part.")
    return form.section(section) if section is not None else None


def _allowed(referral: Referral, by: Membership) -> None:
    """In words, before row security refuses it without any."""
    if talked_at(referral) is None:
        raise DomainError(TALK_FIRST)
    if by.role != Role.SUPERVISOR and not Casework.objects.filter(referral=referral, case_manager=by).exists():
        raise DomainError("The case manager of this referral and the supervisor keep its records.")
