"""The monthly picture: a whole caseload confirmed on one page, and one person's months with what stood there before."""

from uuid import UUID

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import CASEWORK, Permission, Role
from lead_cms.access.views import requires
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile import monthpage
from lead_cms.casefile.forms.months import MonthForm
from lead_cms.casefile.monthpage import Asked, Line, said_month
from lead_cms.casefile.monthrow import month_head, month_row
from lead_cms.casefile.today.case_manager import rules_of_site
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.addresses import address as page_of_key
from lead_cms.core.keyset import keyset
from lead_cms.core.templatetags.dates import say_day
from participants.actions.months import (
    MONTHS_BACK,
    Outcome,
    Said,
    confirm_months,
    first_of,
    month_after,
    picture_of,
)
from participants.models import PersonMonth

STALE = "This has changed since the page was opened. See what stands here now."


def asked_of(request) -> Asked:
    """Whose month: one's own people, or for a supervisor a colleague's; a month nobody looks at is this one."""
    me, today = request.membership, timezone.localdate()
    is_supervisor = me.role == Role.SUPERVISOR
    this = first_of(today)
    month = monthpage.month_asked(request.GET.get("month", ""), this)
    back = MONTHS_BACK if is_supervisor else 1
    if not month_after(this, -back) <= month <= this:
        month = this
    manager = me
    if is_supervisor and (of := key_or_none(request.GET.get("of", ""))):
        manager = get_object_or_404(Membership, pk=of, site_id=me.site_id, role__in=CASEWORK)
    rules = rules_of_site(me.site_id, today)
    return Asked(manager, month, me, today, rules.caseload.month_until_day if rules else None)


def key_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def address(asked: Asked, **more) -> str:
    """This page again, for the same people."""
    of = {} if asked.manager == asked.by else {"of": asked.manager.pk}
    given = {"month": f"{asked.month:%Y-%m}"} | of | more
    return f"{reverse('casefile:months')}?{urlencode(given)}"


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTES)
def months(request):
    """One page for the whole caseload: as before in one tap, changed in place, the rest confirmed together."""
    asked = asked_of(request)
    if request.method == "POST":
        return _saved(request, asked)
    opened = key_or_none(request.GET.get("open", ""))
    return _shown(request, asked, opened=opened)


def _shown(request, asked: Asked, *, opened: UUID | None = None, form: MonthForm | None = None, seen: str = ""):
    page = monthpage.page_of(request, asked)
    record(AuditAction.MONTHS_VIEWED, target=asked.manager, month=f"{asked.month:%Y-%m}", people=len(page.rows))
    here = address(asked)
    rows = [_row(asked, line, here) for line in page.rows]
    for row, line in zip(rows, page.rows, strict=True):
        if line.participant.pk == opened and line.is_open:
            row |= {
                "form": form or MonthForm(initial=vars(line.picture), auto_id="id_%s"), "head": month_head(row),
                "seen": seen or (line.current.pk if line.current else ""),
            }  # fmt: skip
        else:
            row["says"] = month_row(row)
    is_supervisor = asked.by.role == Role.SUPERVISOR
    month, this = said_month(asked.month), first_of(asked.today)
    context = {
        "asked": asked, "page": page, "rows": rows, "month": month, "here": here,
        "confirmed": sum(line.current is not None for line in page.rows),
        "waiting": [row for row in rows if row["can_stay"]],
        "is_this": asked.month == this, "until": _until(asked), "others": _others(asked, this),
        "team": _team(asked) if is_supervisor else None, "is_other": asked.manager != asked.by,
    }  # fmt: skip
    return render(request, "casefile/months/list.html", context)


def _row(asked: Asked, line: Line, here: str) -> dict:
    person = line.participant
    many = "" if line.contacts == 1 else "s"
    hints = [
        f"{line.contacts} contact{many} both ways in signed notes" if line.contacts else "No contact in signed notes"
    ]
    if line.missing:
        unconfirmed = [said_month(month, asked.today) for month in line.missing]
        hints.append(f"Nobody confirmed {', '.join(unconfirmed)}")
    if line.is_before:
        hints = ["The month before they began: what later ones are measured against"]
    else:
        hints += line.hints
    key, current = str(person.pk), line.current
    return {
        "line": line, "key": key, "name": person.shown_name, "anchor": f"p-{key}", "words": line.words, "hints": hints,
        "source": line.source, "can_stay": line.can_stay, "is_open": line.is_open, "form": None,
        "change_url": f"{here}&open={key}#p-{key}", "months_url": page_of_key("casefile:person-months", key),
        "by": current and f"Confirmed {say_day(current.confirmed_at, asked.today)} by {current.confirmed_by.name}",
    }  # fmt: skip


