"""What the casework page of one referral says: everything in a bounded number of queries, then plain shapes.

API
    CasePage(referral, membership, now).context()
The referral and its rows come from `caserows`.
"""

from datetime import datetime
from functools import cached_property

from django.urls import reverse

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.casefile.caserows import (
    appointment_rows,
    attempt_rows,
    charge_rows,
    event_rows,
    item_rows,
)
from lead_cms.casefile.lists import HANDOFF_TIME
from lead_cms.casefile.nextstep import next_step
from lead_cms.casefile.urgency import AWAY, handed, instead_of, person_name, say_minutes, tries_note, where_note
from lead_cms.casefile.views.asking import link_to
from lead_cms.core.templatetags.dates import local_day, say_day, say_when
from lead_cms.programs.clock import item_counts
from lead_cms.programs.current import rules_by_id
from referrals.actions.items import missing_items
from referrals.actions.taking import TAKEABLE
from referrals.enums import (
    OUTREACH_TRANSITIONS,
    AppointmentState,
    AttemptKind,
    AttemptOutcome,
    Door,
    Item,
    OutreachState,
    RecordKind,
    ReferralStatus,
    WindowEventKind,
    WindowState,
)
from referrals.models import (
    Appointment,
    Attempt,
    HeldCharge,
    Referral,
    WindowEvent,
    WindowItem,
)

WINDOW_TONES = {
    WindowState.OPEN: "waiting", WindowState.MET: "good", WindowState.STEPPED_BACK: "neutral", WindowState.ENDED: "neutral",
}  # fmt: skip
APPOINTMENT_TONES = {"booked": "waiting", "kept": "good", "missed": "neutral", "moved": "neutral"}


