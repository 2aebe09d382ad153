"""Screen 2 of the officer: the referral, filled while waiting."""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.accounts.kept import phone_key
from lead_cms.core.errors import DomainError
from lead_cms.core.moments import SECOND, as_typed
from lead_cms.core.prepared import prepared
from lead_cms.core.templatetags.dates import say_when
from referrals.actions.drafts import draft_of, draft_pk, drop_draft
from referrals.actions.handoff_officer import LONGEST
from referrals.actions.referring import UnderAge, as_listed, assess_given, faults, make_referral, sent_before
from referrals.enums import ReferralStatus
from referrals.forms.dating import asks_whether_right
from referrals.forms.officer import BadToken, incident_number, unpack
from referrals.forms.officer_referral import ReferralForm
from referrals.models import IncidentRecord
from referrals.views.officer import not_ready, rules_here, to_youth, who_comes
from referrals.views.officer_shown import as_uuid

CALLED = "called_at"  # in the session: a call made before there is a referral


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFERRAL_CREATE)
def new(request):
    """Screen 2: seven things, filled while waiting."""
    rules, missing = rules_here(request)
    if rules is None:
        return not_ready(request, missing)
    membership, now = request.membership, timezone.now()
    draft, token = None, request.POST.get("check", "")
    if request.method != "POST":
        draft, gone = _begun(request, at=now)
        if gone is not None:
            return gone
        # The answers of screen 1 may have been changed since the draft was written.
        token = request.GET.get("c") or (draft.fields.get("check", [""])[-1] if draft else "")
    try:
        given, number = unpack(token, by=membership)
    except BadToken:
        return redirect("referrals:check")
    assessment = assess_given(rules, given, at=now, zone=membership.site.tz)
    if assessment.outcome == "ineligible" and not given.is_sure:
        given = replace(given, is_sure=True)
    if request.method != "POST":
        initial = _from_draft(draft, rules, given, token) if draft else _first(request, rules, given, number)
        form = ReferralForm(rules, given, assessment, initial=initial)
    elif "lookup" in request.POST:
        form = ReferralForm(rules, given, assessment, initial=_looked_up(request, rules, given, assessment))
    else:
        form = ReferralForm(rules, given, assessment, request.POST)
        made = _make(request, rules, form) if form.is_valid() else None
        if made is not None:
            return made
        _place_all(form, at=now, zone=membership.site.tz)
    return render(request, "referrals/officer/new.html", _screen_2(request, rules, form, assessment, draft))


def _begun(request, *, at):
    """The draft that the address names, by its own key or by the form's; and where to go when it is no more."""
    me, key, pk = request.membership, as_uuid(request.GET.get("k", "")), request.GET.get("draft", "")
    named = as_uuid(pk) if pk else key and draft_pk(me, key)
    draft = draft_of(me, at, named) if named else None
    if draft is not None or not (pk or key):
        return draft, None
    if pk:
        messages.info(request, "That draft is gone: it was sent, or a day has passed.")
        return None, redirect("referrals:check")
    for sent in sent_before(by=me.pk, key=key):
        messages.info(request, "This one is sent. For another person begin a new referral.")
        return None, redirect("referrals:own", sent.pk)
    return None, None


def _make(request, rules, form: ReferralForm):
    """The referral, or None with the refusal beside its field."""
    membership, now = request.membership, timezone.now()
    given, key = form.given(), form.cleaned_data["submission_key"]
    record = incident_of(request, given.incident_number)
    if record is not None:
        given = replace(given, precinct=precinct_code(rules, record.precinct))
    called_at = parse_datetime(request.session.get(CALLED, "") or "")
    if called_at is not None and now - called_at > LONGEST:
        called_at = None
    try:
        referral = make_referral(by=membership, at=now, given=given, submission_key=key, called_at=called_at)
    except UnderAge:
        drop_draft(by=membership, key=key)
        return to_youth(request, given.door, given.precinct)
    except DomainError as error:
        form.place_error(error)
        return None
    drop_draft(by=membership, key=key)
    request.session.pop(CALLED, None)
    messages.success(request, SAID[ReferralStatus(referral.status)])
    return redirect("referrals:own", referral.pk)


def _place_all(form: ReferralForm, *, at, zone) -> None:
    """Everything that is missing at once, not one fault a try."""
    given = form.given()
    given = replace(given, offences=as_listed(form.rules, given.offences))
    for error in faults(given, form.rules, assess_given(form.rules, given, at=at, zone=zone), at=at, zone=zone):
        form.place_error(error)


