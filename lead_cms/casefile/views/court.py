"""One person's court dates, warrants, arrests and days in jail."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.court import ANSWERS, EventForm, MoveForm
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.keyset import keyset
from lead_cms.core.templatetags.dates import say_clock, say_day
from participants.actions import legal
from participants.enums import CourtState, LegalKind
from participants.models import LegalEvent

TOLD = "told"
TONES = {CourtState.KEPT: "good", CourtState.AHEAD: "waiting"}


def say_when(event: LegalEvent) -> str:
    """ "tomorrow, 9:00 am": a court's own clock."""
    return f"{say_day(event.on)}, {say_clock(event.at_time)}" if event.at_time else say_day(event.on)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def court(request, pk):
    """What is known, the latest day first, and one form to add to it."""
    participant = find_person(request, pk)
    form = EventForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = request.membership, timezone.now()
        if went(request, form, lambda: legal.note_event(participant=participant, given=form.given(), by=by, at=at)):
            messages.success(request, "Written down.")
            return redirect("casefile:court", pk=pk)
    record(AuditAction.LEGAL_VIEWED, target=participant)
    found = LegalEvent.objects.filter(participant=participant).select_related("recorded_by")
    page = keyset(request, found, "-on", "-pk")
    context = {
        "participant": participant, "form": form, "page": page, "rows": [_row(event) for event in page.rows],
        "is_open": form.is_bound,
    }  # fmt: skip
    return render(request, "casefile/court/list.html", context)


def _row(event: LegalEvent) -> dict:
    is_hearing = event.kind == LegalKind.HEARING
    is_ahead = is_hearing and event.state == CourtState.AHEAD
    hints = [say_when(event), event.place, event.charge, event.cause_number and f"Case {event.cause_number}"]
    if is_ahead:
        hints.append(f"They were told {say_day(event.told_on)}" if event.told_on else "They have not been told yet")
    hints.append(f"{event.get_source_display()}, written down by {event.recorded_by.name}")
    row = {"label": event.get_kind_display(), "hints": [hint for hint in hints if hint]}
    if is_ahead:
        row["url"] = reverse("casefile:court-date", args=[event.pk])
    return row | ({"state": event.get_state_display(), "tone": TONES.get(event.state, "neutral")} if is_hearing else {})


def find_ahead(request, pk) -> LegalEvent:
    found = get_object_or_404(
        LegalEvent.objects.select_related("participant"), pk=pk, site_id=request.membership.site_id
    )
    if found.kind != LegalKind.HEARING:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def court_date(request, pk):
    """One court date: the person was told, how it went, or another day."""
    event = find_ahead(request, pk)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, by, at = form.cleaned_data, request.membership, timezone.now()
        if went(request, form, lambda: legal.answer_move(event=event, by=by, at=at, **given)):
            messages.success(request, "Moved. Nobody has told them of the new day yet.")
            return redirect("casefile:court", pk=event.participant_id)
    record(AuditAction.LEGAL_VIEWED, target=event)
    is_ahead = event.state == CourtState.AHEAD
    is_over = event.on <= timezone.localdate()
    answers = [one for one in ANSWERS if is_over or one[0] == CourtState.CALLED_OFF] if is_ahead else []
    context = {
        "event": event, "form": form if is_ahead else None, "when": say_when(event), "answers": answers,
        "is_ahead": is_ahead, "is_over": is_over, "told": TOLD,
    }  # fmt: skip
    return render(request, "casefile/court/date.html", context)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def court_answer(request, pk):
    """One tap: they know of it, they came, missed it, or it was called off."""
    event, by, at = find_ahead(request, pk), request.membership, timezone.now()
    state = request.POST.get("state", "")
    if state == TOLD:
        done = went(request, None, lambda: legal.tell_person(event=event, on=timezone.localdate(), by=by, at=at))
    else:
        done = went(request, None, lambda: legal.answer_court(event=event, state=state, by=by, at=at))
    if done:
        messages.success(request, "Written down.")
    return redirect("casefile:court", pk=event.participant_id)
