"""What a person says of themselves for counting: one question at a time, or as the intake asked it.

API
    QUESTIONS                                                       the questions, in the order of the page
    answer(participant=, key=, choices=, words=, by=, at=, seen=)   one question; StaleState when it is not what was shown
    keep_told(participant=, answers=, by=, at=)                     what the intake was told; what was left open stays as it is
    held_of(participant) -> Demographics                            saved or empty
    told_before(participant) -> {key: {"codes": […]} | {"text": …}}  the same, to begin the next intake with
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

from django.db import IntegrityError, transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.core.seen import refuse_if_changed
from participants import selfreport
from participants.models import Demographics, Participant
from participants.selfreport import NO, CodeList

ONE_OR_NONE = "Choose either what applies, or the one that says none does."


@dataclass(frozen=True, slots=True)
class SelfReported:
    """One question: its column, its words and its list; `words` is the column of what they say in their own words."""

    key: str
    text: str
    codes: CodeList
    many: bool = False
    words: str = ""
    hint: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.key, self.words) if self.words else (self.key,)


QUESTIONS: dict[str, SelfReported] = {
    one.key: one
    for one in (
        SelfReported(
            "race", "Race and ethnicity", selfreport.RACE, many=True, words="race_words", hint="Every answer that fits."
        ),
        SelfReported(
            "gender", "Gender", selfreport.GENDER, many=True, words="gender_words", hint="Every answer that fits."
        ),
        SelfReported(
            "sex", "Sex, for federal reports", selfreport.SEX, hint="Female or male is all that federal reports take."
        ),
        SelfReported("veteran", "Served in the armed forces", selfreport.YES_NO),
        SelfReported("disabling", "A condition that makes it hard to live or work", selfreport.YES_NO),
        SelfReported(
            "disabilities",
            "Which kinds",
            selfreport.DISABILITY,
            many=True,
            hint="Only if they want to say. Nobody is asked why.",
        ),
    )
}


@transaction.atomic
def answer(
    *,
    participant: Participant,
    key: str,
    choices: list[str],
    words: str = "",
    by: Membership,
    at: datetime,
    seen: str = "",
) -> Demographics:
    """One question answered anew; no choice takes the answer away."""
    question = QUESTIONS[key]
    given = coded(question, choices)
    held = _held(participant, by, at)
    refuse_if_changed(held, question.columns, seen)
    setattr(held, key, given)
    if question.words:
        setattr(held, question.words, words.strip())
    _save(held, question.columns, by, at)
    record(AuditAction.PERSON_CHANGED, target=participant, what=key)
    return held


@transaction.atomic
def keep_told(*, participant: Participant, answers: dict, by: Membership, at: datetime) -> None:
    """What the intake asked and was answered; nothing of it is taken away by a question left open."""
    given: dict = {}
    for question in QUESTIONS.values():
        if question.key in answers:
            told = answers[question.key]["codes"]
            given[question.key] = told
        if question.words in answers:
            room = Demographics._meta.get_field(question.words).max_length
            given[question.words] = answers[question.words]["text"][:room]
    if not given:
        return
    held = _held(participant, by, at)
    if "race" in given:
        # The intake asks no detail: what was told before stays, where its category still stands.
        stands = {one["code"] for one in given["race"]}
        given["race"] = [
            *given["race"],
            *(one for one in held.race if "." in one["code"] and one["code"].split(".")[0] in stands),
        ]
    for name, value in given.items():
        setattr(held, name, value)
    _save(held, tuple(given), by, at)
    record(AuditAction.PERSON_CHANGED, target=participant, what="demographics")


def told_before(participant: Participant) -> dict:
    """What they said already, as an intake holds it: nobody is asked twice for what is known."""
    held, found = held_of(participant), {}
    for question in QUESTIONS.values():
        told = [one for one in getattr(held, question.key) or [] if "." not in one["code"]]
        if told:
            found[question.key] = {"codes": told}
        if question.words and getattr(held, question.words):
            found[question.words] = {"text": getattr(held, question.words)}
    return found


def coded(question: SelfReported, choices: list[str]) -> list[dict[str, str]]:
    """The choices as they are stored, in the order of the list; a detail brings its category along."""
    chosen = {*choices, *(one.split(".")[0] for one in choices if "." in one)}
    none = {one for one in chosen if one.startswith(NO)}
    if len(chosen) > 1 and (none or not question.many):
        raise DomainError(ONE_OR_NONE, field="choices")
    order = [code for code, _ in question.codes.choices] + list(question.codes.detail)
    if not chosen <= set(order):
        raise DomainError("Choose one of the answers shown here.", field="choices")
    return [question.codes.coded(one) for one in order if one in chosen]


def held_of(participant: Participant) -> Demographics:
    """The person's row, or an empty one that is not saved; its key is the person's, so that what a page showed can be told."""
    held = Demographics.objects.filter(participant=participant).first()
    return held or Demographics(
        pk=uuid5(participant.pk, "demographics"), site_id=participant.site_id, participant=participant
    )


def _held(participant: Participant, by: Membership, at: datetime) -> Demographics:
    """The same, locked; made where there is none."""
    mine = Demographics.objects.select_for_update(of=("self",)).filter(participant=participant)
    if (held := mine.first()) is not None:
        return held
    made = held_of(participant)
    made.saved_at, made.saved_by = at, by
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return mine.get()
    return made


def _save(held: Demographics, columns: tuple[str, ...], by: Membership, at: datetime) -> None:
    held.saved_at, held.saved_by = at, by
    held.save(update_fields=[*columns, "saved_at", "saved_by"])
