"""Who is on call, for everyone who may call them; the coordinator keeps the list."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from lead_cms.core.templatetags.dates import say_when
from referrals.actions.roster import LOOK_AHEAD, add_shift, coming, end_shift, gaps
from referrals.forms.roster import ShiftForm
from referrals.models import OnCallShift


def say_gap(begins: datetime, ends: datetime, now: datetime, until: datetime) -> str:
    """ "Nobody is on call from Saturday 10:00 pm until Sunday 8:00 am"; of what comes after `until` nothing is known."""
    start = "now" if begins <= now else f"from {say_when(begins)}"
    if ends >= until:
        return (
            f"Nobody is on call {start} and for the next 7 days" if begins <= now else f"Nobody is on call {start} on"
        )
    return f"Nobody is on call {start} until {say_when(ends)}"


@require_http_methods(["GET", "POST"])
@requires(Permission.ON_CALL_VIEW)
def on_call(request):
    """Who comes now, who comes next, and where nobody would."""
    me, now = request.membership, timezone.now()
    keeps = has_permission(me, Permission.ON_CALL_MANAGE)
    form = ShiftForm(request.POST or None, site_id=me.site_id) if keeps else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            try:
                made = add_shift(**form.given(), by=me, at=now)
            except DomainError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, f"{made.person.name} is on the list from {say_when(made.starts_at)}.")
                return redirect("referrals:on-call")
    until = now + LOOK_AHEAD
    shifts = coming(me.site_id, now, until)
    running = sorted((s for s in shifts if s.starts_at <= now), key=lambda s: (s.position, s.starts_at, s.pk))
    context = {
        "running": running,
        "later": [s for s in shifts if s.starts_at > now],
        "gaps": [say_gap(*gap, now, until) for gap in gaps(shifts, now, until)],
        "form": form,
        "keeps": keeps,
    }
    return render(request, "referrals/on_call/list.html", context)


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
