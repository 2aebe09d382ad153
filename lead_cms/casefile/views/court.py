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
from participants.enums import CourtState, LegalKind, ToldWhom
from participants.models import LegalEvent

TOLD = "told"
MOST_IN_JAIL = 100  # bookings and releases
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
        given = {"given": form.given(), "key": form.cleaned_data["key"]}
        if went(request, form, lambda: legal.note_event(participant=participant, by=by, at=at, **given)):
            messages.success(request, "Written down.")
            return redirect("casefile:court", pk=pk)
    record(AuditAction.LEGAL_VIEWED, target=participant)
    found = LegalEvent.objects.filter(participant=participant).select_related("recorded_by")
    page = keyset(request, found, "-on", "-pk")
    jail = LegalEvent.objects.filter(participant=participant, kind__in=legal.JAIL).order_by("-on", "-pk")[:MOST_IN_JAIL]
    context = {
        "participant": participant, "form": form, "page": page, "rows": [_row(event) for event in page.rows],
        "is_open": form.is_bound, "spells": [_spell(one) for one in legal.jail_spells(jail, timezone.localdate())],
    }  # fmt: skip
    return render(request, "casefile/court/list.html", context)


def _spell(one: legal.Spell) -> dict:
    if one.is_now:
        return {"label": f"In jail since {say_day(one.since)}", "hints": _days(one), "state": "Now", "tone": "waiting"}
    since = say_day(one.since) if one.since else "a day that is not known"
    until = say_day(one.until) if one.until else "a day that is not known"
    return {"label": f"From {since} to {until}", "hints": _days(one)}


def _days(one: legal.Spell) -> str:
    if one.days is None:
        return "Days not known"
    return f"{one.days} day{'' if one.days == 1 else 's'}, the first and the last counted"


def charge_of(event: LegalEvent) -> str:
    """ "Possession, RCW 69.50.4013 (misdemeanor)"."""
    words = ", ".join(filter(None, (event.charge, event.charge_code)))
    return f"{words} ({event.get_charge_class_display().lower()})".strip() if event.charge_class else words


def who_knows(event: LegalEvent) -> list[str]:
    return [ToldWhom(code).label for code in event.told_others if code in ToldWhom.values]


def _row(event: LegalEvent) -> dict:
    is_hearing = event.kind == LegalKind.HEARING
    is_ahead = is_hearing and event.state == CourtState.AHEAD
    hints = [say_when(event), event.place, charge_of(event), event.cause_number and f"Case {event.cause_number}"]
    if is_ahead:
        hints.append(f"They were told {say_day(event.told_on)}" if event.told_on else "They have not been told yet")
    if event.told_others:
        hints.append(f"Also knows: {', '.join(who_knows(event)).lower()}")
    hints.append(f"{event.get_source_display()}, written down by {event.recorded_by.name}")
    row = {"label": event.get_kind_display(), "hints": [hint for hint in hints if hint]}
    row["url"] = reverse("casefile:court-date", args=[event.pk])
    return row | ({"state": event.get_state_display(), "tone": TONES.get(event.state, "neutral")} if is_hearing else {})


def find_event(request, pk) -> LegalEvent:
    found = LegalEvent.objects.select_related("participant")
    return get_object_or_404(found, pk=pk, site_id=request.membership.site_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def court_date(request, pk):
    """One of them. Of a court date: the person was told, how it went, or another day; of each: who else knows."""
    event = find_event(request, pk)
    is_hearing = event.kind == LegalKind.HEARING
    form = MoveForm(request.POST or None)
    if request.method == "POST" and is_hearing and form.is_valid():
        given, by, at = form.cleaned_data, request.membership, timezone.now()
        if went(request, form, lambda: legal.answer_move(event=event, by=by, at=at, **given)):
            messages.success(request, "Moved. Nobody has told them of the new day yet.")
            return redirect("casefile:court", pk=event.participant_id)
    record(AuditAction.LEGAL_VIEWED, target=event)
    is_ahead = is_hearing and event.state == CourtState.AHEAD
    is_over = event.on <= timezone.localdate()
    answers = [one for one in ANSWERS if is_over or one[0] == CourtState.CALLED_OFF] if is_ahead else []
    context = {
        "event": event, "form": form if is_ahead else None, "when": say_when(event), "answers": answers,
        "is_ahead": is_ahead, "is_over": is_over, "told": TOLD, "is_hearing": is_hearing, "charge": charge_of(event),
        "knows": who_knows(event), "others": [one for one in ToldWhom.choices if one[0] not in event.told_others],
    }  # fmt: skip
    return render(request, "casefile/court/date.html", context)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def court_answer(request, pk):
    """One tap: they know of it, they came, missed it, or it was called off."""
    event, by, at = find_event(request, pk), request.membership, timezone.now()
    state = request.POST.get("state", "")
    if "whom" in request.POST:
        done = went(request, None, lambda: legal.tell_other(event=event, whom=request.POST["whom"]))
    elif event.kind != LegalKind.HEARING:
        raise Http404
    elif state == TOLD:
        done = went(request, None, lambda: legal.tell_person(event=event, on=timezone.localdate(), by=by, at=at))
    else:
        done = went(request, None, lambda: legal.answer_court(event=event, state=state, by=by, at=at))
    if done:
        messages.success(request, "Written down.")
    return redirect("casefile:court", pk=event.participant_id)