def _until(asked: Asked) -> str:
    """Until when, in words, by the site's rules."""
    if asked.month == first_of(asked.today):
        if asked.until_day is None:
            return "The site has not decided until when it can be confirmed later: do it before the month ends."
        after = asked.after.replace(day=asked.until_day)
        return f"It can be confirmed until {after:%B} {after.day}."
    if asked.by.role == Role.SUPERVISOR:
        return "As a supervisor you can complete and correct it."
    if asked.until_day is None:
        return "The site has not decided until when a past month can be confirmed. Your supervisor still can."
    last = asked.after.replace(day=asked.until_day)
    if asked.today <= last:
        return f"It can be confirmed until {last:%B} {last.day}."
    return f"It could be confirmed until {last:%B} {last.day}. Your supervisor still can."


def _others(asked: Asked, this) -> list[dict]:
    back = 3 if asked.by.role == Role.SUPERVISOR else 1
    return [
        {
            "label": said_month(month), "current": month == asked.month,
            "url": address(Asked(asked.manager, month, asked.by, asked.today, asked.until_day)),
        }
        for month in (month_after(this, -one) for one in range(back + 1))
    ]  # fmt: skip


def _team(asked: Asked) -> list[dict]:
    return [
        {
            "label": one.name,
            "hints": [f"{one.confirmed} of {one.people} confirmed"],
            "url": address(Asked(Membership(pk=one.key), asked.month, asked.by, asked.today, asked.until_day)),
        }
        for one in monthpage.team(asked.by.site_id, asked.month)
    ]


# ---- what is sent


def _saved(request, asked: Asked):
    if key := key_or_none(request.POST.get("save", "")):
        return _changed(request, asked, key)
    return _as_before(request, asked)


def _as_before(request, asked: Asked):
    """One person, or everybody of the page whose picture is as it was shown; the rest is told and left alone."""
    shown = dict(pair.split(":", 1) for pair in request.POST.getlist("shown") if ":" in pair)
    only = request.POST.get("before", "")
    page = monthpage.page_of(request, asked)
    said, stale = [], 0
    for line in page.rows:
        key = str(line.participant.pk)
        if only not in {"", key} or key not in shown:
            continue
        if line.current is None and line.picture.says_something and shown[key] != line.digest:
            stale += 1
            continue
        said.append(Said(line.participant, asked.month, line.picture, line.current.pk if line.current else None))
    told = confirm_months(said=said, by=asked.by, at=timezone.now(), until_day=asked.until_day)
    done = sum(one.outcome == Outcome.CONFIRMED for one in told)
    if done:
        messages.success(request, f"{done} confirmed for {said_month(asked.month)}.")
    for why in sorted({one.why for one in told if one.outcome == Outcome.DECLINED}):
        messages.warning(request, why)
    if stale:
        messages.warning(request, STALE)
    if not told and not stale:
        messages.warning(request, "Nothing was waiting to be confirmed as before.")
    return redirect(f"{request.get_full_path()}#p-{only}" if key_or_none(only) else request.get_full_path())


def _changed(request, asked: Asked, key: UUID):
    """One person's month as it is entered; what cannot be is said beside its field, and what was entered stays."""
    line, form = monthpage.line_of(asked, key), MonthForm(request.POST, auto_id="id_%s")
    if line is None:
        messages.warning(request, STALE)
        return redirect(address(asked))
    seen = request.POST.get("seen", "")
    if form.is_valid():
        said = Said(line.participant, asked.month, form.picture(), key_or_none(seen))
        (told,) = confirm_months(said=[said], by=asked.by, at=timezone.now(), until_day=asked.until_day)
        if told.outcome != Outcome.DECLINED:
            messages.success(request, f"{line.participant.shown_name}: {said_month(asked.month)} saved.")
            return redirect(f"{address(asked)}#p-{key}")
        form.add_error(None, told.why)
        # What stands here now is shown beside it; sending again keeps what was entered.
        seen = str(line.current.pk) if line.current else ""
    return _shown(request, asked, opened=key, form=form, seen=seen)


@require_safe
@requires(Permission.NOTES)
def person_months(request, pk):
    """One person's months, the newest first, each with what stood there before it was corrected."""
    participant = find_person(request, pk)
    record(AuditAction.MONTHS_VIEWED, target=participant)
    found = PersonMonth.objects.filter(participant=participant).select_related("confirmed_by", "superseded_by")
    page = keyset(request, found, "-month", "-confirmed_at", "-pk")
    rows = [_one(row) for row in page.rows]
    return render(request, "casefile/months/person.html", {"participant": participant, "rows": rows, "page": page})


def _one(row: PersonMonth) -> dict:
    hints = [" · ".join(monthpage.in_words(picture_of(row))) or "Nothing was known"]
    hints.append(f"Confirmed {say_day(row.confirmed_at)} by {row.confirmed_by.name}")
    if row.superseded_at is None:
        return {"label": said_month(row.month), "hints": hints}
    hints.append(f"Corrected {say_day(row.superseded_at)} by {row.superseded_by.name}")
    return {"label": said_month(row.month), "hints": hints, "state": "Stood here before", "tone": "neutral"}
