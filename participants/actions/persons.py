"""The person, once they have said yes: made, corrected, reached, and the spells of taking part.

API
    make_participant(names=Names(...), by=, at=, is_restricted=False) -> Participant
    correct_person(participant=, names=Names(...), by=, at=, seen=)
    set_phone(participant=, phone=, may_text=, may_leave_message=, others_read=, by=, at=, seen=)
    begin_spell(participant=, on=, by=) -> Participation | None
    likely_matches(words=, birth_date=, most=) -> [(participant id, score)]     names like the words, whatever the slip
    terms_of(words) -> [each word with what else it is called]                  what a search as somebody types is asked
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.core.held import still_there
from lead_cms.core.seen import refuse_if_changed
from participants.enums import LANGUAGES, SpellState
from participants.models import Participant, Participation
from participants.naming import also_called, words_of

OLDEST_YEARS = 120
# How like a part of a name must be to the words, 0 to 1. "Devin March" is found for "Devon Marsh" at the lower one; at the
# higher one, the extension's own, both words of a name must be nearly right.
ALIKE, CLOSE = 0.3, 0.6
NAMES = (
    "given_name", "family_name", "chosen_name", "street_names", "aliases", "birth_date", "age_about", "language",
    "pronouns",
)  # fmt: skip
NUMBER = ("phone", "may_text", "may_leave_message", "others_read_phone")


@dataclass(frozen=True, kw_only=True)
class Names:
    """Who a person says they are. A name of any kind is enough; an age may be near enough."""

    given_name: str = ""
    family_name: str = ""
    chosen_name: str = ""
    street_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    birth_date: date | None = None
    age_about: int | None = None
    language: str = "en"
    pronouns: str = ""


@transaction.atomic
def make_participant(*, names: Names, by: Membership, at: datetime, is_restricted: bool = False) -> Participant:
    """A new record of somebody who said yes. Raises DomainError beside its field."""
    _check(names, at.astimezone(by.site.tz).date())
    person = Participant(site_id=by.site_id, is_restricted=is_restricted, created_at=at, created_by=by)
    _put(person, names)
    person.save(force_insert=True)
    return person


@transaction.atomic
def correct_person(
    *, participant: Participant, names: Names, by: Membership, at: datetime, seen: str = ""
) -> Participant:
    """What the person says of themselves now. StaleState when it is no longer what the page showed (`seen`)."""
    _check(names, at.astimezone(by.site.tz).date())
    held = _hold(participant)
    refuse_if_changed(held, NAMES, seen)
    _put(held, names)
    held.save(update_fields=list(NAMES))
    record(AuditAction.PERSON_CHANGED, target=held, what="names")
    return held


@transaction.atomic
def set_phone(
    *,
    participant: Participant,
    phone: str,
    may_text: bool,
    may_leave_message: bool,
    others_read: str,
    by: Membership,
    at: datetime,
    seen: str = "",
) -> Participant:
    """A number with what may be done with it, asked anew each time it is entered: texting is off until they say so."""
    participant = _hold(participant)
    refuse_if_changed(participant, NUMBER, seen)
    participant.phone = phone.strip()
    participant.may_text = bool(participant.phone) and may_text
    participant.may_leave_message = bool(participant.phone) and may_leave_message
    participant.others_read_phone = others_read.strip() if participant.phone else ""
    participant.save(update_fields=list(NUMBER))
    record(AuditAction.PERSON_CHANGED, target=participant, what="phone", may_text=participant.may_text)
    return participant


@transaction.atomic
def begin_spell(*, participant: Participant, on: date, by: Membership) -> Participation | None:
    """Their yes opens a spell; None when they take part already. Whoever had left and comes back is re-engaged."""
    held = Participation.objects.filter(participant=participant, ended_on=None).first()
    if held is not None and held.state != SpellState.DOOR_OPEN:
        return None
    if held is not None:
        on = max(on, held.began_on)
        Participation.objects.filter(pk=held.pk, ended_on=None).update(ended_on=on)
    try:
        with transaction.atomic():
            return Participation.objects.create(
                site_id=participant.site_id,
                participant=participant,
                state=SpellState.ACTIVE,
                began_on=on,
                recorded_by=by,
            )
    except IntegrityError as error:
        if "participation_one_open_spell" not in str(error):
            raise
        return None


def likely_matches(
    *, words: str, birth_date: date | None, most: int = 10, least: float = ALIKE
) -> list[tuple[UUID, float]]:
    """Participants of the site whose name is like the words, or born that day, best first; through the wall's function."""
    with connection.prepared_cursor() as cursor:
        cursor.execute(
            "select id, score from app.participants_like(%s::text, %s::date, %s::int, %s::real)",
            [words, birth_date, most, least],
        )
        return cursor.fetchall()


def terms_of(words: str) -> list[str]:
    """What `participants_named` and `referred_named` are asked: each word with what else it is called."""
    return [" ".join([word, *also_called(word)]) for word in words_of(words)]


def _hold(participant: Participant) -> Participant:
    return still_there(Participant.objects.select_for_update(of=("self",), no_key=True), pk=participant.pk)


def _put(person: Participant, names: Names) -> None:
    for name in NAMES:
        setattr(person, name, getattr(names, name))
    person.street_names, person.aliases = list(names.street_names), list(names.aliases)


def _check(names: Names, today: date) -> None:
    if not (names.given_name or names.family_name or names.chosen_name or names.street_names or names.aliases):
        raise DomainError("Enter a name: any name they go by.", field="chosen_name")
    if names.language not in LANGUAGES:
        raise DomainError("Choose a language.", field="language")
    if names.birth_date is not None:
        if names.birth_date > today:
            raise DomainError("This birth date is in the future.", field="birth_date")
        if today.year - names.birth_date.year > OLDEST_YEARS:
            raise DomainError("This birth date is too long ago. Check the year.", field="birth_date")
    if names.age_about is not None and names.age_about > OLDEST_YEARS:
        raise DomainError("This age is too high. Check it.", field="age_about")


def age_on(names: Names, today: date) -> int | None:
    """Whole years on a day, or the age as it was said."""
    born = names.birth_date
    if born is None:
        return names.age_about
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
