"""Refusals, recorded outside the request's transaction, so that one that was rolled back still leaves its line."""

from django.db import transaction

from lead_cms.access.principals import acting_as
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record


def record_denials(get_response):
    """A 404 counts when the address exists: that is how a row outside the person's scope looks."""

    def middleware(request):
        response = get_response(request)
        membership = getattr(request, "membership", None)
        if membership is not None and response.status_code in {403, 404} and request.resolver_match is not None:
            name = request.resolver_match.view_name
            arguments = {key: str(value) for key, value in request.resolver_match.kwargs.items()}
            with acting_as(membership), transaction.atomic():
                record(AuditAction.ACCESS_DENIED, view=name, status=response.status_code, **arguments)
        return response

    return middleware
