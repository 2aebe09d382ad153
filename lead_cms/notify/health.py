"""Readiness: the truth about database, broker, worker, beat and the oldest thing that is due."""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lead_cms.access.views import account_page
from lead_cms.notify.models import Heartbeat

LATE_SECONDS = 300  # a due row that waits longer than this makes the service not ready
SILENT_SECONDS = 180  # so does a poke that has not run for this long


@transaction.non_atomic_requests  # a transaction before the view would be a 500 where the database is away
@account_page  # the question is the machine's: whoever happens to be signed in, it is asked as `lead_app` itself
@login_not_required
@require_safe
def readyz(request):
    """200 when all is well, 503 otherwise; each part says what it is. Counts and seconds only."""
    parts = {"database": {"ok": True}, "broker": _broker()}
    try:
        parts |= _pokes()
        parts["oldest_due"] = _oldest_due()
    except DatabaseError:
        parts["database"]["ok"] = False
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _broker() -> dict:
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
        try:
            return {"ok": bool(client.ping())}
        finally:
            client.close()
    except redis.RedisError:
        return {"ok": False}


def _pokes() -> dict:
    """A poke runs only when beat sent it and a worker took it: silence means that one of the two is not there."""
    now, ran = timezone.now(), dict(Heartbeat.objects.values_list("pk", "ran_at"))
    found = {}
    for name in ("plan", "drain"):
        age = (now - ran[name]).total_seconds() if name in ran else None
        found[name] = {"ok": age is not None and age < SILENT_SECONDS, "seconds_ago": age and round(age)}
    return found


def _oldest_due() -> dict:
    with connection.cursor() as cursor:
        cursor.execute("select app.oldest_due_seconds()")
        seconds = cursor.fetchone()[0] or 0
    return {"ok": seconds < LATE_SECONDS, "seconds": round(seconds)}
