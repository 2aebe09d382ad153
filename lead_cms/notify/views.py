from datetime import time

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from lead_cms.notify import actions
from lead_cms.notify.forms import AlertForm
from lead_cms.notify.kinds import KINDS, URGENT, AlertKind, kinds_for
from lead_cms.notify.models import AlertPreference, EmailChoice, Notice

MOST = 50


@require_safe
@requires(Permission.NOTICES)
def notice_list(request):
    """The newest notices; older ones leave the page, not the table."""
    notices = Notice.objects.mine(request.membership).order_by("-created_at", "-pk")[:MOST]
    return render(request, "notify/list.html", {"notices": notices})


@require_http_methods(["POST"])
@requires(Permission.NOTICES)
def notice_open(request, pk):
    """Mark it read and go where it points."""
    notice = get_object_or_404(Notice, pk=pk)
    if notice.read_at is None:
        Notice.objects.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(notice.path)


@require_safe
@requires(Permission.NOTICES)
def choices(request):
    """ "Notices: what reaches me, and when": one row a kind that may reach this role."""
    chosen = {one.kind: one for one in AlertPreference.objects.filter(membership=request.membership)}
    rows = [
        {
            "label": kind.label,
            "url": reverse("notify:choice", args=[kind.value]),
            "hints": [KINDS[kind].says, _in_words(kind, chosen.get(kind))],
            "state": "Cannot be switched off here" if KINDS[kind].always_because else "",
        }
        for kind in kinds_for(request.membership.role)
    ]
    has_pages = any(kind in URGENT for kind in kinds_for(request.membership.role))
    return render(request, "notify/choices.html", {"rows": rows, "has_pages": has_pages})


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTICES)
def choice(request, kind):
    """One kind: here, by e-mail, and when not."""
    if kind not in kinds_for(request.membership.role):
        raise Http404
    chosen = AlertPreference.objects.filter(membership=request.membership, kind=kind).first() or AlertPreference()
    initial = {name: getattr(chosen, name) for name in ("in_app", "email", "quiet_from", "quiet_until")}
    form = AlertForm(request.POST if request.method == "POST" else None, kind=kind, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose(kind=kind, by=request.membership, at=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, "Saved. It holds from the next alert on.")
            return redirect("notify:choices")
    context = {"form": form, "title": AlertKind(kind).label, "words": KINDS[kind], "is_page": kind in URGENT}
    return render(request, "notify/choice.html", context)


def _in_words(kind: AlertKind, chosen: AlertPreference | None) -> str:
    """ "Here; e-mail always, but not from 10:00 pm to 7:00 am." """
    chosen = chosen or AlertPreference()
    here = "Here" if chosen.in_app else "Not here"
    mail = {
        EmailChoice.RULES: "e-mail when your site’s rules send one",
        EmailChoice.ALWAYS: "e-mail always",
        EmailChoice.NEVER: "no e-mail",
    }[chosen.email]
    if chosen.quiet_from is None or chosen.email == EmailChoice.NEVER:
        return f"{here}; {mail}."
    return f"{here}; {mail}, but not from {_clock(chosen.quiet_from)} to {_clock(chosen.quiet_until)}."


def _clock(at: time) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"
