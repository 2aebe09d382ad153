"""Screening, intake, assessment: a list of parts with their state, and one part at a time."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record as log
from lead_cms.casefile.forms.record import FinishForm, SectionForm
from lead_cms.casefile.views.asking import find_referral, went
from lead_cms.core.templatetags.dates import say_when
from referrals.actions import records
from referrals.actions.talking import talked_at
from referrals.models import Record, RecordSection
from referrals.questions import FORMS


def _open(request, pk, kind: str):
    """The referral and the form; 404 for an unknown kind and for records that are another case manager's."""
    referral, form = find_referral(request, pk), FORMS.get(kind)
    mine = request.membership.role == Role.SUPERVISOR or referral.casework.case_manager_id == request.membership.pk
    if form is None or not mine:
        raise Http404
    return referral, form


def _talk_first(request, referral, kind: str):
    messages.warning(request, records.TALK_FIRST)
    onward = "?next=screening" if kind == "screening" else ""
    return redirect(reverse("casefile:talk", args=[referral.pk]) + onward)


@require_http_methods(["GET", "POST"])
@requires(Permission.PRIVATE_TALK)
def record(request, pk, kind):
    """The parts, each with its state; when all are saved, the day it was done."""
    referral, questions = _open(request, pk, kind)
    if talked_at(referral) is None:
        return _talk_first(request, referral, kind)
    form = FinishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        on, by = form.cleaned_data["done_on"], request.membership
        if went(
            request, form,
            lambda: records.finish(referral=referral, kind=kind, done_on=on, by=by, at=timezone.now()),
        ):  # fmt: skip
            messages.success(request, f"The {questions.title.lower()} is done.")
            return redirect("casefile:case", pk=pk)
    held = Record.objects.filter(referral=referral, kind=kind).first()
    saved = {}
    if held is not None:
        found = RecordSection.objects.filter(record=held).select_related("saved_by")
        saved = {section.section: section for section in found}
        log(AuditAction.RECORD_VIEWED, target=held, kind=kind)
    rows = [_row(referral, kind, section, saved.get(section.key)) for section in questions.sections]
    unsaved = [row["section"] for row in rows if not row["saved"]]
    context = {
        "referral": referral, "questions": questions, "held": held, "form": form,
        "rows": [row["shown"] for row in rows], "left": unsaved, "next": unsaved[0] if unsaved else None,
    }  # fmt: skip
    return render(request, "casefile/persons/record.html", context)


def _row(referral, kind: str, section, saved: RecordSection | None) -> dict:
    url = reverse("casefile:record-section", args=[referral.pk, kind, section.key])
    shown = {"label": section.title, "url": url, "state": "Not begun", "tone": "neutral"}
    if saved is not None:
        asked, answered = len(section.coded), section.answered(saved.answers)
        whole = answered == asked
        shown |= {
            "state": "Done" if whole else "In progress", "tone": "good" if whole else "waiting",
            "hints": [f"{answered} of {asked} answered", f"Saved {say_when(saved.saved_at)} by {saved.saved_by.name}"],
        }  # fmt: skip
    return {"section": section, "saved": saved is not None, "shown": shown}


@require_http_methods(["GET", "POST"])
@requires(Permission.PRIVATE_TALK)
def record_section(request, pk, kind, section):
    """One part: saved as far as it goes, and come back to."""
    referral, questions = _open(request, pk, kind)
    part = questions.section(section)
    if part is None:
        raise Http404
    if talked_at(referral) is None:
        return _talk_first(request, referral, kind)
    kept = RecordSection.objects.filter(record__referral=referral, record__kind=kind)
    held = kept.filter(section=section).select_related("saved_by").first()
    onward = _onward(questions, part, set(kept.values_list("section", flat=True)))
    answers = held.answers if held else records.told_before(referral=referral, kind=kind, section=section)
    form = SectionForm(request.POST or None, section=part, answers=answers)
    sent = request.method == "POST" and form.is_valid()
    if sent and went(request, form, lambda: _save(request, form, referral, kind, section)):
        messages.success(request, f"“{part.title}” is saved.")
        if onward and "onward" in request.POST:
            return redirect("casefile:record-section", pk, kind, onward.key)
        return redirect("casefile:record", pk, kind)
    number = questions.sections.index(part) + 1
    context = {
        "referral": referral, "questions": questions, "part": part, "form": form, "held": held, "number": number,
        "seen": held.saved_at.isoformat() if held else "", "onward": onward,
    }  # fmt: skip
    return render(request, "casefile/persons/record_section.html", context)


def _onward(questions, part, saved: set[str]):
    """The next part that nobody saved yet, from this one on and around; none when this is the last of them."""
    here = questions.sections.index(part)
    around = questions.sections[here + 1 :] + questions.sections[:here]
    return next((one for one in around if one.key not in saved), None)


def _save(request, form: SectionForm, referral, kind: str, section: str) -> None:
    """Save; the moment the page showed travels with it, so that nobody overwrites what they have not seen."""
    try:
        seen = datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        seen = None
    by, at = request.membership, timezone.now()
    records.save_section(
        referral=referral, kind=kind, section=section, answers=form.answers(), by=by, at=at, seen_at=seen
    )
