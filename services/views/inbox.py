"""The provider's side: what the organisation is asked, soonest first; opening one; answering it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.keyset import keyset
from services.actions import asking
from services.askedrows import TONES, history, row_of
from services.enums import AskStatus
from services.forms.asking import AnswerForm, AppointmentForm
from services.languages import names_of
from services.models import ServiceReferral

SHOWN = {"": (AskStatus.SENT, AskStatus.WAITLIST), "accepted": (AskStatus.ACCEPTED, AskStatus.ATTENDED)}


@require_safe
@requires(Permission.SERVICE_ANSWER)
def inbox(request):
    """A code and a need each: what nobody has answered first, the longest waiting first. Whom it is for is behind the link."""
    shown, now, today = request.GET.get("show", ""), timezone.now(), timezone.localdate()
    found = ServiceReferral.objects.filter(organisation_id=request.membership.organisation_id).select_related("service")
    if shown == "closed":
        page = keyset(request, found.closed(), "-status_changed_at", "-pk")
    else:
        page = keyset(request, found.filter(status__in=SHOWN.get(shown, SHOWN[""])), "status", "asked_at", "pk")
    rows = [row_of(one, today, now, page="services:request") for one in page.rows]
    return render(request, "services/inbox.html", {"rows": rows, "page": page, "shown": shown})


def _one(pk) -> ServiceReferral:
    return get_object_or_404(ServiceReferral.objects.select_related("service"), pk=pk)


@require_safe
@requires(Permission.SERVICE_ANSWER)
def asked_of_us(request, pk):
    return _page(request, _one(pk))


def _page(
    request, found: ServiceReferral, *, form: AnswerForm | None = None, appointment: AppointmentForm | None = None
):
    """Opening shows what the consent of this moment lists, and writes that down."""
    shown = asking.open_asked(asked=found, by=request.membership)
    person = []
    if shown.person is not None:
        person = [
            {"label": "Name", "value": shown.person["name"]}, {"label": "Pronouns", "value": shown.person["pronouns"]},
            {"label": "Language", "value": names_of([shown.person["language"]])},
            *shown.facts,
        ]  # fmt: skip
    is_open = any(found.can_become(status) for status in AskStatus)
    context = {
        "asked": found, "tone": TONES.get(found.status, "neutral"), "events": history(found), "person": person,
        "phone": shown.person["phone"] if shown.person else "", "told": shown.told,
        "language": names_of([found.language]), "is_open": is_open,
        "form": (form or AnswerForm(asked=found)) if is_open else None,
        "appointment": (appointment or AppointmentForm(initial={"appointment_at": found.appointment_at}))
        if found.status == AskStatus.ACCEPTED else None,
    }  # fmt: skip
    return render(request, "services/request.html", context)


@require_POST
@requires(Permission.SERVICE_ANSWER)
def answer(request, pk):
    found = _one(pk)
    form = AnswerForm(request.POST, asked=found)
    is_open = any(found.can_become(status) for status in AskStatus)
    if is_open and not form.is_valid():
        wanted = request.POST.get("to", "")
        if wanted in AskStatus.values and not found.can_become(wanted):
            messages.error(request, f"This has moved on: “{found.get_status_display()}”. Nothing was changed.")
            return redirect("services:request", pk=pk)
        return _page(request, found, form=form)
    try:
        to = form.cleaned_data["to"] if is_open else request.POST.get("to", "")
        given = form.given() if is_open else {}
        asking.answer(asked=found, to=to, **given, by=request.membership, at=timezone.now())
    except StaleState as error:
        messages.error(request, str(error))
    except DomainError as error:
        if not is_open:
            messages.error(request, f"This has moved on: “{found.get_status_display()}”. Nothing was changed.")
            return redirect("services:request", pk=pk)
        form.say_refusal(error)
        return _page(request, found, form=form)
    else:
        messages.success(request, "Answered. The case manager sees it now.")
    return redirect("services:request", pk=pk)


@require_POST
@requires(Permission.SERVICE_ANSWER)
def appointment(request, pk):
    found, form = _one(pk), AppointmentForm(request.POST)
    if found.status != AskStatus.ACCEPTED:
        messages.error(request, f"This has moved on: “{found.get_status_display()}”. Nothing was changed.")
        return redirect("services:request", pk=pk)
    if not form.is_valid():
        return _page(request, found, appointment=form)
    try:
        when = form.cleaned_data["appointment_at"]
        asking.set_appointment(asked=found, appointment_at=when, by=request.membership, at=timezone.now())
    except StaleState as error:
        messages.error(request, str(error))
    except DomainError as error:
        form.say_refusal(error)
        return _page(request, found, appointment=form)
    else:
        messages.success(request, "The appointment is set.")
    return redirect("services:request", pk=pk)
