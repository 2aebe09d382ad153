"""The one next step of a case: a sentence, why, and at most two buttons. Nothing is due: no step."""

from dataclasses import dataclass

from lead_cms.core.templatetags.dates import local_day, say_day, say_days_left, say_when
from referrals.enums import AttemptOutcome, Item, OutreachState, RecordKind, WindowState


@dataclass(frozen=True)
class Button:
    label: str
    url: str
    is_post: bool = False
    hidden: dict | None = None


@dataclass(frozen=True)
class Step:
    label: str
    title: str
    why: str = ""
    first: Button | None = None
    second: Button | None = None
    calls: bool = False  # whether the person's number belongs beside it


def next_step(page) -> Step | None:
    """What to do now with one referral; `page` is a CasePage."""
    if page.case.participant is not None and page.case.participant.died_on is not None:
        return None
    if page.officer_waits:
        return Step("Handoff waiting", "Take over from the officer", "The times count from the officer’s call.",
                    Button("Open the handoff", page.url("handoff")))  # fmt: skip
    if page.window is not None and page.window.state == WindowState.STEPPED_BACK:
        return Step("Door open", "They stepped back, and may come back any day",
                    f"The window runs until {say_day(page.window.due_on)}.",
                    Button("They are back", page.url("come-back"), is_post=True))  # fmt: skip
    if page.window is not None and page.window.state == WindowState.OPEN:
        return _of_window(page)
    if page.outreach is not None:
        return _of_outreach(page)
    return None


def _of_window(page) -> Step | None:
    window, log = page.window, Button("Log a try", page.url("attempt"))
    days = f"{say_days_left(window.due_on)}, {say_day(window.due_on)}."
    if not page.missing:
        return Step("Nothing is missing", "Write down that the window is met", "Every item counts within the due day.",
                    Button("The window is met", page.url("settle"), is_post=True))  # fmt: skip
    unsure = [item for item in page.items if not item.counts()]
    if unsure and page.unconfirmed():
        kind = Item(unsure[0].kind).label.lower()
        return Step("Waits for your word", f"Confirm the {kind}",
                    f"Done {say_day(unsure[0].done_on)}, typed after the due day by {unsure[0].typed_by.name}.",
                    Button("Confirm it", page.url("confirm", unsure[0].pk), is_post=True))  # fmt: skip
    if page.booked is not None and local_day(page.booked.at) <= page.today:
        return Step("Appointment", f"You meet {say_when(page.booked.at)}", f"{page.booked.place}. {days}",
                    Button("Kept", page.url("answer", page.booked.pk), is_post=True, hidden={"state": "kept"}),
                    Button("Missed", page.url("answer", page.booked.pk), is_post=True, hidden={"state": "missed"}))  # fmt: skip
    if window.due_on < page.today:
        if page.charges and all(charge.decided_at for charge in page.charges):
            return Step("Window ended", "The prosecutor has decided", "The door stays open.",
                        Button("Take it off the list", page.url("end"), is_post=True))  # fmt: skip
        kind = page.missing[0]
        return Step("Window ended", "The prosecutor has the decision",
                    f"It was due {say_day(window.due_on)}. What was done by that day still counts once somebody confirms it.",
                    Button(f"Type a {Item(kind).label.lower()} done in time", page.url("item", kind)), log)  # fmt: skip
    if page.case.case_manager_id is None:
        return Step("Nobody looks after this", "Take this case", days,
                    Button("I look after this", page.url("assign"), is_post=True, hidden={"to": str(page.by.pk)}), log)  # fmt: skip
    if page.just_taken and page.talk is None and page.to("talk"):
        return Step("Next step", "Talk in private", "Officer and cameras out of hearing: screening and consent open then.",
                    Button("We are talking in private", page.to("talk")),
                    Button("Slip for the person", page.to("slip")))  # fmt: skip
    reached = page.case.last_outcome == AttemptOutcome.REACHED or page.talk is not None or page.items
    if not reached:
        why = " ".join(part for part in (days, _next_try(page), page.where) if part)
        return Step("Next step", "Reach the person", why, log, Button("Book an appointment", page.url("appointment")),
                    calls=True)  # fmt: skip
    return _of_items(page, days, log)


def _of_items(page, days: str, log: Button) -> Step:
    """The person is there: who they are, a talk in private, then what the window needs."""
    if not page.case.participant_id and page.to("link"):
        return Step("Next step", "Say who this is", f"Find the person, or begin their record. {days}",
                    Button("Find or begin", page.to("link")), log)  # fmt: skip
    kind = next((one for one in page.missing if one not in {item.kind for item in page.items}), page.missing[0])
    name = Item(kind).label.lower()
    if kind in RecordKind.values and page.talk is None and page.is_own and page.to("talk"):
        return Step("Next step", "Talk in private", f"Screening and consent open then. {days}",
                    Button("We are talking in private", page.to("talk")), log)  # fmt: skip
    going = any(one["kind"] == kind and one["done_on"] is None for one in page.referral.records_begun)
    title = f"Finish the {name}" if going else f"Do the {name}"
    meet = f" You meet {say_when(page.booked.at)}, {page.booked.place}." if page.booked else ""
    first = Button(f"Continue the {name}" if going else f"Open the {name}", page._record_url(kind))
    second = log if page.booked else Button("Book an appointment", page.url("appointment"))
    return Step("Next step", title, f"{days}{meet}", first, second)


def _of_outreach(page) -> Step | None:
    state = OutreachState(page.outreach.state)
    log = Button("Log a try", page.url("attempt"))
    take = Button("I look after this", page.url("take"), is_post=True)
    if state == OutreachState.REACHED:
        change = page.url("outreach-change")
        return Step("Reached", "What did they say?", "No answer is final: the door stays open.",
                    Button("They said yes", change, is_post=True, hidden={"to": "yes"}),
                    Button("Not now", change, is_post=True, hidden={"to": "not_now"}))  # fmt: skip
    if state in (OutreachState.WAITING, OutreachState.TO_FIND, OutreachState.TRIED):
        second = take if page.waits_for_handoff else Button("Book an appointment", page.url("appointment"))
        why = " ".join(part for part in (_next_try(page), page.where) if part)
        return Step("Outreach", "Find the person", why, log, second, calls=True)
    if state == OutreachState.YES and not page.case.participant_id and page.to("link"):
        return Step("They said yes", "Say who this is", "Find the person, or begin their record.",
                    Button("Find or begin", page.to("link")))  # fmt: skip
    return None


def _next_try(page) -> str:
    return f"Next try {say_when(page.case.next_try_at)}." if page.case.next_try_at else ""
