"""Middleware that any page needs: a name for the request, and no copy of a page left behind."""

import uuid
from contextvars import ContextVar

request_id_var: ContextVar[str] = ContextVar("request_id", default="-")


def request_id(get_response):
    """Name the request: the audit, the log and an error page carry the same name."""

    def middleware(request):
        request.id = uuid.uuid4().hex
        token = request_id_var.set(request.id)
        try:
            response = get_response(request)
        finally:
            request_id_var.reset(token)
        response["X-Request-ID"] = request.id
        return response

    return middleware


def no_store(get_response):
    """Nothing that a signed-in person saw may be read again from the browser's cache (CJIS AC-11(1))."""

    def middleware(request):
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    return middleware
