"""The auditor's pages: what was done, looked at and refused at the site; who has which role. Each search is recorded."""

import csv
from io import StringIO

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.audit import reading
from lead_cms.audit.events import AuditAction
from lead_cms.audit.in_words import say_action, say_record
from lead_cms.audit.record import record
from lead_cms.casefile import auditing
from lead_cms.casefile.forms.audit import AuditForm
from lead_cms.casefile.today.case_manager import rules_of_site
from lead_cms.core.keyset import keyset
from lead_cms.core.templatetags.dates import say_day, say_when

MOST_EXPORTED = 10_000


@require_safe
@requires(Permission.AUDIT_VIEW)
def audit_list(request):
    """Search: newest first. A search with something wrong in it looks nothing up."""
    form = AuditForm(request.GET)
    page, rows = None, []
    if form.is_valid():
        found, said = auditing.asked(form.cleaned_data, request.membership)
        page = keyset(request, found, *reading.ORDER)
        rows = [auditing.event_row(one) for one in page.rows]
        record(AuditAction.AUDIT_READ, page="search", shown=len(rows), **said)
    context = {"form": form, "page": page, "rows": rows, "columns": auditing.COLUMNS, "most": MOST_EXPORTED,
               "asked": any(request.GET.get(name) for name in form.fields)}  # fmt: skip
    return render(request, "audit/list.html", context)


@require_POST
@requires(Permission.AUDIT_VIEW)
def audit_export(request):
    """What the search shows as CSV, the newest MOST_EXPORTED of it. It names its custodian and is recorded."""
    form = AuditForm(request.POST)
    if not form.is_valid():
        return render(request, "audit/list.html", {"form": form, "page": None, "rows": []}, status=400)
    found, said = auditing.asked(form.cleaned_data, request.membership)
    events = list(found.order_by(*reading.ORDER)[:MOST_EXPORTED])
    me, now = request.membership, timezone.now()
    record(AuditAction.AUDIT_EXPORTED, rows=len(events), custodian=str(me.organisation_id), **said)
    out = StringIO()
    writer = csv.writer(out)
    custodian = auditing.plain(me.organisation.name)
    writer.writerow([f"Custodian of this export: {custodian}, for {me.site.name}. Audit of deeds, no case text."])
    writer.writerow([f"Exported {say_when(now)} by {me.name}; {len(events)} events, newest first."])
    writer.writerows(auditing.export_lines(events))
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{me.site.slug}-{timezone.localdate()}.csv"'
    return response


@require_safe
@requires(Permission.AUDIT_VIEW)
def audit_event(request, pk):
    """One event whole, with what else the same request recorded."""
    event = reading.event(pk)
    if event is None:
        raise Http404
    record(AuditAction.AUDIT_READ, page="event", event=str(event.pk))
    facts = [
        {"label": "When", "value": say_when(event.recorded_at)},
        {"label": "Exactly", "value": timezone.localtime(event.recorded_at).isoformat()},
        {"label": "Who", "value": event.actor_label},
        {"label": "Code of the deed", "value": event.action},
        {"label": "Record", "value": f"{say_record(event.target_model)} {event.target_id}".strip(), "missing": "None"},
        {"label": "Request", "value": event.request_id},
        *(
            {"label": f"Detail: {name.replace('_', ' ')}", "value": _said(value)}
            for name, value in sorted(event.details.items())
        ),
    ]
    context = {
        "event": event, "title": say_action(event.action), "facts": facts, "columns": auditing.COLUMNS,
        "siblings": [auditing.event_row(one) for one in reading.siblings(event)],
    }  # fmt: skip
    return render(request, "audit/event.html", context)


@require_safe
@requires(Permission.AUDIT_VIEW)
def audit_reopened(request):
    """Many old referrals opened again by one of police in one shift."""
    now, today = timezone.now(), timezone.localdate()
    rules = rules_of_site(request.membership.site_id, today)
    found = auditing.reopened(request.membership, rules, now)
    record(AuditAction.AUDIT_READ, page="reopened")
    context = {"found": found, "review": rules.review if rules else None, "days": auditing.LOOK_BACK.days}
    return render(request, "audit/reopened.html", context)


@require_safe
@requires(Permission.AUDIT_VIEW)
def audit_access(request):
    """Who has which role since when, when they last signed in, which roles end soon and which sign-ins rest."""
    me, now = request.membership, timezone.now()
    rules = rules_of_site(me.site_id, timezone.localdate())
    chosen = request.GET.get("show", "all")
    found = auditing.roles(me.site_id)
    ending, idle = auditing.to_look_at(found, rules, now)
    lists = {"all": found, "ending": ending, "idle": idle}
    chosen = chosen if chosen in lists else "all"
    page = keyset(request, lists[chosen], "name", "pk")
    record(AuditAction.AUDIT_READ, page="access", show=chosen, shown=len(page.rows))
    rows = [
        [
            one.name, Role(one.role).label, one.organisation.name, say_day(one.starts_at), auditing.state_of(one, now),
            say_when(one.user.last_login) if one.user.last_login else "Never",
        ]
        for one in page.rows
    ]  # fmt: skip
    columns = ("Name", "Role", "Organization", "Since", "State", "Last signed in")
    context = {
        "page": page,
        "rows": rows,
        "columns": columns,
        "chosen": chosen,
        "review": rules.review if rules else None,
    }
    return render(request, "audit/access.html", context)


def _said(value) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return {"True": "yes", "False": "no", "None": "none"}.get(str(value), str(value))
