"""The private conversation: what may be asked only once officer and cameras are out of hearing.

API
    begin_talk(referral=, others_present=, by=, at=) -> PrivateTalk
    talked_at(referral) -> datetime | None
    consent_terms(referral=, by=) -> Terms
    ask_consent(referral=, answer=, language=, by=, at=, …) -> Consent     what it needs of the referral, then participants'
    consent_has_ended(referral) -> bool     every held charge is decided
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from lead_cms.accounts.models import Membership, Organisation, OrganisationKind
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.current import rules_by_id
from participants.actions import consents
from participants.consent_texts import Terms, consent_text, scope_of
from participants.models import Consent
from referrals.enums import ReferralStatus
from referrals.models import Casework, HeldCharge, PrivateTalk, Referral

# Who else heard it; no names.
OTHERS = {
    "nobody": "Nobody else",
    "friend": "A friend or partner",
    "family": "Family",
    "interpreter": "An interpreter",
    "other": "Somebody else they want there",
}
# The officer's part ends before the person's begins.
WITH_US = (ReferralStatus.HANDED_OVER, ReferralStatus.OUTREACH, ReferralStatus.DONE)
TAKE_FIRST = "Take the person over first: the officer’s part ends before this one begins."


@transaction.atomic
def begin_talk(*, referral: Referral, others_present: str, by: Membership, at: datetime) -> PrivateTalk:
    """ "We are talking in private": once, by whoever holds the conversation."""
    if others_present not in OTHERS:
        raise DomainError("Say who else is there.", field="others_present")
    if referral.status not in WITH_US:
        raise DomainError(TAKE_FIRST)
    try:
        with transaction.atomic():
            talk = PrivateTalk.objects.create(
                site_id=referral.site_id, referral=referral, started_at=at, started_by=by, others_present=others_present
            )
    except IntegrityError as error:
        if "referral_id" not in str(error):
            raise
        raise StaleState("The private conversation has begun already.") from error
    record(AuditAction.PRIVATE_TALK_STARTED, target=referral)
    return talk


def talked_at(referral: Referral) -> datetime | None:
    return PrivateTalk.objects.filter(referral=referral).values_list("started_at", flat=True).first()


def consent_terms(*, referral: Referral, by: Membership) -> Terms:
    """Who tells, whom, and how it may be taken back, by the rules the referral was made under."""
    consent = rules_by_id(referral.rules_id).criminal_justice_consent
    offices = Organisation.objects.filter(site_id=referral.site_id, kind=OrganisationKind.PROSECUTOR).order_by("name")
    return Terms(
        site=by.site.name,
        discloser=by.organisation.name,
        recipients="; ".join(offices.values_list("name", flat=True)[:4]) or "The prosecutor’s office",
        reference=referral.reference,
        is_revocable=consent.revocable != "not_before_decision",
        is_condition=bool(consent.condition_of_diversion),
    )


@transaction.atomic
def ask_consent(
    *,
    referral: Referral,
    answer: str,
    language: str,
    by: Membership,
    at: datetime,
    how_read: str = consents.READS,
    interpreter: str = "",
    signed_name: str = "",
    seen_digest: str | None = None,
) -> Consent:
    """Ask whether the prosecutor may be told "met". Raises DomainError beside its field, StaleState for an old page.

    `seen_digest` is of the text that stood on the page; without it the words are those of this moment.
    """
    if language not in ("en", "es"):
        raise DomainError("Choose a language the text is written in.", field="language")
    if consent_has_ended(referral):
        raise DomainError("No charge of this referral waits for a decision, so there is nothing to ask.")
    terms = consent_terms(referral=referral, by=by)
    text = consent_text(language, terms)
    person = Casework.objects.filter(referral=referral).values_list("participant_id", flat=True).first()
    asked = consents.Asked(
        referral_id=referral.pk, participant_id=person, talked_at=talked_at(referral), text=text,
        scope=scope_of(terms), is_revocable=terms.is_revocable,
        seen_digest=text.digest if seen_digest is None else seen_digest, answer=answer, how_read=how_read,
        interpreter=interpreter, signed_name=signed_name,
    )  # fmt: skip
    return consents.ask(asked, by=by, at=at)


def consent_has_ended(referral: Referral) -> bool:
    """Whether no held charge is left to decide: the consent ends with the decision."""
    return not HeldCharge.objects.filter(referral=referral, decided_at=None).exists()
