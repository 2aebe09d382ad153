"""Requests through the WSGI handler, with a session of a real sign-in, timed and counted."""

import io
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string

application = get_wsgi_application()


class Typed(list):
    """Fields that a script sends as somebody types."""


class Browser:
    """One person's browser."""

    def __init__(self, membership):
        session = SessionStore()
        session[SESSION_KEY] = str(membership.user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = membership.user.get_session_auth_hash()
        session["membership_id"] = str(membership.pk)
        session["began_at"] = session["seen_at"] = time.time() + 3600
        session.create()
        self.csrf = _get_new_csrf_string()
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={self.csrf}"

    def request(self, path: str, data: list[tuple[str, str]] | None = None) -> tuple[int, dict, bytes]:
        """Status, headers and body of one request; `data` makes it a POST, one without a form's button where it is Typed."""
        body = urlencode([*data, ("csrfmiddlewaretoken", self.csrf)]).encode() if data is not None else b""
        parts = urlsplit(path)
        environ = {
            "REQUEST_METHOD": "POST" if data is not None else "GET", "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "HTTP_COOKIE": self.cookies,
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
            "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded", "SCRIPT_NAME": "",
            "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1",
        }  # fmt: skip
        if isinstance(data, Typed):
            environ["HTTP_X_REQUESTED_WITH"] = "fetch"
        answer: dict = {}

        def start_response(status, headers, exc_info=None):
            answer.update(status=int(status[:3]), headers=headers)

        response = application(environ, start_response)
        content = b"".join(response)
        response.close()
        cookie = SimpleCookie()
        for name, value in answer["headers"]:
            if name.lower() == "set-cookie":
                cookie.load(value)
        return answer["status"], dict(answer["headers"]), content

    def queries(self, path: str, data=None) -> int:
        """How many statements one request sends, those of session, user and membership included."""
        count = 0

        def wrapper(execute, sql, params, many, context):
            nonlocal count
            count += not sql.startswith(("SAVEPOINT", "RELEASE"))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(wrapper):
            self.request(path, data)
        return count


def percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
