"""The team's own reports: full figures on the page, small cells hidden in every file."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.reports.actions.exporting import export, note
from lead_cms.reports.actions.leaving import left_before
from lead_cms.reports.enums import Form
from lead_cms.reports.forms import PeriodForm
from lead_cms.reports.period import PRESETS, Period
from lead_cms.reports.registry import REPORTS, ask, custodian_of, report_or_none, sheet_of
from lead_cms.reports.views.showing import file_response, shown

MOST_BEFORE = 4  # periods named beside the files


def find(name: str):
    report = report_or_none(name)
    if report is None:
        raise Http404
    return report


@require_safe
@requires(Permission.REPORTS)
def report_list(request):
    """Which reports there are; each opens for the running quarter, or the period asked for."""
    form = PeriodForm(request.GET, today=timezone.localdate())
    context = {
        "form": form,
        "is_valid": form.is_valid(),
        "reports": REPORTS.values(),
        "presets": PRESETS,
        "may_publish": has_permission(request.membership, Permission.PUBLISH),
        "may_supply": has_permission(request.membership, Permission.SUPPLIED_COUNTS),
    }
    return render(request, "reports/list.html", context)


@require_safe
@requires(Permission.REPORTS)
def report_page(request, report):
    """One report for any period; a period that is none gets words beside the field, and no figures."""
    found, form = find(report), PeriodForm(request.GET, today=timezone.localdate())
    context = {
        "report": found, "form": form, "presets": PRESETS, "forms": Form.choices,
        "may_publish": has_permission(request.membership, Permission.PUBLISH),
    }  # fmt: skip
    if form.is_valid():
        site = request.membership.site
        sheet = sheet_of(found, ask(site, form.period, timezone.now()), custodian_of(site), hiding=False)
        note(AuditAction.REPORT_VIEWED, sheet, target=site)
        before = list(dict.fromkeys((one.begins_on, one.ends_on) for one in left_before(site.pk, report, form.period)))
        context |= shown(sheet, request.COOKIES.get("theme", "auto")) | {
            "query": form.query, "before": [Period(*ends) for ends in before[:MOST_BEFORE]],
        }  # fmt: skip
    return render(request, "reports/report.html", context)


@require_safe
@requires(Permission.REPORTS)
def report_export(request, report, form):
    """The file in one click. A period that is none goes back to the page, which says so."""
    found, asked = find(report), PeriodForm(request.GET, today=timezone.localdate())
    if form not in Form.values:
        raise Http404
    if not asked.is_valid():
        return redirect(f"{reverse('reports:report', args=[report])}?{request.GET.urlencode()}")
    name, content = export(report=found, period=asked.period, form=form, by=request.membership, at=timezone.now())
    return file_response(name, content, form)
