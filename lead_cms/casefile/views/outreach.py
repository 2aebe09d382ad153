"""The list of referrals without a clock: waiting, to be found, tried, reached; then yes, not now or not found."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Now
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile.lists import closed_here, first, named, not_closed, said
from lead_cms.casefile.urgency import case_url, door_of, name_of, outreach_row, tries_note, where_of
from lead_cms.casefile.views.asking import find_referral, went
from lead_cms.core.prepared import prepared
from lead_cms.core.templatetags.dates import say_when
from lead_cms.programs.current import current_ruleset, rules_for
from lead_cms.programs.rules import Rules
from participants.models import Participant
from referrals.actions.outreach import change_outreach
from referrals.enums import Door, OutreachState
from referrals.models import Attempt, OutreachEntry

PAGE = 25
SAYS = {
    OutreachState.WAITING: "Waiting since",
    OutreachState.TO_FIND: "Listed",
    OutreachState.TRIED: "Listed",
    OutreachState.REACHED: "Reached",
    OutreachState.YES: "Said yes",
    OutreachState.NOT_NOW: "Door open since",
    OutreachState.NOT_FOUND: "Door open since",
    OutreachState.DIED: "Since",
}


@require_safe
@requires(Permission.OUTREACH)
def outreach(request):
    """One state at a time, first listed first; held charges before the others where the rules say so."""
    chosen = request.GET.get("state", OutreachState.TO_FIND)
    chosen = OutreachState(chosen) if chosen in OutreachState.values else OutreachState.TO_FIND
    after = read_key(request.GET.get("after", ""))
    rules, now = _rules(request.membership.site_id), timezone.now()
    entries, last = _entries(request, chosen, after, rules)
    here = reverse("casefile:outreach")
    context = {
        "rows": [_row(entry, now, rules) for entry in entries],
        "filters": [(state.label, f"{here}?state={state}", state == chosen) for state in OutreachState],
        "chosen": chosen,
        "label": chosen.label,
        "newer_url": f"{here}?state={chosen}" if after else "",
        "older_url": _older(here, chosen, last) if last else "",
        "closed": closed_here(request.membership),
    }
    return render(request, "casefile/cases/outreach.html", context)


@require_POST
@requires(Permission.OUTREACH)
def change(request, pk):
    """Move one entry along."""
    referral = find_referral(request, pk)
    to = request.POST.get("to", "")
    entry_there = OutreachEntry.objects.filter(referral=referral).exists()
    if entry_there and went(
        request, None, lambda: change_outreach(referral=referral, to=to, by=request.membership, at=timezone.now())
    ):
        messages.success(request, f"On the list as “{OutreachState(to).label}”.")
    return redirect("casefile:case", pk=pk)


def read_key(text: str) -> tuple[int, datetime, UUID] | None:
    """The key of the page before, "group,moment,uuid"; anything else is the first page."""
    try:
        group, moment, key = text.split(",")
        return int(group), datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        return None


def _entries(request, state: str, after, rules: Rules | None):
    """A page of entries; with "arrest door first" those of it make a first group, each group by the day listed."""
    site_id = request.membership.site_id
    groups = [{}]
    if state == OutreachState.WAITING and rules and rules.no_capacity.arrest_first:
        groups = [{"door_first": True}, {"door_first": False}]
    rows = []
    for number, group in enumerate(groups):
        if after and number < after[0]:
            continue
        if after and number == after[0]:
            group |= {"after_at": after[1], "after_key": after[2]}
        found = named(
            OF_ENTRY, _told(site_id=site_id, me=request.membership.pk, state=str(state), most=PAGE + 1, **group)
        )
        rows += [(number, entry) for entry in found[: PAGE + 1 - len(rows)]]
        if len(rows) > PAGE:
            break
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    return [entry for _, entry in rows[:PAGE]], more


OF_ENTRY = said(
    "pk", "state", "listed_at", "first_try_target_at", "first_tried_at", "state_changed_at", "last_kind", "last_place",
    manager=True,
)  # fmt: skip


@prepared(site_id=UUID, me=UUID, after_at=datetime, after_key=UUID)
def _told(*, site_id, me, state, most, door_first=None, after_at=None, after_key=None):
    """The first listed, with all that a row of them says; `door_first` divides those held from the others."""
    died = Participant.objects.filter(caseworks__referral=OuterRef("referral_id"), died_on__isnull=False)
    entries = OutreachEntry.objects.filter(~Exists(died), not_closed(me), site_id=site_id, state=state)
    if door_first is not None:
        held = Q(referral__door=Door.ARREST)
        entries = entries.filter(held) if door_first else entries.exclude(held)
    if after_at is not None:
        later = Q(listed_at__gt=after_at) | Q(listed_at=after_at, pk__gt=after_key)
        entries = entries.filter(later, listed_at__gte=after_at)
    last_try = Attempt.objects.filter(referral=OuterRef("referral_id")).order_by("-tried_at", "-pk")
    last_place = Case(When(place_until_at__gt=Now(), then=F("place")), default=Value(""))
    found = first(entries, "listed_at", "pk", most=most).annotate(
        last_kind=Subquery(last_try.values("kind")[:1]),
        last_place=Subquery(last_try.annotate(spot=last_place).values("spot")[:1]),
    )
    return found.values_list(*OF_ENTRY.values())


def _rules(site_id) -> Rules | None:
    ruleset = current_ruleset(site_id, timezone.localdate())
    return rules_for(ruleset) if ruleset else None


def _row(entry, now: datetime, rules: Rules | None) -> dict:
    state = OutreachState(entry.state)
    if state == OutreachState.TO_FIND and entry.first_tried_at is None:
        row = outreach_row(entry, now, rules)
    else:
        listed = state in (OutreachState.TO_FIND, OutreachState.TRIED)
        since = entry.listed_at if listed else entry.state_changed_at
        place = f"Last at {entry.last_place}." if entry.last_place else ""
        row = {
            "title": name_of(entry), "url": case_url("case", entry.key), "due_says": state.label,
            "due_note": f"{SAYS[state].lower()} {say_when(since)}", "badge": door_of(entry, rules),
            "notes": [tries_note(entry, entry.last_kind), place, where_of(entry)],
            "action": {"label": "Log a try", "url": case_url("attempt", entry.key)},
        }  # fmt: skip
        if not listed and state != OutreachState.WAITING:
            row["action"] = {"label": "Open", "url": case_url("case", entry.key)}
    row["notes"] = [*row["notes"], entry.manager or "Nobody looks after this yet"]
    return row


def _older(here: str, state: str, last) -> str:
    group, entry = last
    query = QueryDict(mutable=True)
    query["state"], query["after"] = state, f"{group},{entry.listed_at.isoformat()},{entry.pk}"
    return f"{here}?{query.urlencode()}"
