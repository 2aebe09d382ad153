"""The case manager's side: asking a service for a person, and every answer."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.keyset import keyset
from lead_cms.core.prepared import compiled
from lead_cms.core.templatetags.dates import say_phone, say_when
from participants.enums import InformationClass
from participants.models import ConsentCell, Participant
from participants.models.person import shown_first
from referrals.models import Casework
from services.actions import asking
from services.actions.apart import needs_a_supervisor
from services.askedrows import TONES, history, row_of
from services.enums import AskStatus, Method
from services.forms.asking import AnswerForm, AskForm, GapForm, WhoForm
from services.languages import NAMES, names_of
from services.models import AskedPerson, Service, ServiceReferral, SharedFact

MOST_PEOPLE = 50  # twice the caseload that any site's rules call too many


def _person(request) -> Participant | None:
    """Whom the address names: 404 when there is nobody like this for the reader."""
    key = request.GET.get("for", "")
    if not key:
        return None
    try:
        return get_object_or_404(Participant, pk=UUID(key), site_id=request.membership.site_id)
    except ValueError as error:
        raise Http404 from error


def _caseload(membership) -> list[tuple]:
    people = _people(site_id=membership.site_id, me=membership.pk)
    return [(one.pk, one.shown_name) for one in people]


@compiled(site_id=UUID, me=UUID)
def _people(*, site_id, me):
    """One's own, by the name that is shown."""
    mine = Casework.objects.filter(participant=OuterRef("pk"), case_manager=me, is_sealed=False)
    found = Participant.objects.filter(Exists(mine), site_id=site_id, died_on=None).order_by(shown_first(), "pk")
    return found.only("chosen_name", "given_name", "family_name", "street_names", "aliases")[:MOST_PEOPLE]


@require_http_methods(["GET", "POST"])
@requires(Permission.SERVICE_ASK)
def ask(request, pk):
    """One service for one person: what it will read stands on the page before it is sent."""
    service = get_object_or_404(Service.objects.select_related("provider__organisation"), pk=pk, is_listed=True)
    person = _person(request)
    if person is None:
        return _for_whom(request, service)
    covered = asking.may_tell(participant=person, organisation_id=service.provider.organisation_id, at=timezone.now())
    language = person.language if person.language in NAMES else "en"
    form = AskForm(request.POST or None, service=service, covered=covered, initial={"language": language})
    if request.method == "POST" and form.is_valid():
        try:
            made = asking.ask(
                service=service, participant=person, **form.given(), by=request.membership, at=timezone.now()
            )
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, f"Sent. The code to quote is {made.reference}.")
            return redirect("services:asked", pk=made.pk)
    record(AuditAction.PERSON_VIEWED, target=person, part="asking a service")
    context = {
        "service": service, "person": person, "form": form, "covered": covered, "will_read": _will_read(person, covered),
        "consents_url": reverse("casefile:consents", args=[person.pk]),
        "language": names_of([person.language]),
    }  # fmt: skip
    return render(request, "services/ask.html", context)


def _for_whom(request, service: Service):
    form = WhoForm(request.POST or None, people=_caseload(request.membership))
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('services:ask', args=[service.pk])}?for={form.cleaned_data['person']}")
    return render(request, "services/ask_who.html", {"service": service, "form": form})


def _will_read(person: Participant, covered) -> list[dict]:
    """What the provider's staff will see of the person, if they are named."""
    if not covered.names_person:
        return []
    return [
        {"label": "Name", "value": person.shown_name}, {"label": "Pronouns", "value": person.pronouns},
        {"label": "Language", "value": names_of([person.language])},
        {"label": "Number", "value": say_phone(person.phone) if person.phone else ""},
    ]  # fmt: skip


@require_safe
@requires(Permission.SERVICE_ASK)
def asked_list(request):
    """What oneself has asked of services, newest first."""
    shown, now, today = request.GET.get("show", ""), timezone.now(), timezone.localdate()
    found = ServiceReferral.objects.filter(asked_by=request.membership).select_related("service")
    if shown == "open":
        found = found.open()
    elif shown == "late":
        found = found.unanswered(now)
    page = keyset(request, found, "-asked_at", "-pk")
    rows = [row_of(one, today, now, page="services:asked") for one in page.rows]
    return render(request, "services/asked_list.html", {"rows": rows, "page": page, "shown": shown})


