"""One invented referral after another: who, when, by which door, and what became of it."""

import random
import uuid
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta

from django.db import models

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.demo.bulk import Row, made
from lead_cms.demo.names import FIRST, LAST
from lead_cms.demo.people import DemoSite
from lead_cms.demo.weights import pick
from lead_cms.demo.windows import Windows
from lead_cms.programs import clock
from participants.likeness.stored import entry_of, stored_keys
from participants.models import Demographics, Participant, Participation
from participants.selfreport import GENDER, RACE
from referrals import models as r
from referrals.enums import Door, OutreachState, ReferralStatus

S = ReferralStatus
DOORS = [(Door.ARREST, 60), (Door.SOCIAL, 25), (Door.COMMUNITY, 15)]
# What became of an arrest referral, in parts of a hundred; the young ones are still on their way.
ARREST = [
    ("handed_over", 70),
    ("declined", 11),
    ("ineligible", 8),
    ("nobody_came", 6),
    ("cancelled", 3),
    ("not_approved", 2),
    ("triage", 4),
    ("pending", 4),
]
# As people say of themselves at intake: one answer, two, or none.
RACES = [
    (["white"], 30), (["black"], 26), (["hispanic"], 14), (["asian"], 7), (["aian"], 3), (["nhpi"], 2), (["mena"], 1),
    (["black", "hispanic"], 3), (["white", "aian"], 2), (["no-9"], 4), ([], 8),
]  # fmt: skip
GENDERS = [(["1"], 58), (["0"], 30), (["0", "5"], 3), (["4"], 2), ([], 7)]
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
PLACES = [
    "Market and 6th",
    "the plaza",
    "the library steps",
    "Jones St",
    "the bus shelter",
    "by the clinic",
    "3rd and Pine",
]


