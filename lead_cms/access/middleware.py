"""One transaction and one principal around the whole response, lazily rendered templates included."""

from django.db import transaction
from django.urls import Resolver404, resolve

from lead_cms.access.principals import acting_as


def is_account_page(request) -> bool:
    """Account pages (sign-in, password, second factor, held forms) run without a principal, as `lead_app` itself."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return False
    return getattr(match.func, "account_page", False)


def identity(get_response):
    def middleware(request):
        membership = getattr(request, "membership", None)
        if membership is None or is_account_page(request):
            return get_response(request)
        with acting_as(membership), transaction.atomic():
            response = get_response(request)
            # ATOMIC_REQUESTS has rolled the view's own savepoint back; the stated principal needs no more than that.
            return response

    return middleware
