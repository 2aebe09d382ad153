"""What happened since I left: facts by person, and lines that the team leaves to each other."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.since import LineForm, SinceForm
from lead_cms.casefile.lists import closed_here
from lead_cms.casefile.since import MINE, TEAM, happened, panels
from lead_cms.casefile.views.asking import went
from lead_cms.core.prepared import prepared
from lead_cms.core.templatetags.dates import say_when
from participants.actions.lines import leave_line, take_line
from participants.models import ShiftLine
from referrals.models import OnCallShift

EVENING = time(18)
FARTHEST = timedelta(days=14)
MOST_LINES = 20
UNTIL = "until"
SCOPES = {MINE: "Mine, and new ones", TEAM: "The team"}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CASEWORK_VIEW)
def since(request):
    """By person, newest first; a line to the next shift is written here as well."""
    me, now = request.membership, timezone.now()
    line = LineForm(request.POST or None)
    if request.method == "POST" and line.is_valid():
        given = line.cleaned_data
        if went(request, line, lambda: leave_line(key=given["key"], text=given["text"], by=me, at=now)):
            messages.success(request, "Left for the next shift.")
            return redirect("casefile:since")
    scope = request.GET.get("who", TEAM if me.role == Role.SUPERVISOR else MINE)
    scope = scope if scope in SCOPES else MINE
    form = SinceForm(request.GET if {"since_0", "since_1"} & set(request.GET) else None)
    starts = _starts(me, now)
    moment = _moment(form, now) or starts[0][1]
    until = _until(request, moment, now)
    found, older = happened(scope, me, moment, until or now)
    record(AuditAction.SINCE_VIEWED, scope=scope, since=moment.isoformat())
    here = _url(scope, moment)
    context = {
        "people": panels(found), "newer_url": here if until else "",
        "older_url": f"{here}&{urlencode({UNTIL: older.isoformat()})}" if older else "",
        "closed": closed_here(me), "since": moment, "form": form, "line": line, "scope": scope,
        "filters": [(label, _url(code, moment), code == scope) for code, label in SCOPES.items()],
        "starts": [(label, _url(scope, at), at == moment) for label, at in starts],
        "lines": _lines(site_id=me.site_id, now=now), "me": me, "takes_all": me.role == Role.SUPERVISOR,
        "is_typed": bool(form.errors),
    }  # fmt: skip
    return render(request, "casefile/since/page.html", context)


@require_POST
@requires(Permission.CASEWORK_VIEW)
def line_erase(request, pk):
    """One's own, or a supervisor's tidying up."""
    line = get_object_or_404(ShiftLine, pk=pk, site_id=request.membership.site_id)
    if went(request, None, lambda: take_line(line=line, by=request.membership)):
        messages.success(request, "The line is gone.")
    return redirect("casefile:since")


def _starts(me, now: datetime) -> list[tuple[str, datetime]]:
    """When one may have left: the end of the last shift of one's own, yesterday evening, a week ago."""
    (ended,) = _last_shift(site_id=me.site_id, me=me.pk, now=now, since=now - FARTHEST) or [None]
    today = timezone.localtime(now).date()
    evening = timezone.make_aware(datetime.combine(today - timedelta(days=1), EVENING))
    week = timezone.make_aware(datetime.combine(today - timedelta(days=7), time.min))
    found = [(f"My last shift ended {say_when(ended)}", ended)] if ended else []
    return [*found, ("Yesterday 6 pm", evening), ("A week ago", week)]


@prepared(site_id=UUID, me=UUID, now=datetime, since=datetime)
def _last_shift(*, site_id, me, now, since):
    last = OnCallShift.objects.filter(site_id=site_id, person=me, ends_at__lte=now, ends_at__gt=since)
    return last.order_by("-ends_at").values_list("ends_at", flat=True)[:1]


@prepared(site_id=UUID, now=datetime)
def _lines(*, site_id, now):
    lines = ShiftLine.objects.filter(site_id=site_id, expires_at__gt=now).select_related("written_by")
    return lines.order_by("-written_at", "-pk")[:MOST_LINES]


def _moment(form: SinceForm, now: datetime) -> datetime | None:
    """What was asked for, no longer ago than two weeks."""
    if not form.is_bound or not form.is_valid() or form.cleaned_data["since"] is None:
        return None
    asked = form.cleaned_data["since"]
    if asked > now:
        form.add_error("since", "This is still to come.")
    elif asked < now - FARTHEST:
        form.add_error("since", f"At most {FARTHEST.days} days back. What is older stands on each person’s page.")
    else:
        return asked
    return None


def _until(request, moment: datetime, now: datetime) -> datetime | None:
    """Where the page before this one ended; None on the first."""
    try:
        until = parse_datetime(request.GET.get(UNTIL, ""))
    except ValueError:
        return None
    return until if until and timezone.is_aware(until) and moment <= until < now else None


def _url(scope: str, at: datetime) -> str:
    local = timezone.localtime(at)
    query = QueryDict(mutable=True)
    query.update({"who": scope, "since_0": f"{local:%Y-%m-%d}", "since_1": f"{local:%H:%M}"})
    return f"{reverse('casefile:since')}?{query.urlencode()}"
