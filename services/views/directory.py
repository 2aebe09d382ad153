"""The directory: looking for a service, one service, and saying that it is right."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission, Role, has_permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.keyset import Page, keyset
from services.actions.directory import verify
from services.forms.directory import SearchForm, VerifyForm
from services.freshness import freshness, verified_days
from services.hours import standing, week
from services.languages import names_of
from services.models import Contact, Location, Provider, Service
from services.search import (
    MOST_ALIKE,
    Wanted,
    asked_near,
    by_distance,
    by_likeness,
    by_name,
    close_by,
    first_by_name,
    hours_by_service,
    hours_of,
    listed,
    miles,
    own,
    say_miles,
)
from services.servicerow import ROOM, service_row

MOST_OWN = 100


@require_safe
@requires(Permission.DIRECTORY_VIEW)
def service_list(request):
    """Services by need, words, language, open now, near; a provider's staff find their own here."""
    if request.membership.role == Role.PROVIDER:
        return _own_list(request)
    form, local = SearchForm(request.GET), timezone.localtime()
    context = {
        "form": form, "rows": [], "page": Page([], "", ""), "near": None, "others": [], "most": False,
        "asked": any(request.GET.get(name) for name in form.fields),
        "may_add": has_permission(request.membership, Permission.DIRECTORY_LINK),
        "for_whom": request.GET.get("for", ""),
    }  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data
        wanted = Wanted(
            site_id=request.membership.site_id, words=given["words"], need=given["need"], language=given["language"],
            open_at=local if given["open"] else None,
        )  # fmt: skip
        origin, others = _origin(request, form)
        context |= {"near": origin, "others": others} | _found(request, wanted, origin)
        context["rows"] = _told(request, context["rows"], local)
    return render(request, "services/list.html", context)


def _origin(request, form: SearchForm) -> tuple[Location | None, list[Location]]:
    """The place to be near to: the one that was chosen, else the likeliest of what was typed."""
    chosen, words = request.GET.get("place", ""), form.cleaned_data["near"]
    if not words:
        return None, []
    places = asked_near(words)
    if not places:
        form.add_error("near", "The directory knows no place like this. Try a street or a neighborhood.")
        return None, []
    origin = next((place for place in places if str(place.pk) == chosen), places[0])
    return origin, [place for place in places if place.pk != origin.pk]


def _found(request, wanted: Wanted, origin: Location | None) -> dict:
    """What is to be listed, as pairs of a service and how far it is."""
    if origin is not None:
        places, first = by_distance(wanted, origin), partial(close_by, wanted, origin)
        page = keyset(request, places, "distance", "pk", first=first)
        found = listed([place.service_id for place in page.rows])
        places = [place for place in page.rows if place.service_id in found]
        return {"rows": [(found[one.service_id], say_miles(miles(origin, one))) for one in places], "page": page}
    if wanted.words:
        found = by_likeness(wanted)
        return {"rows": [(one, "") for one in found], "most": len(found) >= MOST_ALIKE}
    page = keyset(request, by_name(wanted), "name", "pk", first=partial(first_by_name, wanted))
    found = listed([one.pk for one in page.rows])
    return {"rows": [(found[one.pk], "") for one in page.rows if one.pk in found], "page": page}


def _told(request, rows: list[tuple], local) -> list[str]:
    days, hours = verified_days(request.membership.site_id, local.date()), hours_by_service([one.pk for one, _ in rows])
    whom = request.GET.get("for", "")
    return [service_row(one, hours[one.pk], days=days, local=local, for_whom=whom, away=away) for one, away in rows]


def _own_list(request):
    """What the organisation offers: few, so on one page."""
    local = timezone.localtime()
    rows = [(one, "") for one in own(request.membership.site_id, MOST_OWN)]
    context = {"rows": _told(request, rows, local), "providers": Provider.objects.order_by("name", "pk")[:MOST_OWN]}
    return render(request, "services/own.html", context | {"for_whom": ""})


@require_safe
@requires(Permission.DIRECTORY_VIEW)
def service(request, pk):
    return _service_page(request, _one(pk))


def _one(pk: UUID) -> Service:
    return get_object_or_404(Service.objects.select_related("provider", "verified_by"), pk=pk)


def _service_page(request, found: Service, form: VerifyForm | None = None):
    local = timezone.localtime()
    spans, places = hours_of(found), list(found.locations.order_by("name", "pk"))
    numbers = Contact.objects.filter(provider_id=found.provider_id).order_by("position", "pk")[:20]
    days = verified_days(found.site_id, local.date())
    context = {
        "service": found, "standing": standing(spans, local=local), "week": week(spans, on=local.date()),
        "later": [span for span in spans if span.valid_from and span.valid_from > local.date()],
        "places": places, "is_hidden": any(place.is_hidden for place in places) or found.is_confidential,
        "phones": [one for one in numbers if one.service_id in (None, found.pk)],
        "fresh": freshness(found.verified_at, days, local.date()), "room_tone": ROOM.get(found.capacity, "neutral"),
        "languages": names_of(found.languages), "facts": _facts(found),
        "form": form or VerifyForm(initial={"capacity": found.capacity}),
        "may_edit": has_permission(request.membership, Permission.DIRECTORY_EDIT),
        "may_ask": found.is_listed and has_permission(request.membership, Permission.SERVICE_ASK),
        "for_whom": request.GET.get("for", ""),
    }  # fmt: skip
    return render(request, "services/service.html", context)


def _facts(found: Service) -> list[dict]:
    return [
        {"label": "For", "value": ", ".join(found.need_names), "missing": "No need named"},
        {"label": "Who can come", "value": found.eligibility},
        {"label": "How to come to it", "value": found.how_to_apply},
        {"label": "What it costs", "value": found.fees},
        {"label": "Languages", "value": names_of(found.languages)},
        {"label": "Good to know", "value": found.notes, "missing": "Nothing"},
    ]


@require_POST
@requires(Permission.DIRECTORY_VERIFY)
def service_verify(request, pk):
    """Somebody has asked: the entry is right, and there is room or not."""
    found, form = _one(pk), VerifyForm(request.POST)
    if not form.is_valid():
        return _service_page(request, found, form)
    try:
        verify(service=found, capacity=form.cleaned_data["capacity"], by=request.membership, at=timezone.now())
    except StaleState as error:
        messages.error(request, str(error))
        return redirect("services:list")
    except DomainError as error:
        form.say_refusal(error)
        return _service_page(request, found, form)
    messages.success(request, "Verified today.")
    return redirect("services:service", pk=pk)
