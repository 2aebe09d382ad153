"""How to reach one person: their number, the places where they are found, the people they trust."""

import uuid

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.reach import KeptForm, PlaceForm, TrustedForm, as_kept
from lead_cms.casefile.personfacts import number
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.templatetags.dates import say_day
from participants.actions import reach as acting
from participants.models import Participant, ReachPlace, TrustedPerson

NOT_YOURS = "Whom they trust is kept by their own case manager and the supervisors."


@require_safe
@requires(Permission.CASEWORK_VIEW)
def reach(request, pk):
    """Everything that helps to find them and to pass word on, and how much may be said."""
    participant = find_person(request, pk)
    record(AuditAction.PERSON_VIEWED, target=participant, what="reach")
    in_full = acting.knows_in_full(participant=participant, by=request.membership)
    places = ReachPlace.objects.filter(participant=participant).order_by("saved_at", "pk")[: acting.MOST]
    trusted = TrustedPerson.objects.filter(participant=participant).order_by("saved_at", "pk")[: acting.MOST]
    context = {
        "participant": participant, "number": number(participant), "in_full": in_full,
        "places": [_place(one) for one in places], "trusted": [_trusted(one) for one in trusted] if in_full else [],
    }  # fmt: skip
    return render(request, "casefile/reach/page.html", context)


def _place(one: ReachPlace) -> dict:
    when = ", ".join(part for part in (acting.say_days(one.days) or "Any day", one.hours) if part)
    return {"row": one, "label": one.place, "hints": [when, one.note], "url": reverse("casefile:place", args=[one.pk])}


def _trusted(one: TrustedPerson) -> dict:
    said = f"{one.get_may_say_display()}. They said so {say_day(one.agreed_on)}."
    return {
        "row": one,
        "label": one.name,
        "hints": [one.how_known, said],
        "url": reverse("casefile:trusted", args=[one.pk]),
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def place_new(request, pk):
    """Where they can be found."""
    form = PlaceForm(request.POST or None, initial={"key": uuid.uuid4()})
    return _keep(request, find_person(request, pk), form, "A place where they are found")


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def place(request, pk):
    """The same, put right."""
    row = _find(request, ReachPlace, pk)
    return _keep(request, row.participant, PlaceForm(request.POST or None, initial=as_kept(row)), row.place, row)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def trusted_new(request, pk):
    """Somebody they trust; asked by those who read it in full."""
    participant = find_person(request, pk)
    if not acting.knows_in_full(participant=participant, by=request.membership):
        messages.warning(request, NOT_YOURS)
        return redirect("casefile:person-reach", pk=pk)
    form = TrustedForm(request.POST or None, initial={"key": uuid.uuid4()})
    return _keep(request, participant, form, "Somebody they trust")


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def trusted(request, pk):
    """The same, put right."""
    row = _find(request, TrustedPerson, pk)
    return _keep(request, row.participant, TrustedForm(request.POST or None, initial=as_kept(row)), row.name, row)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def place_remove(request, pk):
    """They are not found there any more."""
    row = _find(request, ReachPlace, pk)
    acting.remove_place(place=row)
    messages.success(request, "Taken away.")
    return redirect("casefile:person-reach", pk=row.participant_id)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def trusted_remove(request, pk):
    """The person took it back, or it no longer holds."""
    row = _find(request, TrustedPerson, pk)
    acting.remove_trusted(trusted=row)
    messages.success(request, "Taken away.")
    return redirect("casefile:person-reach", pk=row.participant_id)


def _find(request, model, pk):
    found = model.objects.select_related("participant")
    return get_object_or_404(found, pk=pk, site_id=request.membership.site_id)


def _keep(request, participant: Participant, form: KeptForm, title: str, row=None):
    """One page, one thing: written down, or put right, or taken away by the button beside."""
    is_place = isinstance(form, PlaceForm)
    keep = acting.keep_place if is_place else acting.keep_trusted
    if request.method == "POST" and form.is_valid():
        by, at, clean = request.membership, timezone.now(), form.cleaned_data
        seen = clean["seen"] if row is not None else None
        key = row.pk if row is not None else clean["key"]
        given = form.given()
        if went(
            request, form, lambda: keep(key=key, participant=participant, given=given, by=by, at=at, seen=seen)
        ):  # fmt: skip
            messages.success(request, "Saved.")
            return redirect("casefile:person-reach", pk=participant.pk)
    context = {"participant": participant, "form": form, "title": title, "row": row}
    if row is not None:
        context["remove_url"] = reverse(f"casefile:{'place' if is_place else 'trusted'}-remove", args=[row.pk])
        if form.is_bound and form.non_field_errors():
            # They have been told how it stands now: the next time it is theirs that is kept.
            form.data = form.data.copy()
            form.data["seen"] = row.saved_at.isoformat()
            context["now"] = _place(row) if is_place else _trusted(row)
    return render(request, "casefile/reach/form.html", context)
