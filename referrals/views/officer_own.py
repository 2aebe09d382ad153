"""The page of an officer's own referral, and of the agency's for its liaison."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.prepared import prepared
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.eligibility import chain
from referrals.actions import approvals, correcting, handoff_officer, paging
from referrals.actions.consenting import sentence_shown
from referrals.actions.packets import LEFT_TO_DO
from referrals.enums import ReferralStatus
from referrals.forms.officer_own import CancelForm, CorrectionForm, NobodyCameForm, SaidForm, StampForm
from referrals.models import ApprovalStep, Correction, Page, Referral, ReferralOffence
from referrals.views.officer import ways
from referrals.views.officer_new import CALLED
from referrals.views.officer_shown import WITHOUT_NAME, sent_in, state_of, title_of

S = ReferralStatus
UNTIL_HANDOVER = ("stamp", "nobody", "cancel")  # forms that stand on the page no longer
WAITING = (S.SUBMITTED, S.PENDING, S.TRIAGE)
PARTS = (
    "person",
    "handoff",
    "approval",
    "packet",
    "officer",
    "handoff__taken_by",
    "handoff__acknowledged_by",
    "paging",
)


@prepared(pk=UUID)
def _found(*, pk):
    return Referral.objects.filter(pk=pk).select_related(*PARTS)


@prepared(referral=UUID)
def _steps(*, referral):
    return ApprovalStep.objects.filter(referral_id=referral).order_by("number")


@prepared(referral=UUID)
def _offences(*, referral):
    return ReferralOffence.objects.filter(referral_id=referral).order_by("-is_held", "code")


@prepared(referral=UUID)
def _pages(*, referral):
    return Page.objects.filter(referral=referral).select_related("person").order_by("step", "pk")


@prepared(referral=UUID)
def _corrections(*, referral):
    return Correction.objects.filter(referral_id=referral).order_by("made_at", "pk")


def find(pk) -> Referral:
    """Row security leaves the officer their own and the liaison the agency's; another's is missing like a guessed one."""
    for referral in _found(pk=pk):
        return referral
    raise Http404


@require_safe
@requires(Permission.REFERRAL_OWN)
def own(request, pk):
    """What the officer entered, what happened at the handoff, and what is left to do."""
    referral = find(pk)
    # Its age stands with the look: re-opening many old ones in one shift is the auditor's to see, who reads no referral.
    record(AuditAction.REFERRAL_VIEWED, target=referral, age_days=(timezone.now() - referral.submitted_at).days)
    return page(request, referral)


def page(request, referral: Referral, unsaved: Sequence[dict] = (), **bound):
    """The page; `bound` are forms that were sent and have something to say, `unsaved` is what came too late."""
    rules = rules_by_id(referral.rules_id)
    mine = request.membership.role == Role.OFFICER
    handoff, approval = getattr(referral, "handoff", None), getattr(referral, "approval", None)
    packet = getattr(referral, "packet", None)
    before = referral.status in correcting.BEFORE_HANDOVER
    steps = _steps(referral=referral.pk) if approval is not None else []
    step = next((one for one in steps if one.said in ("", approvals.Said.NO_ANSWER)), None)
    says, tone = state_of(referral)
    approver = _approver(rules, referral, step)
    # Made when the page shows them: most of these forms do not stand on most pages.
    forms = {
        "stamp": SimpleLazyObject(StampForm),
        "nobody": SimpleLazyObject(lambda: NobodyCameForm(rules, **_when(request))),
        "cancel": SimpleLazyObject(lambda: CancelForm(rules)),
        "said": SimpleLazyObject(lambda: SaidForm(initial={"whom": approver["whom"]})),
        "correction": SimpleLazyObject(CorrectionForm),
    } | bound
    named, coming = referral.status not in WITHOUT_NAME, _coming(handoff)
    context = {
        "referral": referral, "title": title_of(referral), "says": says, "tone": tone, "mine": mine, "before": before,
        "handoff": handoff if named else None, "approval": approval, "packet": packet, "forms": forms, "named": named,
        "next": _next(referral, rules, handoff, approval, packet) if mine else "",
        "shifts": handoff_officer.on_call(referral.site_id, timezone.now()) if before and named else [],
        "minutes": rules.handoff.target_minutes, "facts": _facts(referral, rules, handoff), "moments": _moments(handoff),
        "offences": _offences(referral=referral.pk) if named else [],
        "corrections": _corrections(referral=referral.pk),
        "left_to_do": LEFT_TO_DO if packet else (), "approver": approver, "rules": rules, "steps": steps,
        "ways": ways(rules, timezone.now(), request.membership.site.tz) if before and named else [],
        "standing": _standing(referral) if before and named else None,
        "coming": coming,
        "waiting_says": f"{coming.name} is on the way" if coming else "The case manager is called",
        "waited": _waited(handoff), "arrived": {"moment": handoff_officer.Moment.ARRIVED}, "bound": list(bound),
        "sent": sentence_shown(referral=referral, by=request.membership) if mine else None,
        "details_wait": mine and named and correcting.details_wait(referral, timezone.now()),
        "unsaved": unsaved,
        "details_closed": correcting.details_closed_because(referral, timezone.now()) if mine and named else "",
    }  # fmt: skip
    return render(request, "referrals/officer/own.html", context)


def _when(request) -> dict:
    """The moment and the clock by which places are open."""
    return {"at": timezone.now(), "zone": request.membership.site.tz}


def _standing(referral: Referral):
    """Who was paged and who is next; by the list as it will be when the next is paged."""
    chain, now = getattr(referral, "paging", None), timezone.now()
    if chain is None or chain.stopped_at is not None:
        return None
    pages = _pages(referral=referral.pk)
    shifts = handoff_officer.on_call(referral.site_id, max(chain.next_at, now), most=9) if chain.next_at else []
    return paging.standing(chain, pages, shifts, now)


def _next(referral, rules, handoff, approval, packet) -> str:
    """The one thing to do now."""
    if referral.by_telephone and referral.confirmed_at is None:
        return "confirm"
    if referral.status == S.TRIAGE:
        return "triage"
    if referral.status == S.PENDING and approval is not None and approval.said in ("", "no_answer"):
        return "approval"
    if referral.status in (S.SUBMITTED, S.PENDING) and handoff is not None and handoff.arrived_at is None:
        if handoff.called_at is None and handoff.acknowledged_at is None:
            return "call"
        return "too_long" if _too_long(rules, handoff) else "wait"
    if packet is not None and packet.sent_at is None and referral.status in (S.HANDED_OVER, S.DONE, S.OUTREACH):
        return "packet"
    return ""


def _too_long(rules, handoff) -> bool:
    wait = rules.handoff.wait_minutes
    return (
        wait is not None
        and handoff.nobody_came_at is None
        and timezone.now() - _since(handoff) > timedelta(minutes=wait)
    )


def _waited(handoff) -> int | None:
    if handoff is None or _since(handoff) is None or handoff.arrived_at is not None or handoff.handed_over_at:
        return None
    return int((timezone.now() - _since(handoff)).total_seconds() // 60)


def _coming(handoff) -> Membership | None:
    """Who said that they are on the way."""
    return handoff.acknowledged_by if handoff is not None and handoff.arrived_at is None else None


def _since(handoff) -> datetime | None:
    """From when the officer waits: the call, or the word that somebody comes where no call was written down."""
    return handoff.called_at or handoff.acknowledged_at


def _approver(rules, referral, step) -> dict:
    """Who is asked now: the next of several, else the one the rules name."""
    if step is not None:
        return {"whom": step.whom, "phone": step.phone}
    approval, asked = getattr(referral, "approval", None), ()
    if approval is not None:
        asked = chain(rules, referral.door, approval.because)
    door = rules.approval.at(referral.door)
    return {
        "whom": (asked[0].whom if asked else door.whom) or "",
        "phone": (asked[0].phone if asked else door.phone) or "",
    }


def _moments(handoff) -> list[dict]:
    """The times of the handoff, as far as they are known."""
    if handoff is None:
        return []
    later = set(handoff.typed_later)
    shown = [
        ("called", "Called"),
        ("acknowledged", "On the way"),
        ("arrived", "Arrived"),
        ("handed_over", "Handed over"),
    ]
    found = [
        {"label": label, "at": getattr(handoff, f"{code}_at"), "note": "typed later" if code in later else ""}
        for code, label in shown
        if getattr(handoff, f"{code}_at")
    ]
    for one in found:
        if one["label"] == "On the way" and handoff.acknowledged_by:
            one["note"] = ", ".join(part for part in (handoff.acknowledged_by.name, one["note"]) if part)
    if handoff.nobody_came_at:
        did = handoff_officer.FALLBACK_NAMES.get(handoff.fallback, handoff.fallback)
        note = ": ".join(part for part in (did, handoff.fallback_note) if part)
        found.append({"label": "Nobody came", "at": handoff.nobody_came_at, "note": note})
    return sorted(found, key=lambda one: one["at"], reverse=True)


def _facts(referral, rules, handoff) -> list[dict]:
    """Only what was entered."""
    person = getattr(referral, "person", None)
    named = referral.status not in WITHOUT_NAME
    rows = [("Reference", referral.reference), ("Door", rules.door_name(referral.door).capitalize())]
    if named:
        rows.append(("Incident number", referral.incident_number))
    if named and person is not None:
        age = f"{person.birth_date:%m/%d/%Y}" if person.birth_date else ""
        about = f"about {person.age_about}" if person.age_about is not None else ""
        rows += [("Name", person.name), ("Description", person.description), ("Birth date or age", age or about)]
        rows += [("Meeting place", referral.meeting_place), ("Greeting", person.greeting)]
    if referral.cancel_reason:
        names = {one.code: one.name for one in rules.codes.cancel_reasons or ()}
        rows.append(("Canceled because", names.get(referral.cancel_reason, referral.cancel_reason)))
    return [{"label": label, "value": value} for label, value in rows if value]


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CORRECT)
def called(request, pk=None):
    """A tap on the number. Before there is a referral the session keeps the time for it."""
    now = timezone.now()
    if pk is None:
        request.session[CALLED] = now.isoformat()
    else:
        try:
            handoff_officer.stamp(referral=find(pk), moment="called", by=request.membership, at=now)
        except DomainError as error:  # they are here already, or it has ended: a call says nothing new
            messages.info(request, str(error))
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect("referrals:own", pk) if pk else redirect("referrals:check")


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CORRECT)
def stamp(request, pk):
    referral, form = find(pk), StampForm(request.POST)

    def act():
        typed = form.cleaned_data["happened"]
        now = timezone.now()
        happened_at = handoff_officer.latest(typed, now, request.membership.site.tz) if typed else None
        handoff_officer.stamp(
            referral=referral, moment=form.cleaned_data["moment"], by=request.membership, at=now,
            happened_at=happened_at,
        )  # fmt: skip

    return _do(request, referral, form, act, name="stamp", says="The time is entered.")


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CORRECT)
def nobody(request, pk):
    referral = find(pk)
    form = NobodyCameForm(rules_by_id(referral.rules_id), request.POST, **_when(request))

    def act():
        fallback, place = form.chosen()
        handoff_officer.nobody_came(
            referral=referral, why=form.cleaned_data["why"], fallback=fallback, place=place, by=request.membership,
            note=form.cleaned_data["note"], at=timezone.now(),
        )  # fmt: skip

    return _do(
        request, referral, form, act, name="nobody", says="Written down. It counts against staffing, not the person."
    )


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CORRECT)
def said(request, pk):
    referral, form = find(pk), SaidForm(request.POST)

    def act():
        typed, now = form.cleaned_data["said_at"], timezone.now()
        said_at = handoff_officer.latest(typed, now, request.membership.site.tz) if typed else None
        approvals.record_said(
            referral=referral, said=form.cleaned_data["said"], whom=form.cleaned_data["whom"], said_at=said_at,
            by=request.membership, at=now,
        )  # fmt: skip

    return _do(request, referral, form, act, name="said", says="The answer is entered. The approver confirms it later.")


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CORRECT)
def cancel(request, pk):
    referral = find(pk)
    form = CancelForm(rules_by_id(referral.rules_id), request.POST)

    def act():
        reason = form.cleaned_data["reason"]
        correcting.cancel(referral=referral, reason=reason, by=request.membership, at=timezone.now())

    return _do(
        request, referral, form, act, name="cancel", says="The referral is canceled. The charge goes its usual way."
    )


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CORRECT)
def correction(request, pk):
    referral, form = find(pk), CorrectionForm(request.POST)

    def act():
        correcting.add_correction(
            referral=referral, field=form.cleaned_data["field"], text=form.cleaned_data["text"], by=request.membership,
            at=timezone.now(),
        )  # fmt: skip

    return _do(request, referral, form, act, name="correction", says="Your correction stands beside the original.")


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CONFIRM)
def confirm(request, pk):
    """One tap: "I gave this by telephone"."""
    try:
        approvals.confirm_telephone(referral=find(pk), by=request.membership, at=timezone.now())
        messages.success(request, "Confirmed.")
    except DomainError as error:
        messages.info(request, str(error))
    return redirect("today")


def _do(request, referral, form, act, *, name: str, says: str):
    """Run a small form's action; a refusal stands beside its field and nothing typed is lost."""
    if form.is_valid():
        try:
            act()
        except StaleState as error:
            return too_late(request, referral, form, str(error))
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, says)
            return redirect("referrals:own", referral.pk)
    if name in UNTIL_HANDOVER and referral.status not in correcting.BEFORE_HANDOVER:
        return too_late(request, referral, form, correcting.TOO_LATE)
    return page(request, referral, **{name: form})


def too_late(request, referral, form, says: str):
    """A form of a page of before: the page as it is now, with what was sent, to copy."""
    messages.info(request, says)
    if unsaved := sent_in(form):
        return page(request, find(referral.pk), unsaved)
    return redirect("referrals:own", referral.pk)
