"""The coordinator's pages: what officers were not sure of, and the site's counts. No clinical text, nobody's choices."""

from datetime import datetime, time
from functools import reduce
from operator import or_
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.core.addresses import address
from lead_cms.core.crispy import StackedChoice, helper
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.forms import Form
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, Keys
from lead_cms.core.templatetags.dates import when
from lead_cms.programs.current import current_ruleset, rules_by_id, rules_for
from lead_cms.programs.rules import Rules
from referrals.actions.approvals import NoBecause
from referrals.actions.triage import answer_community, cannot_offer, reasons, send_on
from referrals.counts import Doors, count_decisions, count_doors, count_rest, count_windows, period_of
from referrals.enums import ENDED, Amount, Door, Outcome, ReferralStatus, ThreeWay
from referrals.models import Approval, Referral
from referrals.views.liaison import complainant_says

MOST_WAITING = 50
MOST_BACK = 40  # periods
GROUPS = {
    "drug": "Drug possession", "prostitution": "Prostitution", "trespass": "Trespass", "shoplifting": "Shoplifting",
    "theft": "Theft",
}  # fmt: skip


class CannotForm(Form):
    reason = forms.ChoiceField(label="LEAD cannot be offered here, because", widget=forms.RadioSelect)

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices
        self.helper = helper(StackedChoice("reason"), submit="")


