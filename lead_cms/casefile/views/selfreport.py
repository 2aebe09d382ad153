"""What a person says of themselves for counting: a list of facts, and one question a page."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.selfreport import SelfReportForm
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.seen import mark_of
from participants.actions import demographics as acting
from participants.actions.reach import knows_in_full
from participants.models import Demographics

NOT_YOURS = "What they say of themselves is kept by their own case manager and the supervisors."


@require_safe
@requires(Permission.CASEWORK_VIEW)
def self_report(request, pk):
    """Each question with its answer as it was given, and the list it was answered by."""
    participant = find_person(request, pk)
    record(AuditAction.PERSON_VIEWED, target=participant, what="demographics")
    in_full = knows_in_full(participant=participant, by=request.membership)
    held = acting.held_of(participant)
    facts = [_fact(held, one) for one in acting.QUESTIONS.values()] if in_full else []
    context = {"participant": participant, "facts": facts, "in_full": in_full, "says": NOT_YOURS}
    return render(request, "casefile/selfreport/page.html", context)


def _fact(held: Demographics, question: acting.SelfReported) -> dict:
    return {
        "label": question.text, "value": say(held, question), "missing": "Not asked yet",
        "change_url": reverse("casefile:self-question", args=[held.participant_id, question.key]),
    }  # fmt: skip


def say(held: Demographics, question: acting.SelfReported) -> str:
    """ "Asian (Korean); Black or African American. In their own words: …" """
    told = getattr(held, question.key) or []
    exact: dict[str, list[str]] = {}
    for one in told:
        if "." in one["code"]:
            exact.setdefault(one["code"].split(".")[0], []).append(one["label"])
    said = "; ".join(
        one["label"] + (f" ({', '.join(exact[one['code']])})" if one["code"] in exact else "")
        for one in told
        if "." not in one["code"]
    )
    words = getattr(held, question.words) if question.words else ""
    own = f"In their own words: {words}" if words else ""
    return ". ".join(part for part in (said, own) if part)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def self_question(request, pk, question):
    """One question; nothing chosen takes the answer away."""
    participant, asked = find_person(request, pk), acting.QUESTIONS.get(question)
    if asked is None:
        raise Http404
    if not knows_in_full(participant=participant, by=request.membership):
        messages.warning(request, NOT_YOURS)
        return redirect("casefile:self-report", pk=pk)
    held = acting.held_of(participant)
    form, now = SelfReportForm(request.POST or None, question=asked, held=held), ""
    if request.method == "POST" and form.is_valid():
        given, by, at = form.given(), request.membership, timezone.now()
        if went(request, form, lambda: acting.answer(participant=participant, key=question, by=by, at=at, **given)):
            messages.success(request, "Saved.")
            return redirect("casefile:self-report", pk=pk)
        if form.non_field_errors():
            # They have been told how it stands now: the next time it is theirs that is kept.
            form.data = form.data.copy()
            form.data["seen"] = mark_of(held, asked.columns)
            now = say(held, asked) or "Not asked yet"
    context = {"participant": participant, "form": form, "question": asked, "now": now}
    return render(request, "casefile/selfreport/question.html", context)
