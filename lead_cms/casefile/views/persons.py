"""Whom a referral is about, and one participant's page."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.person import (
    ASKED_AS,
    NEW,
    LinkForm,
    NamesForm,
    PhoneForm,
    RestrictForm,
    asked_of,
    asked_of_referred,
)
from lead_cms.casefile.personfacts import number, who
from lead_cms.casefile.personpage import PersonPage
from lead_cms.casefile.personrows import person_rows
from lead_cms.casefile.views.asking import find_referral
from lead_cms.core.errors import DomainError
from lead_cms.core.seen import mark_of
from lead_cms.programs.current import rules_by_id
from participants.actions.persons import NAMES, NUMBER, Names, correct_person, set_phone
from participants.models import Participant
from referrals.actions import linking
from referrals.models import Casework, Referral


def ask(form, action) -> bool:
    """Run one action; a rule's no goes beside the question it is about."""
    try:
        action()
    except DomainError as error:
        field = ASKED_AS.get(error.field, error.field)
        form.add_error(field if field in form.fields else None, str(error))
        return False
    return True


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def link(request, pk):
    """Link a person referred to somebody known, likely ones first, or make a new record with their yes."""
    referral = find_referral(request, pk)
    if referral.casework.participant_id is not None:
        return redirect("casefile:person", pk=referral.casework.participant_id)
    matches = linking.find_matches(person=referral.person)
    form = LinkForm(request.POST or None, matches=matches, initial=asked_of_referred(referral.person))
    if request.method == "POST" and form.is_valid() and _is_sure(request, form, [referral]):
        sealed = False

        def go():
            nonlocal sealed
            sealed = _link(form, referral, by=request.membership, at=timezone.now())

        if ask(form, go):
            if sealed:
                return _sealed(request, referral)
            messages.success(request, "Linked. Everything about them now stands on one page.")
            return redirect("casefile:case", pk=pk)
        form.ask_to_confirm()
    return render(request, "casefile/persons/link.html", {"referral": referral, "form": form, "matches": matches})


def _is_sure(request, form: NamesForm, referrals: list[Referral]) -> bool:
    """Names that make somebody too young are asked about once before they close a record."""
    if form.cleaned_data.get("who", NEW) != NEW or form.cleaned_data["sure"]:
        return True
    age = linking.too_young(referrals=referrals, names=form.names(), by=request.membership, at=timezone.now())
    if age is not None:
        form.ask_if_sure(age)
    return age is None


def _link(form: LinkForm, referral: Referral, *, by, at) -> bool:
    """Link, or seal: True when the person turned out to be too young, and then nothing else is written."""
    given = form.cleaned_data
    said_yes = given["said_yes"] == "yes"
    if given["who"] == NEW:
        names = form.names()
        if linking.seal_if_under_age(referrals=[referral], names=names, by=by, at=at):
            return True
        linking.link_new(
            referral=referral, names=names, said_yes=said_yes, is_restricted=given["is_restricted"], by=by, at=at
        )
        return False
    known = form.matches[given["who"]].participant
    if linking.seal_if_under_age(referrals=[referral], names=Names(birth_date=known.birth_date), by=by, at=at):
        return True
    linking.link(referral=referral, participant=known, said_yes=said_yes, by=by, at=at, is_confirmed=given["apart"])
    return False


def _sealed(request, referral: Referral):
    minors = rules_by_id(referral.rules_id).minors
    whom = minors.youth_service or "the youth service"
    messages.warning(
        request,
        f"This person is under {minors.min_age}. The record is closed and your supervisor is told. "
        f"Call {whom}: {minors.youth_number or 'ask your supervisor for the number'}.",
    )
    return redirect("today")


@require_safe
@requires(Permission.CASEWORK_VIEW)
def person(request, pk):
    """Who they are, what they agreed to, what was told to whom."""
    found = person_rows(site_id=request.membership.site_id, pk=pk, now=timezone.now())
    participant = next(iter(found), None)
    if participant is None:
        raise Http404
    record(AuditAction.PERSON_VIEWED, target=participant)
    return render(request, "casefile/persons/person.html", PersonPage(participant, request.membership).context())


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def person_edit(request, pk):
    """What the person says of themselves now."""
    participant = get_object_or_404(Participant, pk=pk, site_id=request.membership.site_id)
    form = NamesForm(request.POST or None, initial=asked_of(participant))
    if request.method == "POST" and form.is_valid():
        by, at, names, seen = request.membership, timezone.now(), form.names(), form.cleaned_data["seen"]
        cases = Casework.objects.filter(participant=participant, is_sealed=False).select_related("referral")
        referrals = [case.referral for case in cases]
        if _is_sure(request, form, referrals) and ask(
            form, lambda: correct_person(participant=participant, names=names, by=by, at=at, seen=seen)
        ):
            if linking.seal_if_under_age(referrals=referrals, names=names, by=by, at=at):
                return _sealed(request, referrals[0])
            messages.success(request, "Saved.")
            return redirect("casefile:person", pk=pk)
    context = {"participant": participant, "form": form, "title": "Who they are"}
    return render(request, "casefile/persons/form.html", context | _now(form, participant, NAMES, who))


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def person_phone(request, pk):
    """Their number, and what may be done with it: asked anew each time."""
    participant = get_object_or_404(Participant, pk=pk, site_id=request.membership.site_id)
    form = PhoneForm(request.POST or None, initial={"phone": participant.phone, "seen": mark_of(participant, NUMBER)})
    if request.method == "POST" and form.is_valid():
        given, by, at = form.cleaned_data, request.membership, timezone.now()
        if ask(
            form,
            lambda: set_phone(
                participant=participant, phone=given["phone"], may_text=given["may_text"] == "yes",
                may_leave_message=given["may_leave_message"] == "yes", others_read=given["others_read"], by=by, at=at,
                seen=given["seen"],
            ),
        ):  # fmt: skip
            messages.success(request, "Saved.")
            return redirect("casefile:person-reach", pk=pk)
    context = {"participant": participant, "form": form, "title": "Their number"}
    return render(request, "casefile/persons/form.html", context | _now(form, participant, NUMBER, number))


def _now(form, participant: Participant, names: tuple[str, ...], say) -> dict:
    """When somebody changed it meanwhile: what stands there now, which the next saving knows of."""
    if not form.is_bound or not form.non_field_errors():
        return {}
    form.data = form.data.copy()
    form.data["seen"] = mark_of(participant, names)
    return {"now": say(participant)}


@require_POST
@requires(Permission.CASEWORK_CONFIRM)
def person_restrict(request, pk):
    """Close a record to everyone but its case manager and the supervisor, or open it again."""
    participant = get_object_or_404(Participant, pk=pk, site_id=request.membership.site_id)
    form = RestrictForm(request.POST)
    if form.is_valid() and request.membership.role == Role.SUPERVISOR:
        restricted = form.cleaned_data["restricted"] == "yes"
        linking.set_restricted(participant=participant, restricted=restricted, by=request.membership, at=timezone.now())
        messages.success(request, "The record is restricted." if restricted else "The record is open to the team.")
    return redirect("casefile:person", pk=pk)
