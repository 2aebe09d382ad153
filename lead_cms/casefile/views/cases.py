"""The casework page of one referral."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.casepage import CasePage
from lead_cms.casefile.caserows import handover_rows, page_rows
from lead_cms.casefile.forms.casework import AppointmentForm, AttemptForm, EventForm, ItemForm
from lead_cms.casefile.urgency import person_name
from lead_cms.casefile.views.asking import find_referral, went
from lead_cms.core.templatetags.dates import say_when
from referrals.actions import appointments, events, items
from referrals.actions.attempts import log_attempt
from referrals.enums import AppointmentState, Item, WindowEventKind
from referrals.models import Appointment, IntakeWindow, Referral, WindowItem


@require_safe
@requires(Permission.CASEWORK_VIEW)
def case(request, pk):
    """Next step, clock, what is missing, what happened."""
    referral = next(iter(page_rows(site_id=request.membership.site_id, pk=pk)), None)
    if referral is None:
        raise Http404
    record(AuditAction.REFERRAL_VIEWED, target=referral)
    context = CasePage(referral, request.membership, timezone.now()).context()
    context["form"] = AttemptForm()
    context |= latest_handover(referral)
    return render(request, "casefile/cases/case.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def attempt(request, pk):
    """A try in two taps."""
    referral = find_referral(request, pk)
    form = AttemptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if went(
            request, form,
            lambda: log_attempt(referral=referral, by=request.membership, at=timezone.now(), **given),
        ):  # fmt: skip
            messages.success(request, "The try is logged.")
            return redirect("casefile:case", pk=pk)
    return _form(request, referral, form, "Log a try", "attempt")


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def appointment(request, pk):
    """Book an appointment, or move the one that is booked."""
    referral = find_referral(request, pk)
    booked = Appointment.objects.filter(referral=referral, state=AppointmentState.BOOKED).first()
    shown = {"place": booked.place, "seen": str(booked.pk)} if booked else {}
    form = AppointmentForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid() and not _booked_since(form, booked):
        given, by, now = form.cleaned_data, request.membership, timezone.now()
        given["is_confirmed"], _ = given.pop("apart"), given.pop("seen")
        if booked is None:
            done = went(request, form, lambda: appointments.book(referral=referral, by=by, at=now, **given))
        else:
            done = went(request, form, lambda: appointments.move(appointment=booked, by=by, at=now, **given))
        if done:
            messages.success(request, "The appointment is moved." if booked else "The appointment is booked.")
            return redirect("casefile:case", pk=pk)
        form.ask_to_confirm()
    title = "Move the appointment" if booked else "Book an appointment"
    return _form(request, referral, form, title, "plain", submit="Move it" if booked else "Book it")


def _booked_since(form: AppointmentForm, booked: Appointment | None) -> bool:
    """Somebody booked another one since the page was opened: said, and moved only when it is sent again."""
    given, now = form.cleaned_data, str(booked.pk) if booked else ""
    if booked is None or "seen" not in form.data or given["seen"] == now:
        return False
    if (booked.at, booked.place) == (given["on"], given["place"].strip()):
        return False
    form.data = form.data.copy()
    form.data["seen"] = now
    form.add_error(
        None,
        f"Since this page was opened it was booked for {say_when(booked.at)}, {booked.place}. Send again to move it to yours.",
    )
    return True


@require_POST
@requires(Permission.CASEWORK_WRITE)
def answer(request, pk, appointment_pk):
    """Kept or missed."""
    referral = find_referral(request, pk)
    booked = get_object_or_404(Appointment, pk=appointment_pk, referral=referral)
    state, now = request.POST.get("state", ""), timezone.now()
    if went(request, None, lambda: appointments.answer(appointment=booked, state=state, by=request.membership, at=now)):
        kept = state == AppointmentState.KEPT
        messages.success(request, "Kept." if kept else "Missed. The next try is tomorrow morning; you can change that.")
    return redirect("casefile:case", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def item(request, pk, kind):
    """The day on which something the window needs was done."""
    referral = find_referral(request, pk)
    get_object_or_404(IntakeWindow, referral=referral)
    form = ItemForm(request.POST or None)
    name = Item(kind).label if kind in Item.values else ""
    if request.method == "POST" and form.is_valid():
        on, now, made = form.cleaned_data["done_on"], timezone.now(), []
        if went(
            request, form,
            lambda: made.extend(
                items.record_item(referral=referral, kind=kind, done_on=on, by=request.membership, at=now)
            ),
        ):  # fmt: skip
            if not made:
                messages.warning(
                    request, f"Nothing was added: {name.lower()} is there already, or the window is not open."
                )
            elif made[0].needs_confirmation:
                messages.success(request, f"{name} is recorded. A supervisor confirms it, because it was typed late.")
            else:
                messages.success(request, f"{name} is recorded.")
            return redirect("casefile:case", pk=pk)
    return _form(request, referral, form, f"{name or 'Item'}: when was it done?", "plain", submit="Record it")


@require_POST
@requires(Permission.CASEWORK_CONFIRM)
def confirm(request, pk, item_pk):
    """Somebody else's word for an item typed late."""
    referral = find_referral(request, pk)
    late = get_object_or_404(WindowItem, pk=item_pk, window__referral=referral)
    if went(request, None, lambda: items.confirm_item(item=late, by=request.membership, at=timezone.now())):
        messages.success(request, "Confirmed.")
    return redirect("casefile:case", pk=pk)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def settle(request, pk):
    """Nothing is missing any more, after an extension: the window is met."""
    referral = find_referral(request, pk)
    window = get_object_or_404(IntakeWindow, referral=referral)
    if items.settle(window=window, by=request.membership, at=timezone.now()):
        messages.success(request, "The window is met.")
    else:
        messages.warning(request, "Something is still missing, or the window is not open.")
    return redirect("casefile:case", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def event(request, pk):
    """Custody, hospital, a new arrest; a death is asked about once more before anything is written."""
    referral = find_referral(request, pk)
    has_window = IntakeWindow.objects.filter(referral=referral).exists()
    others = _others(referral)
    form = EventForm(request.POST or None, others=others, has_window=has_window)
    if request.method == "POST" and form.is_valid():
        given, is_confirmed = form.cleaned_data, "confirmed" in request.POST
        if given["kind"] == WindowEventKind.DEATH and not is_confirmed:
            return _confirm(
                request, referral, "A death stops every message at once",
                "Every reminder about this person that was not sent yet is canceled, on all their referrals, and their "
                "windows end. This cannot be taken back.",
                "It is so: stop every message", {"kind": given["kind"], "happened_on": given["happened_on"].isoformat()},
            )  # fmt: skip
        chosen = given.get("new_referral")
        other = next((one for one in others if str(one.pk) == chosen), None)
        if went(
            request, form,
            lambda: events.record_event(
                referral=referral, kind=given["kind"], happened_on=given["happened_on"], new_referral=other,
                is_confirmed=is_confirmed, by=request.membership, at=timezone.now(),
            ),
        ):  # fmt: skip
            messages.success(request, "Recorded. No police or prosecutor role reads it.")
            return redirect("casefile:case", pk=pk)
    return _form(request, referral, form, "Record an event", "plain", submit="Record it")


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def step_back(request, pk):
    """The person steps back: asked once more, because reminders stop."""
    referral = find_referral(request, pk)
    if request.method == "POST":
        if went(request, None, lambda: events.step_back(referral=referral, by=request.membership, at=timezone.now())):
            messages.success(request, "They stepped back. The door stays open.")
        return redirect("casefile:case", pk=pk)
    return _confirm(
        request, referral, "They step back",
        "Tell them that the door stays open: they may come back any day. Reminders about the window stop; what the "
        "prosecutor sees does not change.",
        "They stepped back", {},
    )  # fmt: skip


@require_POST
@requires(Permission.CASEWORK_WRITE)
def come_back(request, pk):
    referral = find_referral(request, pk)
    get_object_or_404(IntakeWindow, referral=referral)
    if went(request, None, lambda: events.come_back(referral=referral, by=request.membership, at=timezone.now())):
        messages.success(request, "The window is open again.")
    return redirect("casefile:case", pk=pk)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def end(request, pk):
    referral = find_referral(request, pk)
    get_object_or_404(IntakeWindow, referral=referral)
    if went(request, None, lambda: events.end_window(referral=referral, by=request.membership, at=timezone.now())):
        messages.success(request, "Off the list. The door stays open.")
    return redirect("casefile:case", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def seal(request, pk):
    """Found to be under age."""
    referral = find_referral(request, pk)
    if request.method == "POST":
        if went(request, None, lambda: events.seal(referral=referral, by=request.membership, at=timezone.now())):
            messages.success(request, "The record is sealed, and a supervisor is told.")
            return redirect("today")
        return redirect("casefile:case", pk=pk)
    return _confirm(
        request, referral, "Under 18: seal the record",
        "It is closed at once to everybody but the supervisor, who is told now. Reminders stop.",
        "Seal the record", {},
    )  # fmt: skip


def latest_handover(referral: Referral) -> dict:
    """The last change of case manager, with its note for those whom row security lets read it."""
    handover = next(iter(handover_rows(referral=referral.pk)), None)
    return {"handover": handover, "handover_note": getattr(handover, "note", None)}


def _form(request, referral: Referral, form, title: str, template: str, submit: str = ""):
    context = {"referral": referral, "name": person_name(referral), "form": form, "title": title, "submit": submit}
    return render(request, f"casefile/cases/{template}.html", context)


def _confirm(request, referral: Referral, title: str, why: str, submit: str, hidden: dict):
    context = {
        "referral": referral, "name": person_name(referral), "title": title, "why": why, "submit": submit, "hidden": hidden
    }  # fmt: skip
    return render(request, "casefile/cases/confirm.html", context)


def _others(referral: Referral) -> list[Referral]:
    """Other referrals of the same participant, newest first."""
    person = referral.casework.participant_id
    if person is None:
        return []
    found = Referral.objects.filter(site_id=referral.site_id, casework__participant_id=person).exclude(pk=referral.pk)
    return list(found.order_by("-submitted_at", "-pk")[:12])
