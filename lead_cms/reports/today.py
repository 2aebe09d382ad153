"""What the reports add to Today: for a stakeholder, what has been published."""

from lead_cms.access.permissions import Role
from lead_cms.core.contributions import adds_to_today
from lead_cms.reports.models import PublishedReport
from lead_cms.reports.views.showing import rows_of

SHOWN = 10


@adds_to_today(Role.STAKEHOLDER)
def published(request) -> dict:
    held = PublishedReport.objects.filter(site_id=request.membership.site_id).defer("sheet")
    rows = rows_of(held.order_by("-published_at", "-pk")[: SHOWN + 1])
    return {"published": rows[:SHOWN], "more_published": len(rows) > SHOWN}
