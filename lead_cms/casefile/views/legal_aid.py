"""Legal aid: casework gives a person to a lawyer; the lawyer opens what the consent lists, and keeps notes alone."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.legal_aid import GiveForm, NoteForm
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.keyset import keyset
from lead_cms.core.templatetags.dates import say_clock, say_day, say_when
from participants.actions import legal_aid as acting
from participants.actions.reach import NOT_YOURS, knows_in_full
from participants.enums import LANGUAGES, CourtState, LegalKind
from participants.models import LegalAidGiven, LegalEvent, PrivilegedNote

MOST = 20  # of one person's; each has had few


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def of_person(request, pk):
    """To whom a person was given, and a form to give them to somebody they said yes to."""
    participant, by, at = find_person(request, pk), request.membership, timezone.now()
    lawyers = acting.lawyers_for(participant, at)
    form = GiveForm(request.POST or None, lawyers=lawyers)
    if request.method == "POST" and form.is_valid() and went(
        request, form, lambda: acting.give(participant=participant, lawyer=form.chosen(), by=by, at=at)
    ):  # fmt: skip
        messages.success(request, "Given. The lawyer is told that there is somebody, not who.")
        return redirect("casefile:legal-aid", pk=pk)
    record(AuditAction.LEGAL_AID_VIEWED, target=participant)
    found = LegalAidGiven.objects.filter(participant=participant).select_related("lawyer__organisation", "given_by")
    rows = [_given(one) for one in found.order_by("-given_at", "-pk")[:MOST]]
    in_full = form.is_bound or knows_in_full(participant=participant, by=by)
    context = {
        "participant": participant, "form": form if lawyers else None, "rows": rows, "in_full": in_full, "says": NOT_YOURS,
    }  # fmt: skip
    return render(request, "casefile/legal_aid/person.html", context)


def _given(one: LegalAidGiven) -> dict:
    return {
        "given": one, "name": f"{one.lawyer.name}, {one.lawyer.organisation.name}",
        "since": f"Since {say_when(one.given_at)}, by {one.given_by.name}",
        "ended": f"Until {say_when(one.ended_at)}" if one.ended_at else "",
    }  # fmt: skip


@require_POST
@requires(Permission.CASEWORK_WRITE)
def end(request, pk):
    given = get_object_or_404(LegalAidGiven, pk=pk, site_id=request.membership.site_id)
    if went(request, None, lambda: acting.end(given=given, by=request.membership, at=timezone.now())):
        messages.success(request, "Ended. The lawyer sees nothing of them any more.")
    return redirect("casefile:legal-aid", pk=given.participant_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.LEGAL_AID)
def mine(request, pk):
    """One person given to me: who they are, court dates and warrants, and my own notes."""
    given, by = get_object_or_404(LegalAidGiven, pk=pk, site_id=request.membership.site_id), request.membership
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if went(request, form, lambda: acting.write_note(given=given, text=text, by=by, at=timezone.now())):
            messages.success(request, "Kept. Nobody else reads it here.")
            return redirect("casefile:legal-person", pk=pk)
    shown = acting.open_person(given=given, by=by)
    if shown is None:  # taken back in this very moment
        raise Http404
    notes = PrivilegedNote.objects.filter(given=given, author=by)
    page = keyset(request, notes, "-written_at", "-pk")
    context = {
        "given": given, "person": shown.person, "facts": _facts(shown.person), "told": shown.told, "form": form,
        "events": [_event(one) for one in shown.events], "notes": page.rows, "page": page,
    }  # fmt: skip
    return render(request, "casefile/legal_aid/mine.html", context)


def _facts(person: dict) -> list[dict]:
    full = f"{person['given_name']} {person['family_name']}".strip()
    return [
        {"label": "Name", "value": full},
        {"label": "Pronouns", "value": person["pronouns"]},
        {"label": "Language", "value": LANGUAGES.get(person["language"], person["language"])},
        {"label": "Case manager", "value": person["manager"] or "", "missing": "Nobody yet"},
    ]


def _event(one: LegalEvent) -> dict:
    when = f"{say_day(one.on)}, {say_clock(one.at_time)}" if one.at_time else say_day(one.on)
    hints = [when, one.place, one.cause_number and f"Case {one.cause_number}"]
    row = {"label": one.get_kind_display(), "hints": [hint for hint in hints if hint]}
    if one.kind != LegalKind.HEARING:
        return row
    return row | {"state": one.get_state_display(), "tone": "waiting" if one.state == CourtState.AHEAD else "neutral"}


@require_safe
@requires(Permission.LEGAL_AID)
def notes(request):
    """Everything I wrote, newest first: mine also after a person is no longer given to me, or took a consent back."""
    record(AuditAction.PRIVILEGED_NOTES_VIEWED)
    page = keyset(request, PrivilegedNote.objects.filter(author=request.membership), "-written_at", "-pk")
    rows = [{"note": one, "reference": LegalAidGiven(pk=one.given_id).reference, "url": _url(one)} for one in page.rows]
    return render(request, "casefile/legal_aid/notes.html", {"rows": rows, "page": page})


def _url(note: PrivilegedNote) -> str:
    return reverse("casefile:legal-person", args=[note.given_id])
