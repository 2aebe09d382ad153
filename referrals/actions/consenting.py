"""Asking for a consent beyond the prosecutor's: to providers, to LEAD partners, one sentence to the officer.

API
    Wish(...)                                           what was chosen on the form, before anybody signs
    terms_for(referral=, wish=, by=, on=) -> MatrixTerms     checked; DomainError beside its field
    ask_for(referral=, wish=, answer=, ..., by=, at=) -> Consent
    sentence_shown(referral=, by=) -> Sentence | None       to the officer, on opening their referral; written down
It is asked in private and about somebody who has a record; whatever is answered, nothing else changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lead_cms.accounts.models import Membership, Organisation, OrganisationKind
from lead_cms.core.errors import DomainError
from lead_cms.core.prepared import prepared
from participants.actions import consents
from participants.actions.disclosing import disclose
from participants.enums import (
    JUSTICE_CLASSES,
    JUSTICE_KINDS,
    MULTI_PARTY_KINDS,
    ConsentKind,
    EndsWith,
    InformationClass,
)
from participants.matrix_texts import (
    PURPOSES,
    MatrixTerms,
    Recipient,
    last_moment,
    matrix_text,
    scope_for,
    sentence_scope,
)
from participants.models import Consent, Participation
from referrals.actions.moments import site_day
from referrals.actions.talking import talked_at
from referrals.models import OfficerSentence, Referral

LINK_FIRST = "Link the referral to their record first: this consent is the person’s own."
MOST_YEARS = 5


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was chosen: classes by organisation, until when; or the sentence."""

    kind: str
    language: str = "en"
    classes: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    ends_on: date | None = None
    ends_with: str = ""
    sentence: str = ""


def recipients_of(kind: str, site_id: UUID):
    """The organisations that a matrix of this kind may name, by name."""
    kinds = [OrganisationKind.PROVIDER] if kind == ConsentKind.TREATMENT else MULTI_PARTY_KINDS
    return Organisation.objects.filter(site_id=site_id, kind__in=kinds).order_by("name", "pk")


def classes_for(organisation_kind: str) -> list[tuple[str, str]]:
    """What an organisation of this kind may be told at all, whatever is ticked."""
    if organisation_kind in JUSTICE_KINDS:
        return [(one.value, one.label) for one in JUSTICE_CLASSES]
    return InformationClass.choices


def terms_for(*, referral: Referral, wish: Wish, by: Membership, on: date) -> MatrixTerms:
    """The words' terms, checked. Raises DomainError beside its field."""
    person = referral.casework.participant
    if person is None:
        raise DomainError(LINK_FIRST)
    _check_end(wish, person, on)
    common = {
        "kind": wish.kind, "site": by.site.name, "discloser": by.organisation.name, "person": _full_name(person),
        "ends_on": wish.ends_on, "ends_with": wish.ends_with,
    }  # fmt: skip
    if wish.kind == ConsentKind.SENTENCE:
        officer = referral.officer
        if officer is None:
            raise DomainError("No officer referred them, so there is nobody to send it to.")
        sentence = " ".join(wish.sentence.split())
        if not sentence:
            raise DomainError("Enter the sentence, in their own words.", field="sentence")
        return MatrixTerms(**common, officer=f"{officer.name}, {officer.organisation.name}", sentence=sentence)
    return MatrixTerms(**common, recipients=tuple(_recipients(wish, by)))


@transaction.atomic
def ask_for(
    *,
    referral: Referral,
    wish: Wish,
    answer: str,
    by: Membership,
    at: datetime,
    how_read: str = consents.READS,
    interpreter: str = "",
    signed_name: str = "",
    seen_digest: str | None = None,
    replaces_id: UUID | None = None,
) -> Consent:
    """Write down what was answered to exactly these words. Raises DomainError beside its field, StaleState when old.

    `seen_digest` is of the text that stood on the page, `replaces_id` the consent of this kind that stood beside it.
    """
    terms = terms_for(referral=referral, wish=wish, by=by, on=site_day(at, by.site))
    text = matrix_text(wish.language, terms)
    ends_at = last_moment(wish.ends_on, by.site.tz)
    is_sentence = wish.kind == ConsentKind.SENTENCE
    asked = consents.Asked(
        referral_id=referral.pk, participant_id=referral.casework.participant_id, talked_at=talked_at(referral), text=text,
        scope=sentence_scope(terms) if is_sentence else _scope(terms, ends_at, by), is_revocable=True,
        seen_digest=text.digest if seen_digest is None else seen_digest, answer=answer, how_read=how_read,
        interpreter=interpreter, signed_name=signed_name, kind=wish.kind, cells=() if is_sentence else _cells(wish, by),
        purpose=PURPOSES[ConsentKind(wish.kind)], ends_at=ends_at, ends_with=wish.ends_with, replaces_id=replaces_id,
    )  # fmt: skip
    consent = consents.ask(asked, by=by, at=at)
    if is_sentence and consent.signed_at is not None:
        OfficerSentence.objects.create(
            site_id=referral.site_id, referral=referral, officer_id=referral.officer_id, consent=consent,
            sentence=terms.sentence, written_at=at, written_by=by,
        )  # fmt: skip
    return consent


