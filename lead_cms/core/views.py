"""Answers that need no sign-in, and error pages."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@transaction.non_atomic_requests
@login_not_required
@require_safe
def healthz(request):
    """Alive: the process answers, also while the database does not."""
    return JsonResponse({"alive": True})


def server_error(request):
    """Something unexpected: an id that is in the log, no detail."""
    return render(request, "500.html", {"request_id": getattr(request, "id", "-")}, status=500)
