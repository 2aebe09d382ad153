"""Screen 1 of the officer, "Can I, and who comes?", and what it says to somebody too young."""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.programs.current import current_ruleset, rules_for
from lead_cms.programs.hours import offered
from referrals.actions.correcting import count_under_age
from referrals.actions.drafts import drafts_of
from referrals.actions.handoff_officer import FALLBACK_NAMES, on_call
from referrals.actions.referring import assess_given
from referrals.enums import Door
from referrals.forms.officer import BadToken, CheckForm, pack, seal, unpack, unseal, unsure
from referrals.views.officer_shown import as_uuid

TONES = {"open": "good", "closed": "bad", "unknown": "neutral"}


def rules_here(request):
    """The rules in force today, or None and what the policy group must still decide."""
    ruleset = current_ruleset(request.membership.site_id, timezone.localdate())
    if ruleset is None:
        return None, None
    rules = rules_for(ruleset)
    missing = rules.missing()
    return (None, missing) if missing else (rules, None)


def not_ready(request, missing):
    return render(request, "referrals/officer/not_ready.html", {"missing": missing or []}, status=200)


def who_comes(request, rules) -> dict:
    """Who is on call now, and what the rules say of the wait."""
    now = timezone.now()
    shifts = on_call(request.membership.site_id, now)
    fallbacks = ways(rules, now, request.membership.site.tz)
    return {"shifts": shifts, "minutes": rules.handoff.target_minutes, "fallbacks": fallbacks}


def ways(rules, at, zone) -> list[dict]:
    """What the site does when nobody comes, in the rules' order, each with places, hours and number."""
    found = []
    for way, places in offered(rules.handoff.fallbacks or (), at, zone):
        if way.kind != "next_on_list":
            hours = f" within {way.outreach_hours} hours" if way.outreach_hours else ""
            shown = [{"place": place, "opening": opening, "tone": TONES[opening.state]} for place, opening in places]
            found.append({"says": FALLBACK_NAMES[way.kind] + hours, "phone": way.phone, "places": shown})
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFERRAL_CREATE)
def check(request):
    """Screen 1. It keeps nothing: the answers travel on in the address, as codes nobody can read."""
    rules, missing = rules_here(request)
    if rules is None:
        return not_ready(request, missing)
    site_id = request.membership.site_id
    try:
        if request.method == "POST":
            return _asked(request, rules)
        if typed := request.GET.get("f", ""):
            form = CheckForm(rules, unseal(typed, by=request.membership), site_id=site_id)
            return _ask_again(request, rules, form)
        if token := request.GET.get("c", ""):
            given, number = unpack(token, by=request.membership)
            form = CheckForm(rules, initial=CheckForm.initial_of(given) | {"number": number}, site_id=site_id)
            context = _screen_1(request, rules, form) | _answer(request, rules, given, token, number)
            return render(request, "referrals/officer/check.html", context)
    except BadToken:
        messages.info(request, "Those answers are too old. Answer again; nothing was kept.")
        return redirect("referrals:check")
    form = CheckForm(rules, initial={}, site_id=site_id)
    return render(request, "referrals/officer/check.html", _screen_1(request, rules, form))


def _asked(request, rules):
    """What was sent: on to the answer, to screen 2, to the youth number, or the form again with what it lacks."""
    if "under_age" in request.POST:
        return to_youth(request, request.POST.get("door", ""))
    if "override" in request.POST:
        return _override(request, rules)
    form, key = CheckForm(rules, request.POST, site_id=request.membership.site_id), key_of(request)
    if "unsure" in request.POST:
        form.is_valid()
        if form.cleaned_data.get("door"):
            token = pack(unsure(form.given()), by=request.membership, number=form.cleaned_data.get("number", ""))
            return redirect(_new_url(token, key))
    elif "answer" in request.POST and form.is_valid():
        return _to_answer(pack(form.given(), by=request.membership, number=form.cleaned_data["number"]), key)
    return _ask_again(request, rules, form)


def _ask_again(request, rules, form: CheckForm):
    """The form as it was sent. While an offense is looked for nothing is missing yet."""
    if not {"answer", "unsure"} & set(form.data):
        form.quiet()
    context = _screen_1(request, rules, form)
    if request.method == "POST" and (typed := seal(request.POST, by=request.membership)):
        context["here"] = f"{reverse('referrals:check')}?f={typed}&k={context['key']}"
    return render(request, "referrals/officer/check.html", context)


def key_of(request) -> uuid.UUID:
    """The key of the form on screen 2, from the first answer on: whatever leads back to it finds what was typed there."""
    return as_uuid(request.POST.get("k") or request.GET.get("k", "")) or uuid.uuid4()


def _screen_1(request, rules, form) -> dict:
    drafts = drafts_of(request.membership, timezone.now()) if not request.GET.get("c") else []
    return {
        "key": key_of(request), "form": form, "rules": rules, "who": who_comes(request, rules), "answer": None,
        "draft": drafts[0] if drafts else None, "many": len(rules.offences or ()),
    }  # fmt: skip


def _answer(request, rules, given, token, number) -> dict:
    """What the rules say, in their own words, and where it goes from here."""
    answer = assess_given(rules, given, at=timezone.now(), zone=request.membership.site.tz)
    reasons = [
        finding
        for finding in answer.findings
        if finding.overridable and not finding.overridden and Role.OFFICER in finding.override_roles
    ]
    key = key_of(request)
    tones = {"eligible": "good", "needs_approval": "waiting", "not_sure": "waiting", "ineligible": "bad"}
    return {
        "answer": answer, "token": token, "tone": tones[answer.outcome], "overridable": reasons,
        "findings": [(finding, tones[finding.outcome]) for finding in answer.findings],
        "unsure_url": _new_url(pack(unsure(given), by=request.membership, number=number), key),
        "write_url": _new_url(token, key), "key": key,
    }  # fmt: skip


def _override(request, rules):
    try:
        given, number = unpack(request.POST.get("c", ""), by=request.membership)
    except BadToken:
        return redirect("referrals:check")
    reasons = {
        one.code: text[:200]
        for one in rules.exclusions_for(given.door)
        if (text := request.POST.get(f"o_{one.code}", "").replace("\x00", "").strip())
    }
    if not reasons:
        messages.error(request, "Give a reason to go on; the rule stands otherwise.")
    given = replace(given, overrides={**given.overrides, **reasons})
    return _to_answer(pack(given, by=request.membership, number=number), key_of(request))


def _to_answer(token: str, key: uuid.UUID):
    # The browser would keep the form's own fragment, and scroll past the answer.
    return redirect(f"{reverse('referrals:check')}?c={token}&k={key}#main")


def _new_url(token: str, key: uuid.UUID) -> str:
    return f"{reverse('referrals:new')}?c={token}&k={key}"


def to_youth(request, door: str, precinct: str = ""):
    """Count that somebody was too young, keep nothing else, and say whom to call."""
    door = door if door in (Door.ARREST, Door.SOCIAL) else Door.ARREST
    count_under_age(by=request.membership, door=door, precinct=precinct, at=timezone.now())
    return redirect("referrals:youth")


@require_safe
@requires(Permission.REFERRAL_CREATE)
def youth(request):
    """Too young for LEAD: nothing was kept; whom to call."""
    rules, missing = rules_here(request)
    if rules is None:
        return not_ready(request, missing)
    title = f"LEAD is for people of {rules.minors.min_age} and over"
    return render(request, "referrals/officer/youth.html", {"minors": rules.minors, "title": title})
