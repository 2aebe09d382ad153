"""Sessions that end, a second factor where one is required, and as what a person acts."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from lead_cms.access.middleware import is_account_page
from lead_cms.accounts.holding import MARK, hold, is_by_itself, let_go
from lead_cms.accounts.kept import say_that_it_was_read
from lead_cms.accounts.models import Membership
from lead_cms.core.templatetags.dates import at_site

REFRESH_SECONDS = 20
ENDED = "The role you typed this under has ended. What you typed is kept on this phone."


def session_limits(get_response):
    """End a session that was idle or is too old. What was being sent is kept for after the next sign-in."""

    def middleware(request):
        if not request.user.is_authenticated:
            return get_response(request)
        now = timezone.now().timestamp()
        began = request.session.setdefault("began_at", now)
        seen = request.session.setdefault("seen_at", now)
        if now - seen >= settings.SESSION_IDLE_SECONDS or now - began >= settings.SESSION_LIMIT_SECONDS:
            return _end(request)
        # What a page does by itself in the background does not keep a session alive.
        if now - seen > REFRESH_SECONDS and request.headers.get("X-Background") != "1":
            request.session["seen_at"] = now
        return get_response(request)

    def _end(request):
        kept = request.method == "POST" and not is_account_page(request) and hold(request)
        background = request.headers.get("X-Background") == "1"
        path = request.get_full_path() if request.method == "GET" else "/"
        logout(request)
        words = "You were signed out because nothing was done for a while."
        messages.info(request, f"{words} What you typed is kept: sign in to send it." if kept else words)
        if background:
            return render(request, "403.html", {"locked": True}, status=403)
        return redirect_to_login(path)

    return middleware


def second_factor(get_response):
    """Where a second factor is required, nobody gets past their account pages without one."""

    def middleware(request):
        if not settings.MFA_REQUIRED or not request.user.is_authenticated or is_account_page(request):
            return get_response(request)
        if not request.session.get("has_second_factor"):
            if not is_mfa_enabled(request.user):
                return redirect("mfa_activate_totp")
            request.session["has_second_factor"] = True
        return get_response(request)

    return middleware


def membership(get_response):
    """Find the membership a person acts under, afresh on every request: one that ended an hour ago opens nothing."""

    def middleware(request):
        request.membership, request.memberships = None, []
        if not request.user.is_authenticated:
            return get_response(request)
        found = _current_memberships(request.user)
        chosen = request.session.get("membership_id")
        request.memberships = found
        request.membership = next((m for m in found if str(m.pk) == chosen), found[0] if found else None)
        if request.membership is not None:
            with at_site(request.membership.site.tz):
                if chosen != str(request.membership.pk):
                    if chosen and request.method == "POST" and is_by_itself(request):
                        return JsonResponse({"says": ENDED}, status=409)  # whoever sends the form next is told the rest
                    request.session["membership_id"] = str(request.membership.pk)
                    if chosen and request.method == "POST" and not is_account_page(request):
                        return _role_ended(request, chosen)
                return _answer(request, get_response)
        if is_account_page(request):
            return get_response(request)
        kept = request.method == "POST" and hold(request)
        return render(request, "accounts/no_membership.html", {"kept": kept}, status=403)

    return middleware


def _current_memberships(user) -> list[Membership]:
    mine = Membership.objects.current(timezone.now()).filter(user_id=user.pk)
    return list(mine.select_related("site", "organisation").order_by("starts_at", "pk")[:20])


def _role_ended(request, chosen):
    # What was sent under a role that has ended is not done under another one.
    request.session["membership_id"] = chosen
    kept = hold(request)
    request.session["membership_id"] = str(request.membership.pk)
    words = f"The role you sent this under has ended, so nothing was changed. You now act as {request.membership}."
    messages.info(request, f"{words} What you sent is kept for a day." if kept else words)
    return redirect("today")


def _answer(request, get_response):
    response = get_response(request)
    # A held form that has arrived is kept no longer; one that was refused still is.
    if request.method == "POST" and MARK in request.POST and response.status_code < 400:
        let_go(request.user.pk, request.POST[MARK])
    say_that_it_was_read(request, response)
    return response
