"""The handoff: who waits and since when; on the way, arrived, taken over; the person left before."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile.forms.casework import TimesForm
from lead_cms.casefile.urgency import handed, person_name, say_minutes
from lead_cms.casefile.views.asking import find_referral, went
from lead_cms.programs.current import rules_by_id
from participants.actions.closing import MustNotMeet
from referrals.actions import taking
from referrals.models import Referral

STEPS = (
    ("acknowledged", "I’m on my way", "On the way"),
    ("arrived", "I have arrived", "Arrived"),
    ("handed_over", "Take over", "Taken over"),
)


@require_safe
@requires(Permission.CASEWORK_VIEW)
def handoff(request, pk):
    """The times of one handoff, and the next of them as the one button."""
    return _page(request, _find(request, pk))


@require_POST
@requires(Permission.CASEWORK_WRITE)
def stamp(request, pk):
    """One of the times, now or with the true one."""
    referral = _find(request, pk)
    step, form, true_at, sure = request.POST.get("step", ""), None, None, "confirmed" in request.POST
    if "true_at_0" in request.POST:
        form = TimesForm(request.POST, steps=_open_steps(referral))
        if not form.is_valid():
            return _page(request, referral, form)
        step, true_at = form.cleaned_data["step"], form.cleaned_data["true_at"]
    given = {"referral": referral, "by": request.membership, "at": timezone.now(), "true_at": true_at}
    takes = step == "handed_over"
    act = partial(taking.take_over, **given) if takes else partial(taking.stamp, step=step, **given)
    try:
        done = _went(request, form, lambda: act(is_confirmed=sure))
    except MustNotMeet as error:
        return _all_the_same(request, referral, error)
    if done and takes:
        messages.success(request, _taken(referral))
        return redirect("casefile:case", pk=pk)
    if not done and form is not None:
        return _page(request, _find(request, pk), form)
    return redirect("casefile:handoff", pk=pk)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def take(request, pk):
    """The person is with the case manager, or a referral without a charge is taken into work."""
    referral, sure = _find(request, pk), "confirmed" in request.POST
    given = {"referral": referral, "by": request.membership, "at": timezone.now(), "is_confirmed": sure}
    try:
        if _went(request, None, lambda: taking.take_over(**given)):
            messages.success(request, _taken(referral))
    except MustNotMeet as error:
        return _all_the_same(request, referral, error)
    return redirect("casefile:case", pk=pk)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def left(request, pk):
    """The person left before the handover."""
    referral = _find(request, pk)
    if went(request, None, lambda: taking.person_left(referral=referral, by=request.membership, at=timezone.now())):
        messages.success(request, "On the list of those to be found. The charge stays held.")
    return redirect("casefile:case", pk=pk)


def _went(request, form, action) -> bool:
    """As `went`; MustNotMeet when it is the reader's to confirm."""
    asks: list[MustNotMeet] = []

    def run():
        try:
            action()
        except MustNotMeet as error:
            if not error.field:
                raise
            asks.append(error)

    done = went(request, form, run)
    if asks:
        raise asks[0]
    return done


def _all_the_same(request, referral: Referral, error: MustNotMeet):
    """A supervisor is asked once more, with what was sent."""
    sent = {name: value for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "confirmed")}
    context = {
        "referral": referral, "name": person_name(referral), "title": "Two people must not meet", "why": str(error),
        "submit": "I have looked at it: do it all the same", "hidden": sent,
    }  # fmt: skip
    return render(request, "casefile/cases/confirm.html", context)


def _find(request, pk) -> Referral:
    more = Referral.objects.select_related(
        "handoff__acknowledged_by", "handoff__taken_by", "officer", "agency", "outreach"
    ).filter(handoff__isnull=False)
    return find_referral(request, pk, more)


def _open_steps(referral: Referral) -> list[tuple[str, str]]:
    """The times that may be typed: the handover once, the others also to put a late tap right."""
    may_take = referral.status in taking.TAKEABLE and referral.handoff.handed_over_at is None
    return [(step, says) for step, _, says in STEPS if step != "handed_over" or may_take]


def _taken(referral: Referral) -> str:
    return "Taken over. The officer’s part has ended." if referral.agency_id else "Taken into work."


def _page(request, referral: Referral, form: TimesForm | None = None):
    handoff = referral.handoff
    target = rules_by_id(referral.rules_id).handoff.target_minutes
    one = handed(referral, target, timezone.now())
    waits = handoff.handed_over_at is None and referral.status in taking.TAKEABLE
    following = next((step for step in STEPS if getattr(handoff, f"{step[0]}_at") is None), None) if waits else None
    times = [{"label": "Called", "at": handoff.called_at, "note": _late(handoff, "called")}]
    for step, _, says in STEPS:
        who = {"acknowledged": handoff.acknowledged_by, "handed_over": handoff.taken_by}.get(step)
        note = " · ".join(part for part in (who.name if who else "", _late(handoff, step)) if part)
        times.append({"label": says, "at": getattr(handoff, f"{step}_at"), "note": note})
    known = [one for one in times if one["at"]]
    steps = _open_steps(referral)
    context = {
        "referral": referral, "person": referral.person, "one": one, "minutes": say_minutes(one), "waits": waits,
        "following": following, "times": sorted(known, key=lambda row: row["at"], reverse=True), "target": target,
        "form": form or (TimesForm(steps=steps) if steps else None), "phone": _phone(referral),
        "may_leave": referral.status == "submitted" and waits,
    }  # fmt: skip
    return render(request, "casefile/cases/handoff.html", context)


def _phone(referral: Referral) -> str:
    if referral.officer and referral.officer.phone:
        return referral.officer.phone
    return referral.agency.phone if referral.agency else ""


def _late(handoff, step: str) -> str:
    return "typed later" if step in handoff.typed_later else ""
