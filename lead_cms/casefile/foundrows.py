"""What a search shows of each it found: statements that stand prepared (see core/prepared.py), and rows as HTML."""

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.utils.safestring import SafeString

from lead_cms.core.addresses import address
from lead_cms.core.listrow import task_row
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList, Keys
from lead_cms.core.templatetags.dates import say_when
from participants.models import Participant, Participation
from referrals.enums import Door
from referrals.models import Referral
from referrals.models.referral import shown_name

MOST = 20
DOORS = dict(Door.choices)


@prepared(keys=list)
def people_by_key(*, keys):
    open_spell = Participation.objects.taking_part().filter(participant_id=OuterRef("pk"))
    found = Participant.objects.filter(AnyOf(F("pk"), KeyList(keys))).annotate(is_taking_part=Exists(open_spell))
    return found.only("given_name", "family_name", "chosen_name", "street_names", "aliases", "birth_date", "age_about")


def person_row(person: Participant) -> SafeString:
    """Who it is, when they were born, by which other name they may have been found, and whether they take part."""
    also = also_of(person)
    state, tone = ("Participant", "good") if person.is_taking_part else ("Door open", "neutral")
    return task_row(
        {
            "label": person.shown_name, "url": address("casefile:person", person.pk), "state": state, "tone": tone,
            "hints": [f"{age_of(person)}, also {also}" if also else age_of(person)],
        }
    )  # fmt: skip


def age_of(person: Participant) -> str:
    born = person.birth_date
    if born:
        return f"Born {born:%b} {born.day}, {born.year}"
    return "Age not entered" if person.age_about is None else f"About {person.age_about}"


def also_of(person: Participant) -> str:
    """The name on their papers, when they want to be called otherwise, and every other one."""
    full = f"{person.given_name} {person.family_name}".strip()
    own = [full] if full and full != person.shown_name else []
    others = [name for name in (*person.street_names, *person.aliases) if name != person.shown_name]
    return ", ".join(dict.fromkeys([*own, *others]))


def _told(referrals):
    """Those that casework has, with what their line says, as plain values."""
    return referrals.filter(casework__isnull=False).values_list(
        "pk", "door", "reference", "incident_number", "submitted_at", "person__name", "person__description",
        "casework__participant_id", named=True,
    )  # fmt: skip


@prepared(site_id=UUID, number=str, capitals=str, reference=str, bare=str)
def referrals_by_number(*, site_id, number, capitals, reference, bare):
    here = Referral.objects.filter(site_id=site_id)
    # One index each: of both in one condition PostgreSQL would rather read every referral than guess how many have no number.
    numbered = here.filter(incident_number__in=[number, capitals]).order_by().values("pk")[:MOST]
    referenced = here.filter(reference__in=[reference, bare]).order_by().values("pk")[:2]
    either = Q(AnyOf(F("pk"), Keys(numbered))) | Q(AnyOf(F("pk"), Keys(referenced)))
    return _told(Referral.objects).filter(either).order_by("-submitted_at", "-pk")


@prepared(keys=list)
def referrals_by_key(*, keys):
    return _told(Referral.objects).filter(AnyOf(F("pk"), KeyList(keys)))


def referral_row(referral) -> SafeString:
    """Of whom it is, by which door, which and when; and whether it is linked to somebody's record."""
    about = f"{DOORS[referral.door]}, {referral.reference}, {say_when(referral.submitted_at)}"
    incident = f", incident {referral.incident_number}" if referral.incident_number else ""
    linked = referral.casework__participant_id
    state, tone = ("Linked", "good") if linked else ("Person referred", "waiting")
    return task_row(
        {
            "label": shown_name(referral.person__name, referral.person__description),
            "url": address("casefile:case", referral.pk), "hints": [about + incident],
            "state": state, "tone": tone,
        }
    )  # fmt: skip
