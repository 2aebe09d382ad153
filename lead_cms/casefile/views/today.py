"""Today: what needs me, by urgency. Each role's page stands in lead_cms/casefile/today/."""

from importlib import import_module
from uuid import UUID

from django.shortcuts import render
from django.views.decorators.http import require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.core.addresses import address
from lead_cms.core.prepared import prepared
from lead_cms.notify.models import Notice

# The module of a role has `context(request) -> dict`; its template is templates/today/<module>.html.
PAGES = {role: import_module(f"lead_cms.casefile.today.{role.value}") for role in Role}
NOTICES = 10


@prepared(recipient=UUID)
def _unread(*, recipient):
    mine = Notice.objects.filter(recipient_id=recipient).unread().order_by("-created_at", "-pk")
    return mine.values_list("pk", "text", "created_at")[:NOTICES]


@require_safe
@requires(Permission.TODAY)
def today(request):
    """The page a person lands on, for the role they act under."""
    role = request.membership.role
    notices = [
        {"url": address("notify:open", key), "text": text, "at": at}
        for key, text, at in _unread(recipient=request.membership.pk)
    ]
    return render(request, f"today/{role}.html", PAGES[Role(role)].context(request) | {"notices": notices})
