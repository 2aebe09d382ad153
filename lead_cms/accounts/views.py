"""Account pages: they run without a principal, with the rights that `lead_app` has of its own."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.views import account_page
from lead_cms.accounts.models import HeldForm

__all__ = ["INTERNAL_RESET_SESSION_TOKEN", "first_password", "held_form", "stay", "theme"]
THEMES = {"light", "dark", "auto"}


@login_not_required
@account_page
@require_POST
def theme(request):
    """Remember light, dark or the device's own."""
    chosen = request.POST.get("theme")
    back = request.POST.get("next") or request.headers.get("Referer") or "/"
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = redirect(back)
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=31_536_000, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@account_page
@require_safe
def stay(request):
    """ "Stay signed in": asking is enough, the middleware has already noted it."""
    return HttpResponse(status=204)


@account_page
@require_http_methods(["GET", "POST"])
def held_form(request):
    """What was being sent when the session ended: send it again, or let it go."""
    held = HeldForm.objects.filter(user_id=request.user.pk).first()
    if held is None:
        return redirect("today")
    if request.method == "POST":
        held.delete()
        messages.info(request, "Let go.")
        return redirect("today")
    fields = [(name, value) for name, values in held.fields.items() for value in values]
    return render(request, "accounts/held_form.html", {"held": held, "fields": fields})


class FirstPassword(PasswordResetConfirmView):
    """The first password of an invited person; the link works once and for a day."""

    template_name = "accounts/first_password.html"
    token_generator = default_token_generator
    success_url = reverse_lazy("account_login")

    def form_valid(self, form):
        messages.success(self.request, "Your password is set. Sign in with it.")
        return super().form_valid(form)


first_password = account_page(login_not_required(FirstPassword.as_view()))
