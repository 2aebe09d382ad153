"""The prosecutor's list of held charges, and one charge with what may be done about it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.keyset import keyset
from lead_cms.core.templatetags.dates import say_day
from referrals import charge_list as lists
from referrals.actions.charges import decide, extend, receive
from referrals.actions.charges_told import told_on
from referrals.forms.charges import DecideForm, ExtendForm, ReceiveForm
from referrals.models import HeldCharge

SHOWS = {
    "all": "All held",
    "due": f"Due within {lists.SOON_DAYS} days",
    "packet": "Packet not received",
    "decided": "Decided",
}
MOST_BESIDE = 5


@require_safe
@requires(Permission.CHARGE_VIEW)
def charge_list(request):
    """Every held charge since day 0, by due date; decided ones until they leave the list."""
    site_id, today = request.membership.site_id, timezone.localdate()
    show = request.GET.get("show") if request.GET.get("show") in SHOWS else "all"
    decided = HeldCharge.objects.for_site(site_id).decided()
    if show == "decided":
        page = keyset(request, lists.told(decided), "-decided_at", "-pk")
    else:
        rows = {
            "all": lists.held(site_id),
            "due": lists.due_soon(site_id, today),
            "packet": lists.packet_missing(site_id),
        }[show]
        page = keyset(request, lists.told(rows), "due_on", "pk")
    is_first = show == "all" and not page.newer_url
    waiting, held = lists.counts(site_id, today)
    rows = lists.described(page.rows)
    context = {
        "page": page,
        "rows": rows,
        "decided": lists.newest_decided(site_id, MOST_BESIDE) if is_first else [],
        "first": rows[0] if is_first and _is_due(page.rows, today) else None,
        "show": show,
        "shows": [{"code": code, "label": label, "current": code == show} for code, label in SHOWS.items()],
        "waiting": waiting,
        "held": held,
    }
    return render(request, "referrals/charges/list.html", context)


@require_http_methods(["GET"])
@requires(Permission.CHARGE_VIEW)
def charge(request, pk):
    """One charge. Opening it shows what a consent in force shares, if anything, and writes down that it was shown."""
    held = _asked(pk)
    record(AuditAction.CHARGE_VIEWED, target=held)
    return _page(request, held)


@require_http_methods(["POST"])
@requires(Permission.CHARGE_DECIDE)
def charge_decide(request, pk):
    return _deed(
        request, pk, DecideForm(request.POST), decide, "decide_form",
        lambda done: f"Recorded: {done.get_decision_display()}.",
    )  # fmt: skip


@require_http_methods(["POST"])
@requires(Permission.CHARGE_DECIDE)
def charge_extend(request, pk):
    return _deed(
        request, pk, ExtendForm(request.POST), extend, "extend_form",
        lambda done: f"The decision falls due {say_day(done.due_on)}.",
    )  # fmt: skip


@require_http_methods(["POST"])
@requires(Permission.CHARGE_DECIDE)
def charge_receive(request, pk):
    return _deed(request, pk, ReceiveForm(request.POST), receive, "receive_form", lambda _: "Saved.")


def _deed(request, pk, form, act, name: str, says):
    """One deed about a charge: done and said, or refused beside its field; where somebody was quicker it is read anew."""
    held = _asked(pk)
    if form.is_valid():
        try:
            done = act(charge=held, at=timezone.now(), by=request.membership, **form.cleaned_data)
        except StaleState as stale:
            messages.warning(request, str(stale))
            return redirect("referrals:charge", pk=pk)
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, says(done))
            return redirect("referrals:charge", pk=pk)
    return _page(request, held, **{name: form})


def _asked(pk) -> HeldCharge:
    found = lists.opened(pk)
    if found is None:
        raise Http404
    return found


def _is_due(charges, today) -> bool:
    return bool(charges) and charges[0].due_on <= today


def _page(request, held: HeldCharge, *, decide_form=None, extend_form=None, receive_form=None):
    today, by = timezone.localdate(), request.membership
    typed = {"file_number": held.file_number, "limitation_on": held.limitation_on}
    told = told_on(charge=held, by=by)
    context = {
        "charge": held,
        "others": lists.held_with(held),
        "extensions": lists.extensions(held),
        "shared": told.shared,
        "besides": told.besides,
        "is_due": held.due_on <= today,
        "decide_form": decide_form or DecideForm(),
        "extend_form": extend_form or ExtendForm(initial={"seen_due_on": held.due_on}),
        "receive_form": receive_form or ReceiveForm(initial=typed),
    }
    return render(request, "referrals/charges/detail.html", context)