SAID = {
    ReferralStatus.SUBMITTED: "The referral is in. Call now if you have not.",
    ReferralStatus.OUTREACH: "The referral is in. Outreach will find the person.",
    ReferralStatus.PENDING: "The referral is in and waits for approval.",
    ReferralStatus.TRIAGE: "The referral is with the coordinator.",
    ReferralStatus.DECLINED: "The offer is counted. No name is kept.",
    ReferralStatus.INELIGIBLE: "It is counted. No name is kept.",
    ReferralStatus.NOT_APPROVED: "It is counted as not approved. No name is kept.",
    ReferralStatus.HANDED_OVER: "This referral is handed over already.",
    ReferralStatus.DONE: "This referral is handed over already.",
    ReferralStatus.CANCELLED: "This referral was canceled.",
}


def incident_of(request, number: str) -> IncidentRecord | None:
    """The imported record with this number; the newest row of its report."""
    if not number:
        return None
    return next(iter(_records(site_id=request.membership.site_id, number=number)), None)


@prepared(site_id=uuid.UUID, number=str)
def _records(*, site_id, number):
    return IncidentRecord.objects.filter(site_id=site_id, incident_number=number).order_by("-occurred_at", "pk")[:1]


def precinct_code(rules, name: str) -> str:
    """The site's code for a precinct as the incident file names it, else the name."""
    found = (one.code for one in rules.precincts or () if one.name.casefold() == name.casefold())
    return next(found, name)


def _first(request, rules, given, number: str) -> dict:
    token = request.GET.get("c") or request.POST.get("check", "")
    held = _divertible(rules, given)
    whom = rules.approval.at(given.door).whom or ""
    key = as_uuid(request.GET.get("k", "")) or uuid.uuid4()
    initial = {
        "check": token, "submission_key": key, "held": held, "incident_number": number,
        "occurred_at": timezone.localtime().replace(second=0, microsecond=0), "whom": whom,
    }  # fmt: skip
    record = incident_of(request, number)
    return initial | (_of_record(record) if record else {})


def _of_record(record: IncidentRecord) -> dict:
    filled = {"occurred_at": timezone.localtime(record.occurred_at)}
    return filled | ({"meeting_other": record.place} if record.place else {})


def _looked_up(request, rules, given, assessment) -> dict:
    """What was typed, with place and time of the incident filled in."""
    post = request.POST
    initial = {name: post.getlist(name) if name == "held" else post.get(name) for name in post}
    form = ReferralForm(rules, given, assessment, post)
    form.is_valid()
    initial["occurred_at"] = form.cleaned_data.get("occurred_at") or timezone.localtime()
    record = incident_of(request, incident_number(post.get("incident_number", "")))
    if record is None:
        messages.info(request, "There is no record of that number here. Type the rest; nothing is lost.")
        return initial
    return initial | _of_record(record)


def _divertible(rules, given) -> list[str]:
    return [one.code for code in given.offences if (one := rules.offence(code))]


def _from_draft(draft, rules, given, token: str) -> dict:
    """The form as it was: a day and a time that were typed stand in two parts. Other offenses are marked afresh."""
    initial = {
        name: values if name == "held" else (values[-1] if values else "") for name, values in draft.fields.items()
    }
    day, clock, which = (initial.pop(f"occurred_at_{part}", "") for part in (0, 1, 2))
    naive = as_typed(day, clock)
    initial["occurred_at"] = naive and naive.replace(fold=int(which == SECOND))
    if initial.get("check") != token:
        initial |= {"check": token, "held": _divertible(rules, given)}
    return initial


def _occurred(form) -> str:
    """The time that will be sent, while its field is folded away; what was typed and refused stands in the open field."""
    if "occurred_at" not in form.fields:
        return ""
    if form.is_bound and "occurred_at" in form.errors:
        return "see below"
    value = form.cleaned_data.get("occurred_at") if form.is_bound else form.initial.get("occurred_at")
    if value is not None and timezone.is_naive(value):
        value = timezone.make_aware(value)
    return say_when(value) if value else "not given"


def _screen_2(request, rules, form, assessment, draft) -> dict:
    given = form.base
    number = form["incident_number"].value() if "incident_number" in form.fields else ""
    where = f"?c={form['check'].value()}&k={form['submission_key'].value()}"
    return {
        "form": form, "rules": rules, "given": given, "answer": assessment, "who": who_comes(request, rules),
        "saved_at": draft.saved_at if draft else None, "draft_key": phone_key(request.user),
        "door_name": rules.door_name(given.door),
        "record": incident_of(request, incident_number(str(number or ""))),
        "change_url": reverse("referrals:check") + where, "here": reverse("referrals:new") + where,
        "asks_date": asks_whether_right(form),
        "occurred_says": _occurred(form), "listed": [(code, rules.offence(code)) for code in given.offences],
        "asks_again": "is_another_person" in form.errors if form.is_bound else False,
        "unsure": not given.is_sure or assessment.outcome == "not_sure",
    }  # fmt: skip
