"""Publishing, and what was published: the frozen figures, for stakeholders and for whoever published them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.keyset import keyset
from lead_cms.reports.actions.exporting import note, write
from lead_cms.reports.actions.publishing import digest, live, preview, publish, told_by, withdraw
from lead_cms.reports.enums import Form
from lead_cms.reports.forms import PeriodForm
from lead_cms.reports.models import PublishedReport
from lead_cms.reports.tables import Sheet
from lead_cms.reports.views.reports import find
from lead_cms.reports.views.showing import file_response, rows_of, shown
from lead_cms.reports.writing.sheet_text import file_name


@require_http_methods(["GET", "POST"])
@requires(Permission.PUBLISH)
def publish_page(request, report):
    """Exactly what would be published; what was looked at is what goes out, or nothing."""
    found, today = find(report), timezone.localdate()
    form = PeriodForm(request.POST if request.method == "POST" else request.GET, today=today)
    if not form.is_valid():
        return redirect(f"{reverse('reports:report', args=[report])}?{request.GET.urlencode()}")
    by, at = request.membership, timezone.now()
    if request.method == "POST":
        try:
            publish(report=found, period=form.period, seen=request.POST.get("seen", ""), by=by, at=at)
        except StaleState as error:
            messages.error(request, str(error))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{found.title}, {form.period.says}: published.")
            return redirect("reports:published-list")
    sheet = preview(report=found, period=form.period, by=by, at=at)
    others = live(by.site_id, found.name)
    same = (form.period.begins_on, form.period.ends_on)
    context = {
        "report": found, "period": form.period, "seen": digest(sheet), "query": form.query,
        "is_running": form.period.ends_on > today, "told_by": told_by(sheet, others),
        "is_there": any((one.begins_on, one.ends_on) == same for one in others),
    }  # fmt: skip
    return render(request, "reports/publish.html", context | shown(sheet, request.COOKIES.get("theme", "auto")))


@require_safe
@requires(Permission.PUBLISHED_VIEW)
def published_list(request):
    """The newest first; a stakeholder sees those that are in force."""
    held = PublishedReport.objects.filter(site_id=request.membership.site_id).defer("sheet")
    page = keyset(request, held, "-published_at", "-pk")
    context = {
        "rows": rows_of(page.rows), "newer_url": page.newer_url, "older_url": page.older_url,
        "publishes": has_permission(request.membership, Permission.PUBLISH),
    }  # fmt: skip
    return render(request, "reports/published_list.html", context)


@require_safe
@requires(Permission.PUBLISHED_VIEW)
def published_page(request, pk):
    published = get_object_or_404(PublishedReport, pk=pk)
    sheet = Sheet.from_json(published.sheet)
    note(AuditAction.REPORT_VIEWED, sheet, target=published)
    context = {
        "published": published, "forms": Form.choices,
        "publishes": has_permission(request.membership, Permission.PUBLISH),
    }  # fmt: skip
    return render(request, "reports/published.html", context | shown(sheet, request.COOKIES.get("theme", "auto")))


@require_safe
@requires(Permission.PUBLISHED_VIEW)
def published_export(request, pk, form):
    """A file of the frozen figures."""
    published = get_object_or_404(PublishedReport, pk=pk)
    if form not in Form.values:
        raise Http404
    sheet = Sheet.from_json(published.sheet)
    content = write(sheet, form)
    note(AuditAction.REPORT_EXPORTED, sheet, target=published, form=form)
    return file_response(file_name(sheet, form), content, form)


@require_POST
@requires(Permission.PUBLISH)
def published_withdraw(request, pk):
    published = get_object_or_404(PublishedReport, pk=pk)
    try:
        withdraw(published=published, by=request.membership, at=timezone.now())
    except StaleState as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back. Stakeholders no longer see it.")
    return redirect("reports:published-list")
