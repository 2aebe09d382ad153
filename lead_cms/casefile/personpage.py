"""What a participant's page says, in a bounded number of queries."""

from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Organisation
from lead_cms.casefile import personrows
from lead_cms.casefile.foundrows import age_of, also_of
from lead_cms.casefile.notepage import note_row
from lead_cms.casefile.personfacts import last_seen, number, where, who
from lead_cms.core.addresses import address
from lead_cms.core.templatetags.dates import say_day, say_when
from participants.actions.spells import say_spell
from participants.enums import LANGUAGES, InformationClass, SpellState
from participants.models import Consent, EmergencyAccess, Participant, Participation
from referrals.models import Casework
from services.askedrows import TONES as ASKED_TONES

STATE_TONES = {"active": "good", "inactive": "neutral", "door_open": "neutral"}
WHAT = dict(InformationClass.choices) | {"met": "That the window was met", "sentence": "Their sentence"}


class PersonPage:
    def __init__(self, participant: Participant, membership):
        self.participant, self.by = participant, membership
        key = participant.pk
        self.cases = personrows.case_rows(site_id=participant.site_id, participant=key)
        referrals = [case.referral_id for case in self.cases]
        self.consents = personrows.consent_rows(referrals=referrals) if referrals else []
        signed = [consent.pk for consent in self.consents]
        self.disclosures = personrows.disclosure_rows(consents=signed) if signed else []

    def context(self) -> dict:
        spells = personrows.spell_rows(participant=self.participant.pk)
        return {
            "participant": self.participant,
            "is_taking_part": any(spell.ended_on is None and spell.state != SpellState.DOOR_OPEN for spell in spells),
            "facts": who(self.participant),
            "brief": self._brief(),
            "reach": [*number(self.participant), where(self.participant), last_seen(self.participant)],
            "notes": self.notes(),
            "referrals": [self._referral(case) for case in self.cases],
            "spells": spell_rows(spells),
            "consents": [self._consent(consent) for consent in self.consents],
            "told": self.told(),
            "asked": self.asked(),
            "is_supervisor": self.by.role == Role.SUPERVISOR,
            "has_somebody_to_avoid": self.participant.has_somebody_to_avoid,
            "opened": self._opened(),
        }

    def _brief(self) -> str:
        """At the top, by which somebody is told from another of that name, and how they are spoken to."""
        one = self.participant
        language = LANGUAGES.get(one.language, one.language) if one.language != "en" else ""
        also = also_of(one)
        return " · ".join(part for part in (one.pronouns, language, age_of(one), also and f"also {also}") if part)

    def _opened(self) -> EmergencyAccess | None:
        """The emergency under which a closed record is open to this case manager now, if there is one."""
        if not self.participant.is_restricted or self.by.role != Role.CASE_MANAGER:
            return None
        mine = EmergencyAccess.objects.filter(participant=self.participant, membership=self.by, ended_at=None)
        return mine.filter(until_at__gt=timezone.now()).order_by("-until_at", "-pk").first()

    def notes(self) -> list[dict]:
        """The latest contacts, each with its line to share."""
        return [note_row(note, self.by) for note in personrows.note_rows(participant=self.participant.pk)]

    def asked(self) -> list[dict]:
        """What services were asked for them, newest first, each with its answer."""
        return [
            {
                "label": f"{one.referral.service.name}, {one.referral.reference}",
                "url": address("services:asked", one.referral_id),
                "hints": f"{one.referral.get_need_display()}. Asked {say_when(one.referral.asked_at)}.",
                "state": one.referral.get_status_display(),
                "tone": ASKED_TONES.get(one.referral.status, "neutral"),
            }
            for one in personrows.asked_rows(participant=self.participant.pk)
        ]

    def told(self) -> list[dict]:
        """The accounting of disclosures: what, to whom, when."""
        offices = {row.to_organisation_id for row in self.disclosures}
        names = dict(Organisation.objects.filter(pk__in=offices).values_list("pk", "name")) if offices else {}
        return [
            {
                "label": WHAT.get(row.what, row.what.replace("_", " ").capitalize()),
                "at": row.recorded_at,
                "note": f"{names.get(row.to_organisation_id, 'Another organization')}, {row.to_membership.name}",
            }
            for row in self.disclosures
        ]

    def _referral(self, case: Casework) -> dict:
        manager = case.case_manager.name if case.case_manager else "nobody yet"
        return {
            "label": f"{case.referral.get_door_display()}, {case.referral.reference}",
            "url": address("casefile:case", case.referral_id),
            "hints": f"{say_when(case.referral.submitted_at)}. Looked after by {manager}.",
            "state": case.referral.get_status_display(),
        }

    @staticmethod
    def _consent(consent: Consent) -> dict:
        row = {"label": consent.get_kind_display(), "hints": [f"Asked {say_when(consent.asked_at)}"]}
        if consent.signed_at is None:
            return row | {"state": consent.get_answer_display(), "tone": "neutral"}
        row["url"] = address("casefile:consent-copy", consent.pk)
        if consent.revoked_at is not None:
            row["hints"].append(f"Taken back {say_when(consent.revoked_at)}")
            return row | {"state": "Taken back", "tone": "neutral"}
        if consent.superseded_at is not None:
            return row | {"state": "Replaced", "tone": "neutral"}
        if consent.ends_at is not None and consent.ends_at <= timezone.now():
            return row | {"state": "Ended", "tone": "neutral"}
        return row | {"state": "Signed", "tone": "good"}


def spell_rows(spells: list[Participation]) -> list[dict]:
    """Newest first, as they come; of two that say the same, one after the other, one row."""
    runs: list[list[Participation]] = []
    for spell in spells:
        if runs and (spell.state, spell.reason, spell.ended_on) == (
            runs[-1][-1].state, runs[-1][-1].reason, runs[-1][-1].began_on
        ):  # fmt: skip
            runs[-1].append(spell)
        else:
            runs.append([spell])
    rows = []
    for count, (last, *_, first) in enumerate(([*run, run[-1]] for run in runs), start=1):
        until = f" to {say_day(last.ended_on)}" if last.ended_on else ""
        rows.append(
            {
                "label": f"{say_day(first.began_on)}{until}" if until else f"Since {say_day(first.began_on)}",
                "state": say_spell(last, is_first=count == len(runs)),
                "tone": STATE_TONES.get(last.state, "neutral"),
            }
        )
    return rows
