"""What is typed stays on the phone, under a key of the person's own, until the server says that it has read it."""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

# The page's own mark of one sending, and the cookie that names the one that was read. Neither says what was sent.
SENT_AS, READ = "sent_as", "lead-arrived"
READ_FOR = 300
SENT_ON = {307, 308}  # to another address, where it has yet to arrive


def phone_key(user) -> str:
    """The key under which this person's browser keeps what could not be sent; the same after the next sign-in."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"draft {user.pk}".encode(), hashlib.sha256)
    return base64.b64encode(made.digest()).decode()


def say_that_it_was_read(request, response) -> None:
    """Only what a page of ours answered was read; what ended at a sign-in or a fault is kept where it was typed."""
    if request.method != "POST" or response.status_code >= 400 or response.status_code in SENT_ON:
        return
    try:
        mark = UUID(request.POST.get(SENT_AS, ""))
    except ValueError:
        return
    response.set_cookie(
        READ, str(mark), max_age=READ_FOR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=False
    )
