"""One person's plan: goals in their own words, steps, reviews, and one page for them to keep."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.plan import GoalForm, ReviewForm, StepForm, as_wanted
from lead_cms.casefile.planpaper import paper_lines
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.seen import mark_of
from lead_cms.core.templatetags.dates import say_day
from participants.actions import plan as acting
from participants.actions.reach import NOT_YOURS, knows_in_full
from participants.enums import NOTE_DOMAINS, GoalState, StepState
from participants.models import Goal, GoalReview, GoalStep

MOST = 200  # of each; a story is not cut short
TONES = {GoalState.ACTIVE: "waiting", GoalState.MET: "good", GoalState.PARTLY: "good"}


def find_goal(request, pk) -> Goal:
    return get_object_or_404(Goal.objects.select_related("participant"), pk=pk, site_id=request.membership.site_id)


def _goals(participant) -> list[Goal]:
    """Those that are worked on first, the newest first of each."""
    found = list(Goal.objects.filter(participant=participant).order_by("-recorded_at", "-pk")[:MOST])
    return sorted(found, key=lambda goal: goal.state != GoalState.ACTIVE)


@require_safe
@requires(Permission.NOTES)
def plan(request, pk):
    """Their goals, each in one line."""
    participant = find_person(request, pk)
    record(AuditAction.PLAN_VIEWED, target=participant)
    rows = [_row(goal) for goal in _goals(participant)]
    in_full = knows_in_full(participant=participant, by=request.membership)
    context = {"participant": participant, "rows": rows, "in_full": in_full, "says": NOT_YOURS}
    return render(request, "casefile/plan/list.html", context)


def _row(goal: Goal) -> dict:
    hints = [goal.why, f"Look at it again {say_day(goal.review_on)}" if goal.review_on else ""]
    return {
        "label": goal.words, "hints": [hint for hint in hints if hint], "state": goal.get_state_display(),
        "tone": TONES.get(goal.state, "neutral"), "url": reverse("casefile:goal", args=[goal.pk]),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTES)
def goal_new(request, pk):
    """What they want, in their own words."""
    participant, form, made = find_person(request, pk), GoalForm(request.POST or None), []
    if request.method == "GET" and not knows_in_full(participant=participant, by=request.membership):
        return redirect("casefile:plan", pk=pk)  # which says whose it is, before anything is typed
    if request.method == "POST" and form.is_valid():
        by, at, given = request.membership, timezone.now(), {"given": form.given(), "key": form.cleaned_data["key"]}
        if went(
            request, form, lambda: made.append(acting.begin_goal(participant=participant, by=by, at=at, **given))
        ):  # fmt: skip
            messages.success(request, "The goal stands. A small step is next, if they want one.")
            return redirect("casefile:goal", pk=made[0].pk)
    back = reverse("casefile:plan", args=[pk])
    return render(
        request, "casefile/plan/form.html", {"title": "A goal", "form": form, "back": back, "who": participant}
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTES)
def goal_edit(request, pk):
    """In their words as they are now."""
    goal = find_goal(request, pk)
    form = GoalForm(request.POST or None, initial=as_wanted(goal))
    is_given = request.method == "POST" and form.is_valid()
    given = {"today": timezone.localdate()}
    if is_given and went(
        request, form, lambda: acting.reword_goal(goal=goal, given=form.given(), seen=form.cleaned_data["seen"], **given)
    ):  # fmt: skip
        messages.success(request, "Saved.")
        return redirect("casefile:goal", pk=pk)
    context = {
        "title": "The goal, in other words", "form": form, "back": reverse("casefile:goal", args=[pk]),
        "who": goal.participant,
    } | _now(form, goal)  # fmt: skip
    return render(request, "casefile/plan/form.html", context)


def _now(form: GoalForm, goal: Goal) -> dict:
    """When it was put otherwise meanwhile: how it reads now, which the next saving knows of."""
    if not form.is_bound or not form.non_field_errors():
        return {}
    goal.refresh_from_db()
    form.data = form.data.copy()
    form.data["seen"] = mark_of(goal, acting.WANTED)
    return {"now": [one for one in (goal.words, goal.why, goal.measure, goal.baseline) if one]}


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTES)
def goal(request, pk):
    """One goal: its steps, what they said of it, a step to add, and the next conversation."""
    found, by, at = find_goal(request, pk), request.membership, timezone.now()
    sent = request.POST if request.method == "POST" else None
    is_review = sent is not None and "review" in sent
    step = StepForm(sent if sent is not None and not is_review else None)
    review = ReviewForm(sent if is_review else None, initial=_standing(found))
    if step.is_bound and step.is_valid():
        given = step.cleaned_data
        if went(request, step, lambda: acting.add_step(goal=found, by=by, at=at, **given)):
            messages.success(request, "The step stands.")
            return redirect("casefile:goal", pk=pk)
    if review.is_bound and review.is_valid():
        said = review.given()
        if went(
            request,
            review,
            lambda: acting.review_goal(goal=found, given=said, by=by, at=at, key=review.cleaned_data["key"]),
        ):
            messages.success(request, "Kept, in their words.")
            return redirect("casefile:goal", pk=pk)
    record(AuditAction.PLAN_VIEWED, target=found)
    told = GoalReview.objects.filter(goal=found).select_related("reviewed_by").order_by("-reviewed_at", "-pk")
    reviews = list(told[:MOST])
    context = {
        "goal": found, "step": step, "review": review, "steps": _steps(found), "facts": _facts(found, reviews),
        "reviews": reviews, "tone": TONES.get(found.state, "neutral"),
        "done": StepState.DONE.value, "let_go": StepState.LET_GO.value, "open": StepState.OPEN.value,
    }  # fmt: skip
    return render(request, "casefile/plan/goal.html", context)


def _standing(goal: Goal) -> dict:
    """What a conversation leaves as it is unless they say otherwise: how it stands, and a day that is still to come."""
    is_to_come = goal.review_on is not None and goal.review_on > timezone.localdate()
    return {"state": goal.state, "review_on": goal.review_on if is_to_come else None}


def _steps(goal: Goal) -> list[GoalStep]:
    """What is to do comes first, as it was written down; of very many the latest are shown."""
    found = list(GoalStep.objects.filter(goal=goal).order_by("-recorded_at", "-pk")[:MOST])
    return sorted(reversed(found), key=lambda one: one.state != StepState.OPEN)


def _on_scale(goal: Goal, reviews: list[GoalReview]) -> str:
    """ "3 of 10 as it began; 7 of 10 Tue Oct 20": their own number then, and the last one that they said."""
    last = next((one for one in reviews if one.scale is not None), None)
    said = [f"{goal.scale} of 10 as it began"] if goal.scale is not None else []
    return "; ".join([*said, f"{last.scale} of 10 {say_day(last.reviewed_at)}"] if last else said)


def _facts(goal: Goal, reviews: list[GoalReview]) -> list[dict]:
    edit = reverse("casefile:goal-edit", args=[goal.pk])
    return [
        {"label": "Why it matters", "value": goal.why, "change_url": edit, "missing": "Not said"},
        {"label": "What would tell them that it went well", "value": goal.measure, "missing": "Not said"},
        {"label": "Where they began", "value": goal.baseline, "missing": "Not said"},
        {"label": "On their own scale", "value": _on_scale(goal, reviews), "missing": "Not said"},
        {"label": "About", "value": NOTE_DOMAINS.get(goal.domain, goal.domain), "missing": "Not said"},
        {"label": "Begun", "value": say_day(goal.begun_on)},
        {
            "label": "Look at it again",
            "value": say_day(goal.review_on) if goal.review_on else "",
            "missing": "No day set",
        },
    ]


@require_POST
@requires(Permission.NOTES)
def step_answer(request, pk):
    """One tap: done, or let go; and another, where it was a slip of the finger."""
    found = get_object_or_404(GoalStep, pk=pk, site_id=request.membership.site_id)
    state = request.POST.get("state", "")
    if went(request, None, lambda: acting.answer_step(step=found, state=state, at=timezone.now())):
        messages.success(request, "Written down.")
    return redirect("casefile:goal", pk=found.goal_id)


@require_safe
@requires(Permission.NOTES)
def plan_paper(request, pk):
    """One plain page for the person: their own words, and who does what by when. Nothing that could harm them if found.

    Lines that name what may harm are left out until somebody ticks them; which are ticked stands in the address, as keys.
    """
    participant = find_person(request, pk)
    record(AuditAction.PLAN_PRINTED, target=participant)
    goals = [goal for goal in _goals(participant) if goal.state == GoalState.ACTIVE]
    steps: dict = {}
    for one in GoalStep.objects.filter(goal__in=goals, state=StepState.OPEN).order_by("recorded_at", "pk")[:MOST]:
        steps.setdefault(one.goal_id, []).append(one)
    ticked = request.GET.getlist("line") if "ticked" in request.GET else None
    lines = paper_lines([(goal, steps.get(goal.pk, [])) for goal in goals], ticked)
    context = {
        "participant": participant, "lines": lines, "rows": [one for one in lines if one.is_on],
        "left_out": any(one.names and not one.is_on for one in [*lines, *(step for one in lines for step in one.steps)]),
    }  # fmt: skip
    return render(request, "casefile/plan/paper.html", context)
