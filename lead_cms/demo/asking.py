"""The demo's directory and what its providers are asked: a row in every state at both sites, all invented."""

import random
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import OrganisationKind
from lead_cms.core.templatetags.dates import local_day
from lead_cms.demo.people import DemoSite
from participants.enums import ConsentKind
from participants.models import Consent, ConsentCell
from referrals.models import Casework
from services import models as s
from services.enums import RESULT_OF, AskStatus, Capacity, NotAvailable

FOLDERS = Path(s.__file__).parents[1] / "data"
A = AskStatus
# State, days ago it was asked, whether the person is named.
STORIES = [
    (A.SENT, 0, True), (A.SENT, 1, False), (A.SENT, 6, True), (A.WAITLIST, 9, True), (A.ACCEPTED, 3, True),
    (A.ATTENDED, 12, True), (A.COMPLETED, 40, True), (A.PROVIDER_DECLINED, 8, False), (A.PERSON_DECLINED, 15, True),
    (A.CALLED_OFF, 5, False),
]  # fmt: skip
CLASSES = ("enrolment", "housing", "barriers")
LINES = {"housing": "A place near the clinic, with a dog", "barriers": "No ID yet; the papers are on their way"}


class Asking:
    """What is asked at one site. Run as the operator; `cases` as `cases_told` gives them."""

    def __init__(self, where: DemoSite, rng: random.Random, cases: dict, *, now: datetime):
        self.where, self.rng, self.now = where, rng, now
        managers = where.people[Role.CASE_MANAGER][:3]
        self.cases = [(*case, one) for one in managers for case in cases.get(one.pk, [])[:8]]
        self.consents: dict = {}
        self.linked: list[s.Provider] = []

    def tell(self) -> None:
        """Link providers to the staff that sign in, verify some entries, ask in every state."""
        self._link()
        self._verify()
        for provider in self.linked if self.cases else ():
            for number, story in enumerate(STORIES):
                self._asked(provider, self.cases[number % len(self.cases)], *story)
            self.rng.shuffle(self.cases)
        for participant_id, _, manager in self.cases[:3]:
            s.ServiceGap(
                site=self.where.site, participant_id=participant_id, need="housing", recorded_by=manager,
                reason=self.rng.choice(NotAvailable.values), recorded_at=self.now - timedelta(days=2),
            ).save(force_insert=True)  # fmt: skip

    def _link(self) -> None:
        coordinator, site = self.where.first(Role.COORDINATOR), self.where.site
        for organisation in site.organisations.filter(kind=OrganisationKind.PROVIDER).order_by("name"):
            for provider in s.Provider.objects.filter(site=site, name=organisation.name):
                provider.organisation, provider.linked_at, provider.linked_by = organisation, self.now, coordinator
                provider.save(update_fields=["organisation", "linked_at", "linked_by"])
                self.linked.append(provider)

    def _verify(self) -> None:
        for number, service in enumerate(s.Service.objects.filter(site=self.where.site).order_by("name", "pk")):
            if number % 4:
                service.capacity = [Capacity.OPEN, Capacity.WAITLIST, Capacity.FULL][number % 3]
                service.verified_at = service.capacity_at = self.now - timedelta(days=number * 37)
                service.verified_by = self.where.first(Role.COORDINATOR)
                service.save(update_fields=["capacity", "capacity_at", "verified_at", "verified_by"])

    def _asked(self, provider, case, status: str, days: int, named: bool) -> None:
        participant_id, referral_id, manager = case
        at = self.now - timedelta(days=days, minutes=self.rng.randint(5, 50))
        is_answered, wait = status not in (A.SENT, A.CALLED_OFF), self.where.rules.providers.answer_days or 3
        came_on = local_day(at) + timedelta(days=2) if status in (A.ATTENDED, A.COMPLETED) else None
        service = provider.services.order_by("name", "pk").first()
        asked = s.ServiceReferral(
            site=self.where.site, reference=self._code(), service=service, provider=provider,
            organisation=provider.organisation, need=service.needs[0], language=self.rng.choice(["en", "es"]),
            method="here", names_person=named, asked_at=at, asked_by=manager, status=status,
            submission_key=uuid.UUID(int=self.rng.getrandbits(128), version=4), status_changed_at=at + timedelta(hours=3),
            remind_at=at + timedelta(days=wait + 1), answered_at=at + timedelta(hours=3) if is_answered else None,
            answered_by=self._staff(provider) if is_answered else None, result=RESULT_OF.get(status, ""),
            decline_reason=NotAvailable.FULL if status == A.PROVIDER_DECLINED else "",
            appointment_at=self._appointment() if status == A.ACCEPTED else None, attended_on=came_on,
            ended_on=came_on + timedelta(days=20) if status == A.COMPLETED else None,
        )  # fmt: skip
        asked.save(force_insert=True)
        consent = self._consent(participant_id, manager, referral_id) if named else None
        organisation = provider.organisation if named else None
        s.AskedPerson(
            site=self.where.site, referral=asked, participant_id=participant_id, organisation=organisation,
            consent_id=consent.pk if consent else None,
        ).save(force_insert=True)  # fmt: skip
        for code, text in LINES.items() if named else ():
            s.SharedFact(
                site=self.where.site, referral=asked, participant_id=participant_id, organisation=organisation,
                information_class=code, text=text, written_at=at, written_by=manager,
            ).save(force_insert=True)  # fmt: skip

    def _appointment(self) -> datetime:
        """In two days, at half past ten in the morning."""
        day = self.now.astimezone(self.where.site.tz) + timedelta(days=2)
        return day.replace(hour=10, minute=30, second=0, microsecond=0)

    def _staff(self, provider):
        staff = self.where.people[Role.PROVIDER]
        return next((one for one in staff if one.organisation_id == provider.organisation_id), staff[0])

    def _consent(self, participant_id, manager, referral_id) -> Consent:
        """One a person, for treatment, with the same cells for each provider that signs in."""
        if participant_id in self.consents:
            return self.consents[participant_id]
        offices = list({one.organisation_id for one in self.linked})
        asked_at = self.now - timedelta(days=60)
        made = self.consents[participant_id] = Consent(
            site=self.where.site, kind=ConsentKind.TREATMENT, participant_id=participant_id, referral_id=referral_id,
            answer="yes", asked_at=asked_at, asked_by=manager, language="en", signed_name="(demo)", signed_at=asked_at,
            text_shown="Invented for the demo.", text_hash="demo", purpose="treatment",
            scope="Taking part, housing and barriers, to the providers named", ends_at=self.now + timedelta(days=300),
            matrix=[f"{office}:{code}" for office in offices for code in CLASSES],
        )  # fmt: skip
        made.save(force_insert=True)
        for office in offices:
            for code in CLASSES:
                ConsentCell(
                    site=self.where.site, consent=made, participant_id=participant_id, organisation_id=office,
                    information_class=code, kind=ConsentKind.TREATMENT, organisation_kind="provider",
                ).save(force_insert=True)  # fmt: skip
        return made

    def _code(self) -> str:
        letters = "".join(self.rng.choice("BCDFGHJKLMNPQRSTVWXYZ23456789") for _ in range(8))
        return f"{letters[:4]}-{letters[4:]}"


def cases_told(rows) -> dict:
    """Of a batch of seeded rows: case manager -> (participant, referral), restricted and sealed records left out."""
    found: dict = {}
    for case in rows[Casework]:
        if case.case_manager_id and case.participant_id and not case.is_restricted and not case.is_sealed:
            found.setdefault(case.case_manager_id, []).append((case.participant_id, case.referral_id))
    return found