class Story(Windows):
    """Rows of a batch of referrals at one site, by model, in an order in which they can be written."""

    def __init__(self, where: DemoSite, rng: random.Random, *, now: datetime, days: int):
        self.where, self.rng, self.now, self.days = where, rng, now, days
        self.tz, self.today = where.site.tz, clock.local_day(now, where.site.tz)
        self.rows: dict[type[models.Model], list] = defaultdict(list)
        self.examples: dict[str, str] = {}
        self.visits: Counter = Counter()  # by case manager and day
        self.number, self.keys = 0, int(now.timestamp() * 1000)
        window = where.rules.window
        self.decision_steps = {step.step for step in where.rules.reminders if step.relative_to == "decision"}
        self.holidays = frozenset[date]()
        if window.last_day_rule == "next_business_day" and window.holiday_calendar:
            calendar, years = window.holiday_calendar, range(self.today.year - 5, self.today.year + 2)
            self.holidays = clock.holidays_for(calendar.country, calendar.subdivision, years)

    def add(self, model, **fields) -> Row:
        row = made(model, site=self.where.site, **fields)
        self.rows[model].append(row)
        return row

    def id(self) -> uuid.UUID:
        """A key in the order of telling, of version 7: rows that are written together lie together."""
        self.keys += 1
        return uuid.UUID(
            int=self.keys << 80 | 7 << 76 | self.rng.getrandbits(12) << 64 | 2 << 62 | self.rng.getrandbits(62)
        )

    def moment(self, after: datetime, minutes: tuple[int, int]) -> datetime:
        return after + timedelta(minutes=self.rng.randint(*minutes))

    def tell(self) -> None:
        """One more referral."""
        rng, self.number = self.rng, self.number + 1
        # More of them lately than long ago, so that every state has its share.
        back = int(self.days * rng.random() ** 2)
        day = self.today - timedelta(days=back)
        at = datetime.combine(day, time(rng.randrange(24), rng.randrange(60)), self.tz)
        if at >= self.now:
            # Of what would lie ahead a little is happening right now; the rest was yesterday.
            now_ish = self.now - timedelta(minutes=rng.randint(1, 50))
            at = now_ish if rng.random() < 0.12 else at - timedelta(days=1)
        door = pick(rng, DOORS)
        if door == Door.ARREST:
            self._arrest(at, pick(rng, ARREST))
        else:
            self._without_charge(at, door)

    def waits(self, number: int) -> None:
        """An officer waits: 1 for the first who was paged minutes ago; 2 after everybody was paged in vain; 3 for a yes."""
        if number == 3:
            self.number += 1
            self._arrest(self.now - timedelta(minutes=12), "pending")
            return
        minutes = self.where.rules.handoff.page_minutes
        at, self.number = self.now - timedelta(minutes=3 if number == 1 else 2 * minutes + 4), self.number + 1
        self._arrest(at, "handed_over")
        referral = self.rows[r.Referral][-1]
        part = {"referral": referral, **self._police(referral)}
        line = list(dict.fromkeys(self.where.on_call))[: 1 if number == 1 else 2]
        pages = [(step, "on_call", person) for step, person in enumerate(line, 1)]
        if number == 2:
            people = self.where.people
            pages += [(len(line) + 1, "last", one) for one in (*people[Role.SUPERVISOR], *people[Role.COORDINATOR])]
        next_at = at + timedelta(minutes=minutes) if number == 1 else None
        self.add(
            r.Paging, id=self.id(), begun_at=at, minutes=minutes, next_step=pages[-1][0] + 1, next_at=next_at, **part
        )
        for step, kind, person in pages:
            paged_at = at + timedelta(minutes=minutes * (step - 1))
            self.add(r.Page, id=self.id(), step=step, kind=kind, person=person, paged_at=paged_at, **part)
        self.examples.setdefault("paged" if number == 1 else "escalated", str(referral.pk))

    # ---- the parts of any referral

    def _referral(self, at: datetime, door: Door, status: str, **more) -> Row:
        rng, people = self.rng, self.where.people
        officer = None if door == Door.COMMUNITY else rng.choice(people[Role.OFFICER])
        typist = officer or rng.choice(people[Role.REFERRER])
        fields = {
            "id": self.id(), "reference": self._reference(), "door": door, "status": status, "rules": self.where.ruleset,
            "officer": officer, "agency_id": officer.organisation_id if officer else None, "entered_by": typist,
            "submission_key": self.id(), "submitted_at": at, "status_changed_at": at,
            "precinct": rng.choice(self.where.rules.precincts).code, "meeting_place": rng.choice(PLACES),
            "details_done_at": at if self.now - at > timedelta(hours=20) else None,
            "outcome": "eligible", "person_answer": "yes",
        }  # fmt: skip
        if door == Door.ARREST:
            fields |= {
                "incident_number": f"D{self.today.year % 100}{self.number:07d}",
                "occurred_at": self.moment(at, (-90, -5)),
            }
            fields |= self._telephone(at, officer)
        return self.add(r.Referral, **(fields | more))

    def _reference(self) -> str:
        """Six characters that no other referral of the site has, in no order."""
        number, code = (self.number * 387_420_489 + 1) % len(ALPHABET) ** 6, ""
        for _ in range(6):
            number, digit = divmod(number, len(ALPHABET))
            code += ALPHABET[digit]
        return code

    def _police(self, referral) -> dict:
        return {"officer_id": referral.officer_id, "agency_id": referral.agency_id}

    def _person(self, referral, *, named: bool = True, **more) -> Row:
        rng = self.rng
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)}" if named else ""
        born = self.today - timedelta(days=rng.randint(19 * 366, 66 * 365)) if named and rng.random() < 0.7 else None
        return self.add(
            r.ReferredPerson, id=self.id(), referral=referral, name=name, birth_date=born,
            age_about=None if born else rng.randint(20, 64), language=rng.choice(["en", "en", "en", "es"]),
            where_found=rng.choice(PLACES) if named else "",
            greeting=rng.choice(["Goes by Bear", "Has a small dog", "Prefers to sit down first", ""]) if named else "",
            perceived_race=rng.choice(["white", "black", "hispanic", "asian", "not_known"]),
            perceived_gender=rng.choice(["man", "woman", "not_known"]), **self._police(referral), **more,
        )  # fmt: skip

    def _offence(self, referral, *, held: bool) -> Row:
        offence = self.rng.choice(self.where.rules.offences)
        return self.add(
            r.ReferralOffence, id=self.id(), referral=referral, code_system=offence.system, code_version=offence.version[:40],
            code=offence.code, title=offence.title[:200], offence_class=offence.charge_class[:40], group=offence.group,
            is_held=held, **self._police(referral),
        )  # fmt: skip

    def _answers(self, referral, door: Door, *, yes: str = "") -> None:
        for exclusion in self.where.rules.exclusions_for(door):
            self.add(
                r.EligibilityAnswer, id=self.id(), referral=referral, rule_code=exclusion.code,
                rule_text=exclusion.text[:300], answer="yes" if exclusion.code == yes else "no",
                effect=exclusion.effect if exclusion.code == yes else "", **self._police(referral),
            )  # fmt: skip

    # ---- the arrest door

    def _arrest(self, at: datetime, course: str) -> None:
        no_approval = self.where.rules.approval.arrest.needed == "never" and course in {"pending", "not_approved"}
        longest = {"triage": timedelta(days=3), "pending": timedelta(hours=3)}.get(course)
        if no_approval or (longest and self.now - at > longest):
            course = "handed_over"
        if course == "triage":
            self._unsure(at)
            return
        if course in {"declined", "ineligible"}:
            self._counted(at, course)
            return
        if course == "cancelled":
            reason = self.rng.choice(self.where.rules.codes.cancel_reasons).code
            referral = self._referral(at, Door.ARREST, course, cancel_reason=reason)
            self._person(referral)
            self._offence(referral, held=True)
            self.add(
                r.Handoff, id=self.id(), referral=referral, called_at=self.moment(at, (1, 6)), **self._police(referral)
            )
            return
        young = self.now - at < timedelta(minutes=50)
        course = "handed_over" if young and course != "pending" else course
        young = young and course != "pending"
        status = S.SUBMITTED if young else {"nobody_came": S.OUTREACH}.get(course, course)
        referral = self._referral(at, Door.ARREST, status)
        manager = self.rng.choice(self.where.people[Role.CASE_MANAGER])
        self._handoff(referral, at, manager, course, young)
        person = self._person(
            referral,
            police_until_at=at + timedelta(days=self.where.rules.visibility.name_visible_days)
            if status == S.HANDED_OVER
            else None,
        )
        offence = self._offence(referral, held=True)
        self._answers(referral, Door.ARREST)
        self._approval(referral, at, course)
        if course == "pending":
            self._casework(referral, None, None, at)
        if course in {"not_approved", "pending"}:
            return
        taken = status == S.HANDED_OVER
        participant = self._participant(referral, person, manager, at) if taken and self.rng.random() < 0.9 else None
        self._casework(referral, manager if taken else None, participant, at)
        if status == S.OUTREACH:
            self._outreach(referral, at, self.rng.choice([OutreachState.TO_FIND, OutreachState.TRIED]))
        self._window(referral, offence, person, manager, participant, at)

    def _approval(self, referral, at, course: str) -> None:
        """Waiting, answered no, or a yes that an officer wrote down: of the young ones the liaison's word is still due."""
        known = course in {"pending", "not_approved"}
        if not known and (self.where.rules.approval.arrest.needed == "never" or self.rng.random() > 0.06):
            return
        said = {"pending": "", "not_approved": "no"}.get(course, "yes")
        answered = said == "yes" and self.now - at > timedelta(days=2)
        self.add(
            r.Approval, id=self.id(), referral=referral, because=["supervision"], asked_at=at,
            roles=list(self.where.rules.approval.arrest.roles or ()), said=said,
            asked_whom="the LEAD sergeant" if said else "", said_at=self.moment(at, (2, 9)) if said else None,
            recorded_by=referral.officer if said else None, answered="yes" if answered else "",
            answered_at=self.moment(at, (60, 1400)) if answered else None,
            answered_by=self._liaison(referral) if answered else None, **self._police(referral),
        )  # fmt: skip

    def _liaison(self, referral) -> Membership:
        found = self.where.people[Role.LIAISON]
        return next((one for one in found if one.organisation_id == referral.agency_id), found[0])

    def _telephone(self, at: datetime, officer: Membership) -> dict:
        """Some are given by telephone: whoever was on call typed it, and the officer's tap confirms it."""
        if self.rng.random() > 0.05:
            return {}
        told = {
            "by_telephone": True, "given_by_name": officer.name, "given_by_badge": officer.badge,
            "entered_by": self.rng.choice(self.where.people[Role.CASE_MANAGER]),
        }  # fmt: skip
        if self.now - at > timedelta(days=2):
            told |= {"confirmed_at": self.moment(at, (30, 600)), "confirmed_by": officer}
        return told

    def _counted(self, at, course: str) -> None:
        """An offer that was declined or could not be made: counted, without a name."""
        yes = next(e.code for e in self.where.rules.exclusions if e.effect == "ineligible" and "arrest" in e.doors)
        blocked = course == "ineligible"
        referral = self._referral(
            at, Door.ARREST, course, incident_number="", meeting_place="",
            outcome="ineligible" if blocked else "eligible",
            person_answer="" if blocked else "no",
            decline_reason="" if blocked else self.rng.choice(self.where.rules.codes.decline_reasons).code,
        )  # fmt: skip
        self._person(referral, named=False)
        self._offence(referral, held=False)
        self._answers(referral, Door.ARREST, yes=yes if blocked else "")

    def _unsure(self, at) -> None:
        """ "Not sure? Send it": the coordinator looks at it."""
        referral = self._referral(at, Door.ARREST, S.TRIAGE, outcome="not_sure")
        self._person(referral)
        self._offence(referral, held=True)
        self._answers(referral, Door.ARREST)
        self.rows[r.EligibilityAnswer][-1].answer = "not_known"
        self._casework(referral, None, None, at)
        self.examples.setdefault("triage", str(referral.pk))

    def _handoff(self, referral, at, manager, course, young) -> None:
        called = self.moment(at, (1, 6))
        arrived = self.moment(called, (8, 55))
        fields = {"called_at": min(called, self.now)}
        if course == "nobody_came":
            why, way = self.rng.choice(["no_answer", "too_long"]), "hold_and_reach_out"
            fields |= {"nobody_came_at": self.moment(called, (30, 60)), "nobody_came_why": why, "fallback": way}
        elif not young and course == "handed_over":
            fields |= {
                "acknowledged_at": self.moment(called, (1, 5)), "acknowledged_by": manager, "arrived_at": arrived,
                "handed_over_at": self.moment(arrived, (3, 15)), "taken_by": manager,
                "typed_later": ["arrived"] if self.rng.random() < 0.2 else [],
            }  # fmt: skip
        self.add(r.Handoff, id=self.id(), referral=referral, **self._police(referral), **fields)

    def _participant(self, referral, person, manager, at) -> Row:
        given, _, family = person.name.partition(" ")
        participant = self.add(
            Participant, id=self.id(), given_name=given, family_name=family, birth_date=person.birth_date,
            age_about=person.age_about, language=person.language, created_at=at, created_by=manager,
            search_names=person.name.lower(),
        )  # fmt: skip
        participant.match_keys = stored_keys(entry_of(participant), self.where.site.pk)
        race, gender = pick(self.rng, RACES), pick(self.rng, GENDERS)
        self.add(
            Demographics, id=self.id(), participant=participant, race=[RACE.coded(one) for one in race],
            gender=[GENDER.coded(one) for one in gender], saved_at=at, saved_by=manager,
        )  # fmt: skip
        self.add(
            Participation,
            id=self.id(),
            participant=participant,
            began_on=clock.local_day(at, self.tz),
            recorded_by=manager,
        )
        return participant

    def _casework(self, referral, manager, participant, at) -> None:
        tried = self.rng.randint(0, 4) if manager else 0
        last = min(self.moment(at, (60, 20_000)), self.now) if tried else None
        for number in range(tried):
            when = at + (last - at) * (number + 1) / tried
            self.add(
                r.Attempt, id=self.id(), referral=referral, tried_at=when, entered_at=when, tried_by=manager,
                kind=self.rng.choice(["visit", "call", "text"]),
                outcome=self.rng.choice(["reached", "left_word", "not_found", "no_answer"]),
            )  # fmt: skip
        outcome = self.rows[r.Attempt][-1].outcome if tried else ""
        fresh = self.now - at < timedelta(days=40)
        following = self.now + timedelta(hours=self.rng.randint(-20, 72)) if tried and fresh else None
        if following is not None and last is not None:
            following = max(following, last + timedelta(hours=2))  # the next try comes after this one
        closed = participant is not None and self.rng.random() < 0.01
        if closed:
            participant.is_restricted = True
        self.add(
            r.Casework, id=self.id(), referral=referral, case_manager=manager, participant=participant, attempts=tried,
            last_attempt_at=last, last_outcome=outcome, next_try_at=following, is_restricted=closed,
        )  # fmt: skip

    # ---- the doors without a charge

    def _without_charge(self, at: datetime, door: Door) -> None:
        state = pick(self.rng, [(s, w) for s, w in zip(OutreachState, [1, 3, 3, 1, 4, 1, 2, 0], strict=True)])
        over = state in {OutreachState.YES, OutreachState.NOT_NOW, OutreachState.NOT_FOUND}
        taken = state != OutreachState.WAITING and state != OutreachState.TO_FIND
        status = S.DONE if over and door == Door.COMMUNITY else S.HANDED_OVER if taken else S.OUTREACH
        if door == Door.COMMUNITY and not taken and self.now - at < timedelta(days=9):
            status = S.PENDING
        referral = self._referral(at, door, status)
        manager = self.rng.choice(self.where.people[Role.CASE_MANAGER]) if taken else None
        person = self._person(referral)
        self._answers(referral, door)
        if door == Door.SOCIAL:
            self.add(
                r.Handoff, id=self.id(), referral=referral, taken_by=manager, **self._police(referral),
                handed_over_at=min(self.moment(at, (60, 4000)), self.now) if taken else None,
            )  # fmt: skip
        participant = self._participant(referral, person, manager, at) if state == OutreachState.YES else None
        self._casework(referral, manager, participant, at)
        if status != S.PENDING:
            self._outreach(referral, at, state)
        self.examples.setdefault(door.value, str(referral.pk))

    def _outreach(self, referral, at, state) -> None:
        target = at + timedelta(hours=self.where.rules.targets.first_try_hours)
        tried = state not in {OutreachState.WAITING, OutreachState.TO_FIND}
        self.add(
            r.OutreachEntry, id=self.id(), referral=referral, state=state, listed_at=at, first_try_target_at=target,
            first_tried_at=min(self.moment(at, (60, 4000)), self.now) if tried else None, state_changed_at=at,
        )  # fmt: skip
