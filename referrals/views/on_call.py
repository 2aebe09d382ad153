"""Who is on call, for everyone who may call them; the coordinator keeps the list."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from lead_cms.core.templatetags.dates import say_when
from referrals.actions.roster import LOOK_AHEAD, coming, doubles, end_shift, gaps
from referrals.models import OfferState, OnCallShift, ShiftOffer
from referrals.views.on_call_weeks import say_double, start_of, week_days

WEEKS = 6  # shown ahead
MOST_MINE = 6


def say_gap(begins: datetime, ends: datetime, now: datetime, until: datetime) -> str:
    """ "Nobody is on call from Saturday 10:00 pm until Sunday 8:00 am"; of what comes after `until` nothing is known."""
    start = "now" if begins <= now else f"from {say_when(begins)}"
    if ends >= until:
        return (
            f"Nobody is on call {start} and for the next 7 days" if begins <= now else f"Nobody is on call {start} on"
        )
    return f"Nobody is on call {start} until {say_when(ends)}"


@require_safe
@requires(Permission.ON_CALL_VIEW)
def on_call(request):
    """Who comes now, where nobody would, and the weeks to come."""
    keeps = has_permission(request.membership, Permission.ON_CALL_MANAGE)
    return render(request, "referrals/on_call/list.html", _page(request, timezone.now()) | {"keeps": keeps})


def _page(request, now: datetime) -> dict:
    """Two queries, whatever the number of shifts: the list of the weeks to come, and offers."""
    me, until = request.membership, now + LOOK_AHEAD
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    chosen = _week(request.GET.get("week", ""))
    begins, end = start_of(monday), start_of(monday + timedelta(weeks=WEEKS))
    shifts = coming(me.site_id, begins, end)
    # A role that has ended since the week began is on call no more.
    ahead = [shift for shift in shifts if shift.ends_at > now and shift.person.is_current(max(now, shift.starts_at))]
    near = [shift for shift in ahead if shift.starts_at < until]
    week_on = monday + timedelta(weeks=chosen)
    span = start_of(week_on), start_of(week_on + timedelta(weeks=1))
    in_week = [shift for shift in shifts if shift.starts_at < span[1] and shift.ends_at > span[0]]
    swaps = has_permission(me, Permission.ON_CALL_HAND_OVER)
    offers = list(open_offers(me, now)) if swaps else []
    offered = {one.shift_id for one in offers}
    return {
        "running": sorted((s for s in near if s.starts_at <= now), key=lambda s: (s.position, s.starts_at, s.pk)),
        "gaps": [say_gap(*gap, now, until) for gap in gaps(near, now, until)],
        "days": week_days(in_week, gaps(in_week, max(now, span[0]), span[1]), week_on, now),
        "doubles": [say_double(*one) for one in doubles(in_week) if one[3] > now],
        "week_on": week_on, "week_end": week_on + timedelta(days=6), "chosen": chosen,
        "before": chosen - 1 if chosen else None, "after": chosen + 1 if chosen + 1 < WEEKS else None,
        "coverage": [_covered(shifts, monday + timedelta(weeks=number), number, now) for number in range(WEEKS)],
        "mine": [shift for shift in ahead if shift.person_id == me.pk][:MOST_MINE] if swaps else None,
        "offers": offers, "offered": offered, "swaps": swaps, "me": me, "now": now,
    }  # fmt: skip


def _week(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) < WEEKS else 0


def open_offers(me, now: datetime):
    """Offers that wait for an answer, to and from a person; row security leaves those alone."""
    found = ShiftOffer.objects.filter(
        Q(offered_by=me) | Q(offered_to=me), state=OfferState.OPEN, shift__ends_at__gt=now
    )
    return found.select_related("shift", "in_return", "offered_by", "offered_to").order_by("offered_at", "pk")[:20]


def _covered(shifts, week_on, number: int, now: datetime) -> dict:
    """One of the weeks to come: covered, or how many hours nobody is on call."""
    begins, end = start_of(week_on), start_of(week_on + timedelta(weeks=1))
    within = [shift for shift in shifts if shift.starts_at < end and shift.ends_at > begins]
    found = gaps(within, max(now, begins), end)
    hours = sum((to - since for since, to in found), timedelta()).total_seconds() / 3600
    says = (
        "nobody planned yet" if not within else f"{len(found)} gap{'' if len(found) == 1 else 's'}, {hours:.0f} hours"
    )
    return {
        "week_on": week_on,
        "week_end": week_on + timedelta(days=6),
        "number": number,
        "says": says if found else "",
    }


@require_POST
@requires(Permission.ON_CALL_MANAGE)
def shift_end(request, pk):
    """End a shift now, or take one that has not begun off the list."""
    shift = get_object_or_404(OnCallShift, pk=pk)
    try:
        end_shift(shift=shift, by=request.membership, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The list is changed.")
    return redirect("referrals:on-call")
