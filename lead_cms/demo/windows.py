"""The part of an invented referral that concerns its window, its charge and what the person signed."""

from datetime import datetime, time, timedelta

from lead_cms.access.permissions import Role
from lead_cms.demo.bulk import Row
from lead_cms.demo.weights import pick
from lead_cms.programs import clock
from participants.models import Consent
from referrals import models as r
from referrals.enums import Decision, WindowState

DECISIONS = [(Decision.NOT_FILED_COMPLETED, 60), (Decision.NOT_FILED_DISCRETION, 20), (Decision.FILED, 20)]
# A case manager's day: whom one person can meet, the rest of it being outreach and calls.
VISITS = (time(10), time(11, 30), time(14), time(16))
SCOPE = "That the window was met, to the prosecutor, until the filing decision."


class Windows:
    """Mixed into Story, which knows the site, the day and the dice."""

    def _window(self, referral, offence, person, manager, participant, at) -> None:
        rules, rng = self.where.rules, self.rng
        starts = clock.local_day(at, self.tz)
        due = clock.due_on(starts, rules.window.days, last_day_rule=rules.window.last_day_rule, holidays=self.holidays)
        decision = clock.decision_on(due, rules.window.decision_grace_days)
        items = list(rules.window.required_items)
        over = due < self.today
        share = rng.random()
        state, met_on = WindowState.OPEN, None
        if participant is not None:
            if share < (0.6 if over else 0.25):
                state = WindowState.MET
                met_on = min(starts + timedelta(days=rng.randint(1, rules.window.days)), due, self.today)
            elif share < (0.68 if over else 0.28):
                state = WindowState.STEPPED_BACK
        window = self.add(
            r.IntakeWindow, id=self.id(), referral=referral, rules=self.where.ruleset, state=state, opened_at=at,
            starts_on=starts, due_on=due, first_due_on=due, required_items=items, met_on=met_on, state_changed_at=at,
        )  # fmt: skip
        done = items if state == WindowState.MET else items[: rng.randint(0, len(items) - 1)] if participant else []
        for kind in done:
            day = met_on or min(starts + timedelta(days=rng.randint(0, 9)), self.today)
            self.add(
                r.WindowItem, id=self.id(), window=window, kind=kind, done_on=day, typed_by=manager,
                typed_at=min(datetime.combine(day, time(17), self.tz), self.now),
            )  # fmt: skip
        charge = self._charge(referral, offence, person, at, starts, decision)
        if state == WindowState.MET:
            self.add(r.WindowResult, id=self.id(), charge=charge, window=window, met_on=met_on, recorded_by=manager)
            self._consent(referral, participant, person, manager, charge, at)
        elif participant and state == WindowState.OPEN and not over:
            self._appointment(referral, manager, at)
        if decision >= self.today:
            self._reminders(referral, window if state == WindowState.OPEN else None, starts, due, decision)
        kind = {WindowState.MET: "window_met", WindowState.OPEN: "window_ended" if over else "window_open"}.get(state)
        if kind:
            self.examples.setdefault(kind, str(referral.pk))

    def _charge(self, referral, offence, person, at, starts, decision) -> Row:
        rng, fields = self.rng, {}
        prosecutor = rng.choice(self.where.people[Role.PROSECUTOR])
        waits = 0.5 if self.today - decision < timedelta(days=9) else 0.02
        if decision < self.today and rng.random() > waits:
            decided = datetime.combine(decision, time(10), self.tz) + timedelta(days=rng.randint(0, 6))
            if decided < self.now:
                fields = {
                    "decision": pick(rng, DECISIONS),
                    "decided_at": decided, "decided_by": prosecutor,
                    "hidden_at": decided + timedelta(days=self.where.rules.visibility.decided_visible_days),
                }  # fmt: skip
        charge = self.add(
            r.HeldCharge, id=self.id(), referral=referral, agency_id=referral.agency_id,
            incident_number=referral.incident_number, code_system=offence.code_system, code=offence.code,
            title=offence.title, offence_class=offence.offence_class, held_on=starts, due_on=decision, **fields,
        )  # fmt: skip
        self.add(r.ChargeIdentity, id=self.id(), referral=referral, name=person.name, birth_date=person.birth_date)
        sent = (
            at + timedelta(days=rng.randint(0, 3))
            if rng.random() < 0.85 or self.now - at > timedelta(days=12)
            else None
        )
        sent = sent if sent and sent < self.now else None
        received = sent + timedelta(days=1) if sent and sent + timedelta(days=1) < self.now else None
        self.add(
            r.Packet, id=self.id(), referral=referral, incident_number=referral.incident_number, held_on=starts,
            sent_at=sent, sent_by=referral.officer if sent else None, received_at=received,
            received_by=prosecutor if received else None, hidden_at=fields.get("hidden_at"), **self._police(referral),
        )  # fmt: skip
        self.examples.setdefault("charge_decided" if fields else "charge", str(charge.pk))
        return charge

    def _consent(self, referral, participant, person, manager, charge, at) -> None:
        if self.rng.random() > 0.6:
            return
        revoked = self.rng.random() < 0.1
        self.add(
            Consent, id=self.id(), kind="criminal_justice", participant=participant, referral_id=referral.pk, answer="yes",
            asked_at=at, asked_by=manager, language="en", scope=SCOPE,
            text_shown="Shown in the demo.", text_hash="0" * 64, signed_name=person.name, signed_at=at,
            revoked_at=self.now if revoked else None, revoked_by=manager if revoked else None,
            revoked_how="spoken" if revoked else "",
        )  # fmt: skip
        if not revoked and charge.decided_at is None:
            self.examples.setdefault("charge_shared", str(charge.pk))

    def _appointment(self, referral, manager, at) -> None:
        """One of the next days, unless the case manager's day is full."""
        place = self.rng.choice(self.where.rules.meeting_places).name
        day = self.today + timedelta(days=self.rng.randint(0, 9))
        booked = self.visits[manager.pk, day]
        if booked == len(VISITS):
            return
        self.visits[manager.pk, day] += 1
        self.add(
            r.Appointment,
            id=self.id(),
            referral=referral,
            at=datetime.combine(day, VISITS[booked], self.tz),
            place=place,
            booked_at=at,
            booked_by=manager,
            state="booked",
        )

    def _reminders(self, referral, window, starts, due, decision) -> None:
        moments = clock.reminder_moments(
            self.where.rules.reminders, start_on=starts, due=due, decision_on=decision, tz=self.tz
        )
        for moment in moments:
            if moment.at <= self.now:
                continue
            police_side = moment.step in self.decision_steps
            if not police_side and window is None:
                continue
            self.add(
                r.Reminder, id=self.id(), referral=referral, window=None if police_side else window, step=moment.step,
                recipient=moment.recipient, channel=moment.channel, due_at=moment.at,
                path="/referrals/charges/" if police_side else f"/site/cases/{referral.pk}/",
            )  # fmt: skip
