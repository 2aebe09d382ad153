"""The agency's use of LEAD in counts, and an approver's own word on what was approved by telephone."""

from datetime import date, datetime

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.current import current_ruleset, rules_for
from referrals.actions.approvals import answer_approval, own_step_of
from referrals.enums import Complainant, Door, ReferralStatus
from referrals.forms.officer_own import AnswerForm
from referrals.models import Approval, Referral
from referrals.views.officer_shown import listed, title_of

S = ReferralStatus
NOT_OFFERS = (S.INELIGIBLE, S.CANCELLED, S.NOT_APPROVED)


def quarter_start(today: date) -> date:
    """The first day of the calendar quarter."""
    return date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)


def start_of(day: date) -> datetime:
    """Midnight of the day at the site."""
    return datetime.combine(day, datetime.min.time(), tzinfo=timezone.get_current_timezone())


@require_safe
@requires(Permission.AGENCY_OVERVIEW)
def agency(request):
    """Counts of this quarter; a cell of fewer people than the site's number is not shown."""
    membership, today = request.membership, timezone.localdate()
    ruleset = current_ruleset(membership.site_id, today)
    rules = rules_for(ruleset) if ruleset else None
    least = (rules.hear_back.fewer_than if rules else None) or 11
    since = quarter_start(today)
    rows = Referral.objects.filter(agency_id=membership.organisation_id, submitted_at__gte=start_of(since))
    counted = {
        "offers": Count("pk", filter=~Q(status__in=NOT_OFFERS)),
        "declined": Count("pk", filter=Q(status=S.DECLINED)),
        "ineligible": Count("pk", filter=Q(status=S.INELIGIBLE)),
        "handed_over": Count("pk", filter=Q(handoff__handed_over_at__isnull=False)),
        "nobody_came": Count("pk", filter=Q(handoff__nobody_came_at__isnull=False)),
    }
    doors = {row["door"]: row for row in rows.values("door").annotate(**counted).order_by("door")}
    labels = [
        ("offers", "Offers made"), ("declined", "Offers declined"), ("ineligible", "LEAD could not be offered"),
        ("handed_over", "Handed over"), ("nobody_came", "Times nobody came"),
    ]  # fmt: skip
    table = [[label, *(_cell(doors.get(door, {}).get(code, 0), least) for door in _doors())] for code, label in labels]
    columns = [{"label": _name(door, rules), "num": True} for door in _doors()]
    context = {
        "since": since, "columns": ["This quarter", *columns], "table": table,
        "least": least, "agency": membership.organisation.name,
    }  # fmt: skip
    return render(request, "referrals/officer/agency.html", context)


def _name(door: Door, rules) -> str:
    """The site's own name of the door."""
    return rules.door_name(door).capitalize() if rules else door.label


def _doors():
    return (Door.ARREST, Door.SOCIAL)


def _cell(count: int, least: int) -> str:
    return str(count) if count == 0 or count >= least else f"fewer than {least}"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.APPROVAL_CONFIRM)
def answer(request, pk):
    """Yes or no to what an officer says was approved, or is waiting for it."""
    referral = get_object_or_404(Referral.objects.select_related("person", "approval", "officer"), pk=pk)
    approval = get_object_or_404(Approval, referral=referral)
    my_steps = referral.approval_steps.filter(role=request.membership.role)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_approval(
                referral=referral, answered=form.cleaned_data["answered"], because=form.cleaned_data["because"],
                by=request.membership, at=timezone.now(),
            )  # fmt: skip
        except StaleState as error:
            messages.info(request, str(error))
            return redirect("today")
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, "Your answer is entered.")
            return redirect("today")
    rules, step = referral.rules, own_step_of(referral, request.membership)
    context = {
        "referral": referral, "approval": approval, "form": form, "title": title_of(referral),
        "because": because_texts(rules_for(rules), approval), "row": listed(referral),
        "handed_over": referral.status in (S.HANDED_OVER, S.DONE),
        "step": step, "is_answered": step is None and bool(approval.answered or my_steps.exists()),
        "steps": list(referral.approval_steps.order_by("number")), "complainant": complainant_says(referral),
    }  # fmt: skip
    return render(request, "referrals/officer/answer.html", context)


def complainant_says(referral: Referral) -> str:
    """What the person or business harmed said, where somebody wrote it down."""
    known = referral.complainant_position
    return Complainant(known).label if known in Complainant.values else ""


def because_texts(rules, approval) -> list[str]:
    """The rules that ask for the approval, in their own words."""
    found = []
    for code in approval.because:
        exclusion = rules.exclusion(code)
        if exclusion is not None:
            found.append(exclusion.text)
        elif code == "approval":
            found.append(f"Every {rules.door_name(approval.referral.door)} needs approval.")
        elif code.startswith("over_"):
            limit = rules.limits.drug if "drug" in code else rules.limits.property
            found.append(limit.text if limit else code)
    return found