class CommunityNoForm(Form):
    because = forms.ChoiceField(label="Why not", choices=NoBecause.choices, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(StackedChoice("because"), submit="")


def waiting_for(site_id):
    """What waits for the coordinator: "not sure", the community door's approvals, and those the rules give to them.

    Of these also what went on by a yes on the telephone, until they confirm it.
    """
    theirs = Approval.objects.waiting_for(Role.COORDINATOR.value, site_id=site_id)
    pending = Q(status=ReferralStatus.PENDING, agency=None)
    mine = Q(AnyOf(F("pk"), Keys(theirs.order_by("pk").values("referral_id")[:MOST_WAITING])))
    open_ones = Referral.objects.for_site(site_id).exclude(status__in=ENDED)
    return open_ones.filter(Q(status=ReferralStatus.TRIAGE) | pending | mine)


@prepared(site_id=UUID)
def longest_waiting(*, site_id, most: int):
    """The first of `waiting_for`. Each kind is found by its own index: of many that wait, only these are read whole."""
    theirs = Approval.objects.waiting_for(Role.COORDINATOR.value, site_id=site_id).order_by("pk")
    unsure = Referral.objects.filter(site_id=site_id, status=ReferralStatus.TRIAGE)
    community = Referral.objects.filter(site_id=site_id, status=ReferralStatus.PENDING, agency=None)
    kinds = [some.order_by("submitted_at", "pk").values("pk")[:most] for some in (unsure, community)]
    kinds.append(theirs.values("referral_id")[:MOST_WAITING])
    of_a_kind = reduce(or_, (Q(AnyOf(F("pk"), Keys(keys))) for keys in kinds))
    found = Referral.objects.filter(of_a_kind).exclude(status__in=sorted(ENDED))
    return found.select_related("officer", "agency", "entered_by").order_by("submitted_at", "pk")[:most]


@require_safe
@requires(Permission.TRIAGE)
def triage(request):
    """Everything that waits for the coordinator's answer, the longest waiting first."""
    rows = longest_waiting(site_id=request.membership.site_id, most=MOST_WAITING)
    return render(request, "operations/triage.html", {"rows": [_waits(row) for row in rows]})


def _waits(referral: Referral) -> dict:
    if referral.officer:
        whose = f"{referral.officer.name}, {referral.agency.name}"
    else:
        whose = f"{referral.agency.name}, by telephone" if referral.agency else referral.entered_by.name
    return {
        "label": format_html("{}, sent {}", referral.get_door_display(), when(referral.submitted_at)),
        "url": address("casefile:triage-one", referral.pk), "hints": [f"{whose}. Code {referral.reference}"],
        "state": "Not sure" if referral.status == ReferralStatus.TRIAGE else "Needs your yes", "tone": "waiting",
    }  # fmt: skip


@require_safe
@requires(Permission.TRIAGE)
def triage_one(request, pk):
    return _triage_page(request, _waiting(request, pk))


def _waiting(request, pk):
    return get_object_or_404(waiting_for(request.membership.site_id).select_related("officer", "agency"), pk=pk)


def _triage_page(request, referral, *, form=None):
    rules = rules_by_id(referral.rules_id)
    # An approval to answer, at the community door or where the rules name project management; else "not sure".
    community = referral.status != ReferralStatus.TRIAGE
    if form is None:
        form = CommunityNoForm() if community else CannotForm(choices=reasons(rules, referral.door))
    offences = list(referral.offences.order_by("code"))
    answers = _answered(referral, rules, all_of_them=community)
    if not community:
        answers += _unanswered(referral, rules) + _amounts(referral, rules, offences)
    context = {
        "referral": referral,
        "community": community,
        "goes_on": referral.status != ReferralStatus.PENDING,
        "handed_over": referral.status == ReferralStatus.HANDED_OVER,
        "steps": list(referral.approval_steps.order_by("number")) if community else [],
        "no_police": referral.door == Door.COMMUNITY,
        "complainant": complainant_says(referral),
        "answers": answers,
        "offences": offences,
        "form": form,
        "approval": rules.approval.at(referral.door),
        "must_approve": referral.outcome == Outcome.NEEDS_APPROVAL
        or rules.approval.at(referral.door).needed == "always",
        "door": rules.door_name(referral.door),
    }
    return render(request, "operations/triage_one.html", context)


def _answered(referral: Referral, rules: Rules, *, all_of_them: bool) -> list[dict]:
    """What was answered, in the rule's words as it was asked; of what an officer was not sure of, all but a plain no."""
    known = {one.code: one for one in rules.exclusions or ()}
    return [
        {
            "title": answer.rule_text,
            "answer": ThreeWay(answer.answer).label if answer.answer in ThreeWay.values else answer.answer,
            "tone": "waiting" if answer.answer == ThreeWay.NOT_KNOWN else "bad" if answer.effect else "neutral",
            "source": known[answer.rule_code].source.label if answer.rule_code in known else "",
        }
        for answer in referral.answers.order_by("rule_code", "pk")
        if all_of_them or answer.answer != ThreeWay.NO
    ]


def _unanswered(referral: Referral, rules: Rules) -> list[dict]:
    """What nobody answered is never taken for "no": an officer may send it on without an answer to anything."""
    given = set(referral.answers.values_list("rule_code", flat=True))
    return [
        {"title": one.text, "answer": "Not answered", "tone": "waiting", "source": one.source.label}
        for one in rules.exclusions_for(referral.door)
        if one.code not in given
    ]


def _amounts(referral: Referral, rules: Rules, offences) -> list[dict]:
    """The limits that count for these offenses, where nobody said within. Over a limit nothing waits for this answer."""
    if referral.amount == Amount.WITHIN:
        return []
    kinds = {known.amount_limit for one in offences if (known := rules.offence(one.code))}
    says = Amount.NOT_WEIGHED.label if referral.amount == Amount.NOT_WEIGHED else "Not answered"
    limits = (("drug", rules.limits.drug), ("property", rules.limits.property))
    return [
        {"title": limit.text, "answer": says, "tone": "waiting", "source": ""}
        for kind, limit in limits
        if limit is not None and kind in kinds
    ]


@require_POST
@requires(Permission.TRIAGE)
def triage_yes(request, pk):
    """LEAD can be offered: it goes on, with or without an approval."""
    referral = _waiting(request, pk)
    at, by = timezone.now(), request.membership
    if referral.status != ReferralStatus.TRIAGE:
        return _answer(request, referral, None, "Your yes is entered.", lambda: answer_community(
            referral=referral, answered="yes", by=by, at=at))  # fmt: skip
    approval = request.POST.get("approval") == "1"
    says = "It waits for approval." if approval else "It goes on. Whoever is on call is told."
    return _answer(request, referral, None, says, lambda: send_on(
        referral=referral, needs_approval=approval, by=by, at=at))  # fmt: skip


@require_POST
@requires(Permission.TRIAGE)
def triage_no(request, pk):
    """LEAD cannot be offered here, because …"""
    referral = _waiting(request, pk)
    at, by = timezone.now(), request.membership
    if referral.status != ReferralStatus.TRIAGE:
        form = CommunityNoForm(request.POST)
        return _answer(request, referral, form, "Your no is entered.", lambda: answer_community(
            referral=referral, answered="no", by=by, at=at, **form.cleaned_data))  # fmt: skip
    form = CannotForm(request.POST, choices=reasons(rules_by_id(referral.rules_id), referral.door))
    return _answer(request, referral, form, "Answered. It is counted, and no name is kept.", lambda: cannot_offer(
        referral=referral, by=by, at=at, **form.cleaned_data))  # fmt: skip


def _answer(request, referral, form, says, deed):
    if form is not None and not form.is_valid():
        return _triage_page(request, referral, form=form)
    try:
        deed()
    except StaleState as error:
        messages.error(request, str(error))
        return redirect("casefile:triage")
    except DomainError as error:
        if form is None:
            messages.error(request, str(error))
            return redirect("casefile:triage-one", referral.pk)
        form.say_refusal(error)
        return _triage_page(request, referral, form=form)
    messages.success(request, f"{referral.reference}: {says}")
    return redirect("casefile:triage")


# ---- counts


@require_safe
@requires(Permission.COUNTS)
def counts(request):
    """Offers by door, windows, decisions, outreach and the police's own incidents, for a month or a quarter."""
    site, now = request.membership.site, timezone.now()
    today = timezone.localdate()
    name = "month" if request.GET.get("by") == "month" else "quarter"
    text = request.GET.get("back", "0")
    back = min(int(text), MOST_BACK) if text.isdecimal() and len(text) < 4 else 0
    period = period_of(name, today, back)
    begins_at, ends_at = _midnight(period.begins_on), _midnight(period.ends_on)
    ruleset = current_ruleset(site.pk, today)
    rules = rules_for(ruleset) if ruleset else None
    target = rules.handoff.target_minutes if rules else None
    doors = count_doors(site.pk, begins_at, ends_at, target_minutes=target)
    rest = count_rest(site.pk, period, begins_at, ends_at, now=now)
    context = {
        "period": period,
        "other": "month" if name == "quarter" else "quarter",
        "doors": [(rules.door_name(door) if rules else Door(door).label, door, doors[door]) for door in Door.values],
        "police": sum_of(doors[Door.ARREST], doors[Door.SOCIAL]),
        "windows": count_windows(site.pk, period.begins_on, period.ends_on, today=today),
        "decisions": count_decisions(site.pk, begins_at, ends_at, today=today),
        "rest": rest,
        "incidents": [(GROUPS.get(group, group), number) for group, number in sorted(rest.incidents.items())],
        "target": target,
        "today": today,
    }
    return render(request, "operations/counts.html", context)


def sum_of(*doors: Doors) -> Doors:
    """Two doors together, for what is said of the police's doors; medians are not added."""
    names = ("sent", "declined", "ineligible", "offers", "handed_over", "arrivals", "in_time", "nobody_came")
    return Doors(**{name: sum(getattr(one, name) for one in doors) for name in names})


def _midnight(day) -> datetime:
    """The first moment of a day of the site."""
    return timezone.make_aware(datetime.combine(day, time()))