@dataclass(frozen=True)
class Sentence:
    """What a person sent to the officer, with the consent it stands under."""

    words: str
    scope: str
    written_at: datetime


@prepared(referral=UUID)
def _sentences(*, referral):
    return OfficerSentence.objects.filter(referral=referral).order_by("-written_at", "-pk")[:1]


def sentence_shown(*, referral: Referral, by: Membership) -> Sentence | None:
    """The sentence to this officer, written down as shown; None when there is none, or none any more."""
    row = next(iter(_sentences(referral=referral.pk)), None)
    if row is None:
        return None
    told = disclose(what="sentence", referral_id=referral.pk, by=by, purpose="asked_by_the_person", target=referral)
    return None if told is None else Sentence(words=row.sentence, scope=told.scope, written_at=row.written_at)


def _full_name(person) -> str:
    full = f"{person.given_name} {person.family_name}".strip()
    return full or person.shown_name


def _check_end(wish: Wish, person, on: date) -> None:
    if wish.ends_with not in ("", EndsWith.TAKING_PART):
        raise DomainError("Choose when it ends.", field="ends_with")
    if wish.ends_on is not None and wish.ends_on < on:
        raise DomainError("This day has passed. Choose today or a later day.", field="ends_on")
    if wish.ends_on is not None and wish.ends_on.year - on.year > MOST_YEARS:
        raise DomainError("This is years ahead. Check the year.", field="ends_on")
    if wish.ends_on is None and not wish.ends_with:
        raise DomainError("Enter the last day, or choose that it ends when they stop taking part.", field="ends_on")
    taking_part = Participation.objects.taking_part().filter(participant=person)
    if wish.ends_with == EndsWith.TAKING_PART and not taking_part.exists():
        raise DomainError("They are not taking part now, so it would end at once. Enter a last day.", field="ends_with")


def _organisations(wish: Wish, by: Membership) -> list[Organisation]:
    chosen = {key for key, classes in wish.classes.items() if classes}
    if not chosen:
        raise DomainError("Choose at least one organization and what it may be told.", field="cells")
    found = list(recipients_of(wish.kind, by.site_id).filter(pk__in=chosen))
    if len(found) != len(chosen):
        raise DomainError("One of these organizations cannot be named here. Choose again.", field="cells")
    return found


def _in_order(organisation: Organisation, classes: tuple[str, ...]) -> tuple[str, ...]:
    allowed = [code for code, _ in classes_for(organisation.kind)]
    if not set(classes) <= set(allowed):
        raise DomainError(f"{organisation.name} is never told this. Choose again.", field="cells")
    return tuple(code for code in allowed if code in classes)


def _recipients(wish: Wish, by: Membership) -> list[Recipient]:
    return [
        Recipient(name=one.name, is_justice=one.kind in JUSTICE_KINDS, classes=_in_order(one, wish.classes[one.pk]))
        for one in _organisations(wish, by)
    ]


def _cells(wish: Wish, by: Membership) -> tuple[consents.Cell, ...]:
    return tuple(
        consents.Cell(organisation_id=one.pk, organisation_kind=one.kind, information_class=code)
        for one in _organisations(wish, by)
        for code in _in_order(one, wish.classes[one.pk])
    )


def _scope(terms: MatrixTerms, ends_at: datetime | None, by: Membership) -> str:
    """For casework alone: each organisation is shown its own part (`scope_for`)."""
    said = [
        scope_for(
            kind=terms.kind, classes=one.classes, organisation=one.name, ends_at=ends_at, ends_with=terms.ends_with,
            tz=by.site.tz,
        )
        for one in terms.recipients
    ]  # fmt: skip
    return " ".join(said)[:300]
