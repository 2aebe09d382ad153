"""Keeping the directory: the coordinator all of it, a provider's staff what is their organisation's."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from services.actions import directory
from services.forms.directory import (
    HoursForm,
    LinkProviderForm,
    LocationForm,
    ProviderForm,
    ServiceForm,
    asked_of,
    hours_asked,
)
from services.models import Location, Provider, Service

PLACE = ("is_hidden", "name", "address", "city", "postal_code", "neighborhood", "access_notes", "latitude", "longitude")
MOST = 200


def _did(form, deed) -> bool:
    """Run one action; a rule's no goes beside its field and what was typed stays."""
    try:
        deed()
    except DomainError as error:
        form.say_refusal(error)
        return False
    return True


def _form_page(request, form, title, back, *, submit="Save", lead=""):
    return render(
        request, "services/form.html", {"form": form, "title": title, "back": back, "submit": submit, "lead": lead}
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def service_edit(request, pk):
    found = get_object_or_404(Service.objects.select_related("provider"), pk=pk)
    form = ServiceForm(request.POST or None, initial=asked_of(found))
    if request.method == "POST" and form.is_valid():
        given = {"values": form.values(), "phones": form.cleaned_data["phones"]}
        if _did(form, lambda: directory.save_service(service=found, **given, by=request.membership, at=timezone.now())):
            messages.success(request, "Saved, and verified today.")
            return redirect("services:service", pk=pk)
    return _form_page(request, form, "Edit the service", found)


@require_http_methods(["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def service_new(request, pk):
    provider = get_object_or_404(Provider, pk=pk)
    form = ServiceForm(request.POST or None, initial={"is_listed": True, "capacity": "not_known"})
    made = []
    if request.method == "POST" and form.is_valid():
        given = {"values": form.values(), "phones": form.cleaned_data["phones"]}
        by, at = request.membership, timezone.now()
        if _did(form, lambda: made.append(directory.save_service(provider=provider, **given, by=by, at=at))):
            messages.success(request, "Added. Enter its hours and its place.")
            return redirect("services:service", pk=made[0].pk)
    return _form_page(request, form, f"New service of {provider.name}", None, submit="Add it")


@require_http_methods(["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def service_hours(request, pk):
    """The week of one period: the usual one, or the one that the address names."""
    found = get_object_or_404(Service, pk=pk)
    spans = list(found.hours.order_by("weekday", "opens"))
    first, last = _day(request.GET.get("from")), _day(request.GET.get("until"))
    form = HoursForm(request.POST or None, initial=hours_asked(spans, first, last))
    if request.method == "POST" and form.is_valid():
        period = {name: form.cleaned_data[name] for name in ("valid_from", "valid_to")}
        by, at = request.membership, timezone.now()
        if _did(form, lambda: directory.save_hours(service=found, spans=form.spans, **period, by=by, at=at)):
            messages.success(request, "The hours are saved.")
            return redirect("services:service", pk=pk)
    lead = "One line a day, such as 9 am to 5 pm, or 6 pm to 7 am over night. Nothing typed is closed."
    return _form_page(request, form, "Hours", found, lead=lead)


def _day(text: str | None):
    try:
        return parse_date(text or "")
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def location_new(request, pk):
    found = get_object_or_404(Service, pk=pk)
    form = LocationForm(request.POST or None, initial={"is_hidden": found.is_confidential})
    return _location(request, form, found, None)


@require_http_methods(["GET", "POST"])
@requires(Permission.DIRECTORY_EDIT)
def location(request, pk):
    place = get_object_or_404(Location.objects.select_related("service"), pk=pk)
    form = LocationForm(request.POST or None, initial={name: getattr(place, name) for name in PLACE})
    return _location(request, form, place.service, place)


def _location(request, form, found: Service, place: Location | None):
    if request.method == "POST" and form.is_valid():
        by, at = request.membership, timezone.now()
        values = {name: form.cleaned_data[name] for name in PLACE}
        if _did(form, lambda: directory.save_location(service=found, location=place, values=values, by=by, at=at)):
            messages.success(request, "The place is saved.")
            return redirect("services:service", pk=found.pk)
    return _form_page(request, form, "Where it is", found)


@require_POST
@requires(Permission.DIRECTORY_EDIT)
def location_remove(request, pk):
    place = get_object_or_404(Location.objects.select_related("service"), pk=pk)
    directory.remove_location(location=place, by=request.membership, at=timezone.now())
    messages.success(request, "The place is taken off.")
    return redirect("services:service", pk=place.service_id)


@require_safe
@requires(Permission.DIRECTORY_VIEW)
def provider(request, pk):
    return _provider_page(request, get_object_or_404(Provider.objects.select_related("organisation"), pk=pk))


def _provider_page(request, found: Provider, form: LinkProviderForm | None = None):
    may_link = has_permission(request.membership, Permission.DIRECTORY_LINK)
    if may_link and form is None:
        form = LinkProviderForm(site_id=found.site_id, initial={"organisation": found.organisation_id})
    context = {
        "provider": found, "rows": found.services.order_by("name", "pk")[:MOST], "form": form,
        "may_link": may_link, "may_edit": has_permission(request.membership, Permission.DIRECTORY_EDIT),
    }  # fmt: skip
    return render(request, "services/provider.html", context)


@require_POST
@requires(Permission.DIRECTORY_LINK)
def provider_link(request, pk):
    """Whose staff sign in for it."""
    found = get_object_or_404(Provider, pk=pk)
    form = LinkProviderForm(request.POST, site_id=found.site_id)
    if form.is_valid():
        organisation, by, at = form.cleaned_data["organisation"], request.membership, timezone.now()
        if _did(form, lambda: directory.link_provider(provider=found, organisation=organisation, by=by, at=at)):
            messages.success(request, "Saved." if organisation else "Nobody signs in for it now.")
            return redirect("services:provider", pk=pk)
    return _provider_page(request, found, form)


@require_http_methods(["GET", "POST"])
@requires(Permission.DIRECTORY_LINK)
def provider_new(request):
    form, made = ProviderForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        by, at, given = request.membership, timezone.now(), form.cleaned_data
        if _did(form, lambda: made.append(directory.add_provider(**given, by=by, at=at))):
            messages.success(request, "Added. Now its services.")
            return redirect("services:provider", pk=made[0].pk)
    return _form_page(request, form, "New organization in the directory", None, submit="Add it")
