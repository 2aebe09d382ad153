"""Account pages: they run without a principal, with the rights that `lead_app` has of its own."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.views import account_page
from lead_cms.accounts.events import note
from lead_cms.accounts.holding import MARK, held_by, let_go
from lead_cms.accounts.switching import act_under
from lead_cms.audit.events import AuditAction
from lead_cms.core.forms import PlainWords

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
    response = HttpResponseRedirect(back)  # an address: `redirect` would take some for the name of one
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
@require_POST
def switch(request, pk):
    """Act under another of one's own memberships that are in force."""
    chosen = next((m for m in request.memberships if m.pk == pk), None)
    if chosen is None:
        raise Http404
    act_under(request, chosen)
    messages.info(
        request, f"You now act as {chosen.get_role_display()}, {chosen.organisation.name}, {chosen.site.name}."
    )
    return redirect("today")


@account_page
@require_http_methods(["GET", "POST"])
def held_form(request):
    """What was being sent when the session ended: send it again, or let it go."""
    held = held_by(request.user.pk, at=timezone.now())
    if request.method == "POST" or held is None:
        let_go(request.user.pk)
        if held is not None:
            messages.info(request, "Let go.")
        return redirect("today")
    # It goes out under the membership it was typed under, if that is still in force.
    typed_under = next((m for m in request.memberships if m.pk == held.membership_id), None)
    if typed_under is not None and typed_under != request.membership:
        act_under(request, typed_under)
        request.membership = typed_under
    fields = [(name, value) for name, values in held.fields.items() for value in values]
    return render(request, "accounts/held_form.html", {"held": held, "fields": fields, "mark": MARK})


class ChosenPassword(PlainWords, SetPasswordForm):
    """Writes the one column that the application may write."""

    def save(self, commit=True):
        self.user.set_password(self.cleaned_data["new_password1"])
        self.user.save(update_fields=["password"])
        note(AuditAction.PASSWORD_CHANGED, user=self.user, at=timezone.now(), first=True)
        return self.user


class FirstPassword(PasswordResetConfirmView):
    """The first password of an invited person; the link works once and for a day."""

    template_name = "accounts/first_password.html"
    form_class = ChosenPassword
    token_generator = default_token_generator
    success_url = reverse_lazy("account_login")

    def form_valid(self, form):
        messages.success(self.request, "Your password is set. Sign in with it.")
        return super().form_valid(form)


first_password = account_page(login_not_required(FirstPassword.as_view()))