def _asked(pk) -> ServiceReferral:
    return get_object_or_404(
        ServiceReferral.objects.select_related("service", "provider", "asked_by", "answered_by"), pk=pk
    )


@require_safe
@requires(Permission.SERVICE_ASK)
def asked(request, pk):
    return _asked_page(request, _asked(pk))


def _asked_page(request, found: ServiceReferral, form: AnswerForm | None = None):
    one = AskedPerson.objects.filter(referral=found).select_related("participant").first()
    facts = SharedFact.objects.filter(referral=found).order_by("information_class")
    by_word = found.method != Method.HERE
    record(AuditAction.SERVICE_REFERRAL_VIEWED, target=found)
    if by_word and form is None and not _is_final(found):
        form = AnswerForm(asked=found)
    context = {
        "asked": found, "tone": TONES.get(found.status, "neutral"), "events": history(found), "form": form,
        "person": one.participant if one else None, "facts": _facts(found),
        "shared": [{"label": fact.get_information_class_display(), "value": fact.text} for fact in facts],
        "is_readable": one is not None and _is_readable(one), "may_call_off": found.can_become(AskStatus.CALLED_OFF),
        "must_not_meet": needs_a_supervisor(found, by=request.membership, at=timezone.now()),
        "is_supervisor": request.membership.role == Role.SUPERVISOR,
    }  # fmt: skip
    return render(request, "services/asked.html", context)


def _is_readable(one: AskedPerson) -> bool:
    """Whether the consent still lets the provider know who it is; row security asks the same when they look."""
    cells = ConsentCell.objects.filter(
        consent=one.consent_id, organisation=one.organisation_id, information_class=InformationClass.ENROLMENT,
        revoked_at=None,
    )  # fmt: skip
    return any(cell.consent.is_in_force(timezone.now()) for cell in cells.select_related("consent"))


def _is_final(found: ServiceReferral) -> bool:
    return not any(found.can_become(status) for status in AskStatus)


def _facts(found: ServiceReferral) -> list[dict]:
    return [
        {"label": "Need", "value": found.get_need_display()}, {"label": "Asked", "value": found.get_method_display()},
        {"label": "By", "value": found.asked_by.name}, {"label": "Code to quote", "value": found.reference},
        {"label": "Answered by", "value": found.answered_by.name if found.answered_by else "", "missing": "Nobody yet"},
        {"label": "Reason", "value": found.get_decline_reason_display() if found.decline_reason else "", "missing": "–"},
        {"label": "Result (HUD 4.20.D)", "value": found.get_result_display() if found.result else "", "missing": "Not yet"},
        {"label": "Provider is reminded", "value": say_when(found.remind_at) if found.remind_at else "",
         "missing": "Not at all: the site’s rules name no days"},
        {"label": "First appointment", "value": say_when(found.appointment_at) if found.appointment_at else "",
         "missing": "Not set"},
    ]  # fmt: skip


@require_POST
@requires(Permission.SERVICE_ASK)
def asked_answer(request, pk):
    """What a provider who does not sign in has said by word of mouth."""
    found = _asked(pk)
    if found.method == Method.HERE:
        messages.error(request, "The provider answers here. Nothing was changed.")
        return redirect("services:asked", pk=pk)
    form = AnswerForm(request.POST, asked=found)
    if not form.is_valid():
        return _asked_page(request, found, form)
    try:
        asking.answer(asked=found, to=form.cleaned_data["to"], **form.given(), by=request.membership, at=timezone.now())
    except StaleState as error:
        messages.error(request, str(error))
    except DomainError as error:
        form.say_refusal(error)
        form.ask_to_confirm()
        return _asked_page(request, found, form)
    else:
        messages.success(request, "Written down.")
    return redirect("services:asked", pk=pk)


@require_POST
@requires(Permission.SERVICE_ASK)
def asked_call_off(request, pk):
    try:
        asking.call_off(asked=_asked(pk), by=request.membership, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Called off. The provider is told.")
    return redirect("services:asked", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.SERVICE_ASK)
def gap(request, pk):
    """Not available, because …"""
    person = get_object_or_404(Participant, pk=pk, site_id=request.membership.site_id)
    form = GapForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asking.not_available(participant=person, **form.cleaned_data, by=request.membership, at=timezone.now())
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, "Written down. The coordinator counts it, without a name.")
            return redirect("casefile:person", pk=pk)
    return render(request, "services/gap.html", {"form": form, "person": person})
