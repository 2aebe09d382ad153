"""Acting under another of one's own roles: from then on no page that was open under the former one can do anything.

Every form carries a token of the session. At a switch the token changes, so that what an older page sends is turned down
before any view runs; the older tokens are remembered with their role, so that the answer can say which one it was.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.middleware.csrf import InvalidTokenFormat, _check_token_format, _does_token_match, rotate_token
from django.shortcuts import render

from lead_cms.access.principals import Principal, acting_as
from lead_cms.accounts.holding import hold
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record

FORMER = "former_tokens"  # of the session: [[token, membership], …], newest first
MOST_FORMER = 8


def act_under(request, chosen) -> None:
    """Act under `chosen`, one of the person's own roles in force, and let older pages go stale."""
    former = request.membership
    request.session["membership_id"] = str(chosen.pk)
    if former is None or former.pk == chosen.pk:
        return
    token = request.META.get("CSRF_COOKIE")
    if token:
        known = request.session.get(FORMER, [])
        request.session[FORMER] = [[token, str(former.pk)], *known][:MOST_FORMER]
    rotate_token(request)
    with acting_as(chosen):
        record(AuditAction.ROLE_SWITCHED, former=str(former.pk))


def csrf_failure(request, reason=""):
    """A form from an old page: say so, whose role it was, and keep what was typed; nothing was done."""
    context = {"request_id": getattr(request, "id", "-"), "former": None, "kept": False}
    former = _typed_under(request)
    if former is not None and former != request.membership:
        # Kept for the role it was typed under: sent again, it acts under that one and no other.
        now = request.session["membership_id"]
        request.session["membership_id"] = str(former.pk)
        with acting_as(Principal(db_role=settings.ACCESS_BASE_ROLE, label=request.user.username)):
            context |= {"former": former, "kept": hold(request)}
        request.session["membership_id"] = now
    return render(request, "csrf_failure.html", context, status=403)


def _typed_under(request):
    """The role of this person, still in force, under which the page that sent this was opened; None when unknown."""
    sent = request.POST.get("csrfmiddlewaretoken") or request.headers.get("X-CSRFToken", "")
    roles = {str(one.pk): one for one in getattr(request, "memberships", ())}
    try:
        _check_token_format(sent)
    except InvalidTokenFormat:
        return None
    for token, key in request.session.get(FORMER, []):
        if _does_token_match(sent, token):
            return roles.get(key)
    return None


if settings.CSRF_USE_SESSIONS:
    raise ImproperlyConfigured("switching roles reads the token from its cookie: CSRF_USE_SESSIONS must be off")