class CasePage:
    """One referral as casework sees it."""

    def __init__(self, referral: Referral, membership, now: datetime):
        self.referral, self.by, self.now = referral, membership, now
        self.case, self.person = referral.casework, referral.person
        self.window = getattr(referral, "window", None)
        self.handoff = getattr(referral, "handoff", None)
        self.outreach = getattr(referral, "outreach", None)
        self.talk = getattr(referral, "private_talk", None)
        self.today = local_day(now)
        self.rules = rules_by_id(referral.rules_id)
        self.is_own = self.case.case_manager_id == membership.pk
        self.may_confirm = has_permission(membership, Permission.CASEWORK_CONFIRM)

    @cached_property
    def items(self) -> list[WindowItem]:
        if self.window is None:
            return []
        return item_rows(window=self.window.pk)

    @cached_property
    def missing(self) -> list[str]:
        return missing_items(self.window, self.items) if self.window else []

    @cached_property
    def events(self) -> list[WindowEvent]:
        if self.window is None:
            return []
        return event_rows(window=self.window.pk)

    @cached_property
    def attempts(self) -> list[Attempt]:
        return attempt_rows(referral=self.referral.pk)

    @cached_property
    def appointments(self) -> list[Appointment]:
        return appointment_rows(referral=self.referral.pk)

    @cached_property
    def booked(self) -> Appointment | None:
        return next((one for one in self.appointments if one.state == AppointmentState.BOOKED), None)

    @cached_property
    def charges(self) -> list[HeldCharge]:
        return charge_rows(referral=self.referral.pk)

    @property
    def officer_waits(self) -> bool:
        """Whether somebody may still stand at the curb; later the referral is one to be found."""
        recent = self.now - self.referral.submitted_at < HANDOFF_TIME
        found = self.outreach is not None and self.referral.door != Door.ARREST
        return self.waits_for_handoff and self.referral.status != ReferralStatus.OUTREACH and (recent or not found)

    @property
    def just_taken(self) -> bool:
        """Whether the person is with the case manager still, as far as one can know."""
        taken_at = self.handoff.handed_over_at if self.handoff else None
        return self.is_own and taken_at is not None and self.now - taken_at < HANDOFF_TIME and not self.attempts

    @property
    def where(self) -> str:
        found = where_note(self.referral)
        return f"{found}." if found else ""

    @property
    def waits_for_handoff(self) -> bool:
        taken = self.handoff is None or self.handoff.handed_over_at is not None
        return not taken and self.referral.status in TAKEABLE

    def url(self, name: str, *args) -> str:
        return reverse(f"casefile:{name}", args=[self.referral.pk, *args])

    def to(self, name: str, *args) -> str:
        """A page of the person's side."""
        return link_to(f"casefile:{name}", self.referral.pk, *args)

    def context(self) -> dict:
        participant = self.case.participant
        return {
            "referral": self.referral,
            "case": self.case,
            "window": self.window,
            "name": person_name(self.referral),
            "participant": participant,
            "participant_url": link_to("casefile:person", participant.pk) if participant else "",
            "link_url": self.to("link"),
            "step": next_step(self),
            "state": self.state(),
            "needs": self.needs(),
            "unconfirmed": self.unconfirmed()[1:],
            "clock": self.clock(),
            "line": self.line(),
            "tries": self.tries(),
            "tries_note": tries_note(self.case, self.attempts[0].kind if self.attempts else None),
            "appointments": [(one, APPOINTMENT_TONES[one.state]) for one in self.appointments],
            "booked": self.booked,
            "phone": (participant.phone if participant else "") or self.person.phone,
            "reach": self.reach(),
            "facts": self.facts(),
            "handoff_facts": self.handoff_facts(),
            "person_pages": self.person_pages(),
            "outreach": self.outreach_context(),
            "may_confirm": self.may_confirm,
            "has_died": participant is not None and participant.died_on is not None,
        }

    def state(self) -> tuple[str, str]:
        """The window's state, else where outreach stands, in one badge."""
        if self.window is not None:
            if self.window.state == WindowState.OPEN and self.window.due_on < self.today:
                return "Window ended", "neutral"
            return f"Window {self.window.get_state_display().lower()}", WINDOW_TONES[WindowState(self.window.state)]
        if self.outreach is not None:
            return self.outreach.get_state_display(), "neutral"
        return self.referral.get_status_display(), "neutral"

    def needs(self) -> list[dict]:
        """What the window needs, each with its day, its state and where to go on."""
        if self.window is None:
            return []
        begun = {one["kind"]: one["done_on"] for one in self.referral.records_begun}
        by_kind = {item.kind: item for item in self.items}
        return [self._need(kind, by_kind.get(kind), begun) for kind in self.window.required_items]

    def _need(self, kind: str, item: WindowItem | None, begun: dict) -> dict:
        row = {
            "label": Item(kind).label,
            "url": self._record_url(kind) if self.window.state == WindowState.OPEN else "",
        }
        if item is None:
            going = kind in begun and begun[kind] is None
            return row | {
                "state": "In progress" if going else "Not begun", "tone": "waiting" if going else "neutral",
                "hints": f"By {say_day(self.window.due_on)}",
            }  # fmt: skip
        hints = [f"Done {say_day(item.done_on)}, typed {say_when(item.typed_at)} by {item.typed_by.name}"]
        if item.confirmed_at:
            hints.append(f"Confirmed {say_when(item.confirmed_at)} by {item.confirmed_by.name}")
        if not item_counts(item.done_on, self.window.starts_on, self.window.due_on):
            return row | {"url": "", "state": "Done after the due day", "tone": "neutral", "hints": hints}
        if not item.counts():
            hints.append("Typed after the due day: a supervisor confirms it")
            return row | {"url": "", "state": "Waits for confirmation", "tone": "waiting", "hints": hints}
        return row | {"url": "", "state": "Done", "tone": "good", "hints": hints}

    def _record_url(self, kind: str) -> str:
        if kind == Item.ROI:
            return self.to("consent") or self.url("item", kind)
        if kind in RecordKind.values and self.is_own:
            return self.to("record", kind) or self.url("item", kind)
        return self.url("item", kind)

    def unconfirmed(self) -> list[WindowItem]:
        """What this reader may confirm: typed late by somebody else. The next step asks for the first of them."""
        if not self.may_confirm:
            return []
        return [one for one in self.items if not one.counts() and one.typed_by_id != self.by.pk]

    def clock(self) -> dict | None:
        if self.window is None:
            return None
        times = self.window.extension_count
        note = "" if not times else "Extended once." if times == 1 else f"Extended {times} times."
        return {
            "started_on": self.window.starts_on, "due_on": self.window.due_on, "first_due_on": self.window.first_due_on,
            "tries": [one.tried_at for one in self.attempts], "done_on": self.window.met_on, "note": note,
        }  # fmt: skip

    def tries(self) -> list[dict]:
        rows = []
        for one in self.attempts:
            place = one.place if one.place and one.place_until_at > self.now else ""
            note = " · ".join(part for part in (place, one.tried_by.name) if part)
            outcome = AttemptOutcome(one.outcome).label.lower()
            kind = AttemptKind(one.kind).label
            rows.append({"label": f"{kind}: {outcome}", "at": one.tried_at, "note": note})
        return rows

    def line(self) -> list[dict]:
        """What happened and what is to come, newest first; moments before days, both by the site's calendar."""
        rows: list[tuple] = []
        if self.window is not None:
            state = "ahead" if self.window.due_on > self.today else "done"
            rows.append((self.window.due_on, 2, {"label": f"Due {say_day(self.window.due_on)}", "state": state}))
            rows.append((local_day(self.window.opened_at), 0, {"label": "Window opened", "at": self.window.opened_at}))
        for one in self.events:
            label = one.get_kind_display()
            if one.new_referral_id:
                label += f", referral {one.new_referral.reference}" if one.new_referral else ""
            rows.append((one.happened_on, 1, {"label": label, "at": one.happened_on, "note": one.recorded_by.name}))
        for item in self.items:
            label = f"{Item(item.kind).label} done"
            rows.append((item.done_on, 1, {"label": label, "at": item.done_on, "note": item.typed_by.name}))
        if self.handoff is not None:
            for step, label in (
                ("called", "Called"),
                ("arrived", "Case manager arrived"),
                ("handed_over", "Handed over"),
            ):
                at = getattr(self.handoff, f"{step}_at")
                if at:
                    rows.append((local_day(at), 0, {"label": label, "at": at}))
        if self.talk is not None:
            at = self.talk.started_at
            rows.append((local_day(at), 0, {"label": "Talked in private", "at": at}))
        rows.sort(key=lambda row: (row[0], row[1], str(row[2].get("at", ""))), reverse=True)
        return [row for _, _, row in rows]

    def reach(self) -> list[str]:
        """How to reach the person, as they said it, else as the referrer did."""
        participant = self.case.participant
        found = [where_note(self.referral)]
        if participant is not None:
            found.append("Texts are fine." if participant.may_text else "No texts.")
            found.append("A message may be left." if participant.may_leave_message else "Leave no message.")
        if self.person.greeting:
            found.append(self.person.greeting)
        if self.person.safety:
            found.append(f"Safety: {self.person.safety}")
        away = next((one for one in self.events if one.kind != WindowEventKind.NEW_ARREST), None)
        if away is not None and away.kind in AWAY:
            found.append(f"{AWAY[away.kind]} since {say_day(away.happened_on)}.")
        return [one for one in found if one]

    def facts(self) -> list[dict]:
        referral = self.referral
        who = referral.officer.name if referral.officer else referral.given_by_name
        by = ", ".join(part for part in (who, referral.agency.name if referral.agency else "") if part)
        rows = [
            {"label": "Reference", "value": referral.reference},
            {"label": "Door", "value": self.rules.door_name(referral.door).capitalize()},
            {"label": "Referred", "value": say_when(referral.submitted_at)},
            {
                "label": "Given by telephone" if referral.by_telephone else "Referred by",
                "value": by or "A partner organization",
            },
            {"label": "As described", "value": self.person.shown_name},
        ]
        if referral.incident_number:
            rows.append({"label": "Incident", "value": referral.incident_number})
        for charge in self.charges:
            decided = charge.get_decision_display() if charge.decided_at else f"Held, decision {say_day(charge.due_on)}"
            rows.append({"label": charge.code, "value": f"{charge.title}. {decided}"})
        approval = getattr(referral, "approval", None)
        if approval is not None:
            no = "No: tell the person first, and go on with them if they want"
            said = approval.answered or approval.said
            rows.append({"label": "Approval", "value": {"yes": "Yes", "no": no}.get(said, "Not answered yet")})
        if referral.usual_way:
            label = "Not held" if referral.door == Door.ARREST else "Offense"
            rows.append({"label": label, "value": ", ".join(referral.usual_way)})
        rows.append({"label": "Case manager", "value": self.case.case_manager.name if self.case.case_manager else "",
                     "missing": "Nobody yet"})  # fmt: skip
        return rows

    def handoff_facts(self) -> list[dict]:
        """The times of the handoff, minutes against the target first."""
        if self.handoff is None or self.referral.door == Door.COMMUNITY:
            return []
        rows = []
        if self.handoff.minutes is not None:
            target = self.rules.handoff.target_minutes
            aim = f" (target {target})" if target is not None else ""
            rows.append({"label": "Call to arrival", "value": f"{self.handoff.minutes} minutes{aim}"})
        elif self.waits_for_handoff:
            one = handed(self.referral, self.rules.handoff.target_minutes, self.now)
            rows.append({"label": "Waiting", "value": say_minutes(one)})
        for step, label in (
            ("called", "Called"), ("acknowledged", "On the way"), ("arrived", "Arrived"), ("handed_over", "Handed over")
        ):  # fmt: skip
            at = getattr(self.handoff, f"{step}_at")
            late = " (typed later)" if step in self.handoff.typed_later else ""
            rows.append({"label": label, "value": f"{say_when(at)}{late}" if at else ""})
        if at := self.handoff.nobody_came_at:
            rows.append({"label": "Nobody came", "value": f"{say_when(at)}: {instead_of(self.handoff)}"})
        return rows

    def person_pages(self) -> list[dict]:
        """The pages of the person's side, in the order in which they open."""
        rows = [
            {
                "label": "Who this is",
                "url": self.to("link"),
                "state": "Linked" if self.case.participant_id else "Not linked",
            },
            {"label": "Private talk", "url": self.to("talk"), "state": "Held" if self.talk else "Not yet"},
        ]
        if self.talk is not None:
            done = {one["kind"]: one["done_on"] for one in self.referral.records_begun}
            for kind in RecordKind:
                state = "Done" if done.get(kind) else "In progress" if kind in done else "Not begun"
                rows.append({"label": kind.label, "url": self.to("record", kind.value), "state": state})
            rows.append({"label": "Consent for the prosecutor", "url": self.to("consent"), "state": ""})
            if self.case.participant_id:
                consents = link_to("casefile:consents", self.case.participant_id)
                rows.append({"label": "Consents: who may be told what", "url": consents, "state": ""})
        rows.append({"label": "Slip for the person", "url": self.to("slip"), "state": ""})
        if self.window is not None and self.window.state == WindowState.MET:
            rows.append({"label": "Letter that the window was met", "url": self.to("letter"), "state": ""})
        tones = {"Linked": "good", "Held": "good", "Done": "good", "In progress": "waiting"}
        return [row | {"tone": tones.get(row["state"], "neutral")} for row in rows if row["url"]]

    def outreach_context(self) -> dict | None:
        if self.outreach is None:
            return None
        state = OutreachState(self.outreach.state)
        onward = [one for one in OutreachState if one in OUTREACH_TRANSITIONS[state]]
        # A try moves it to tried or reached; the buttons are for what somebody decides.
        offered = [one for one in onward if one not in (OutreachState.TRIED, OutreachState.REACHED)]
        return {
            "entry": self.outreach, "offered": [(one.value, f"List as “{one.label.lower()}”") for one in offered],
            "target": self.outreach.first_try_target_at if self.outreach.first_tried_at is None else None,
        }  # fmt: skip
