from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.notify.models import Notice

MOST = 50


@require_safe
@requires(Permission.NOTICES)
def notice_list(request):
    """The newest notices; older ones leave the page, not the table."""
    notices = Notice.objects.mine(request.membership).order_by("-created_at", "-pk")[:MOST]
    return render(request, "notify/list.html", {"notices": notices})


@require_http_methods(["POST"])
@requires(Permission.NOTICES)
def notice_open(request, pk):
    """Mark it read and go where it points."""
    notice = get_object_or_404(Notice, pk=pk)
    if notice.read_at is None:
        Notice.objects.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(notice.path)
