"""What people do with the directory: verify an entry, keep it, say whose staff answer for a provider.

API
    verify(service=, capacity=, by=, at=)              it is right as it stands, and there is room or not
    save_service(service= or provider=, values=, phones=, by=, at=) -> Service
    save_hours(service=, spans=, valid_from=, valid_to=, by=, at=)   those of one period, all at once
    save_location(service=, location=None, values=, by=, at=); remove_location(location=, by=, at=)
    add_provider(name=, description=, website=, by=, at=) -> Provider
    link_provider(provider=, organisation=, by=, at=)  None takes the link away
"""

from datetime import date, datetime, time

from django.db import transaction

from lead_cms.accounts.models import Membership, Organisation, OrganisationKind
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from services.actions.words import location_words, service_words
from services.enums import Capacity
from services.hsds.meaning import STREET
from services.models import Contact, Hours, Location, Provider, Service

TEXTS = ("description", "eligibility", "how_to_apply", "fees", "notes", "hours_in_words")
NO_PLACE = {"latitude": None, "longitude": None}
GONE = "This service is not there any more."


@transaction.atomic
def verify(*, service: Service, capacity: str, by: Membership, at: datetime) -> Service:
    locked = _locked(service)
    if capacity not in Capacity.values:
        raise DomainError("Choose whether there is room.", field="capacity")
    locked.verified_at, locked.verified_by = at, by
    locked.capacity, locked.capacity_at = capacity, at
    locked.save(update_fields=["verified_at", "verified_by", "capacity", "capacity_at"])
    record(AuditAction.SERVICE_VERIFIED, target=locked, capacity=capacity)
    return locked


@transaction.atomic
def save_service(
    *, values: dict, phones: list[tuple[str, str]], by: Membership, at: datetime, service: Service | None = None,
    provider: Provider | None = None,
) -> Service:  # fmt: skip
    """A new service of a provider, or other words for one. Of one for survivors of violence no address is kept."""
    new = service is None
    saved = Service(site_id=by.site_id, provider=provider) if new else _locked(service)
    if values["is_confidential"]:
        _refuse_addresses(values)
    if saved.capacity != values["capacity"]:
        saved.capacity_at = at
    for name, value in values.items():
        setattr(saved, name, value)
    saved.edited_at = saved.verified_at = at
    saved.verified_by = by
    saved.search_words = service_words(saved.provider.name, terms=saved.terms, **values)
    if new:
        saved.save(force_insert=True)
    else:
        saved.save(update_fields=[*values, "capacity_at", "edited_at", "verified_at", "verified_by", "search_words"])
    if saved.is_confidential:
        for place in Location.objects.filter(service=saved, is_hidden=False):
            _write_place(place, {"is_hidden": True})
    _replace_phones(saved, phones)
    record(AuditAction.SERVICE_SAVED, target=saved, new=new, confidential=saved.is_confidential)
    return saved


@transaction.atomic
def save_hours(
    *, service: Service, spans: list[tuple[int, time, time]], valid_from: date | None, valid_to: date | None,
    by: Membership, at: datetime,
) -> None:  # fmt: skip
    """The whole week of one period; other periods stay."""
    locked = _locked(service)
    if valid_from and valid_to and valid_to < valid_from:
        raise DomainError("The last day lies before the first.", field="valid_to")
    Hours.objects.filter(service=locked, valid_from=valid_from, valid_to=valid_to).delete()
    Hours.objects.bulk_create(
        Hours(
            site_id=locked.site_id, provider_id=locked.provider_id, service=locked, weekday=weekday, opens=opens,
            closes=closes, valid_from=valid_from, valid_to=valid_to,
        )
        for weekday, opens, closes in spans
    )  # fmt: skip
    _edited(locked, at)
    record(AuditAction.SERVICE_SAVED, target=locked, hours=len(spans))


@transaction.atomic
def save_location(
    *, service: Service, values: dict, by: Membership, at: datetime, location: Location | None = None
) -> Location:
    locked = _locked(service)
    if locked.is_confidential and not values["is_hidden"]:
        raise DomainError("This service is for survivors of violence: its address is not shown.", field="is_hidden")
    if not values["is_hidden"] and not values["address"]:
        raise DomainError("Enter the address, or say that it is not shown.", field="address")
    if (values["latitude"] is None) != (values["longitude"] is None):
        raise DomainError("Enter both latitude and longitude, or neither.", field="latitude")
    place = location or Location(site_id=locked.site_id, provider_id=locked.provider_id, service=locked)
    _write_place(place, values, new=location is None)
    _edited(locked, at)
    record(AuditAction.SERVICE_SAVED, target=locked, hidden=place.is_hidden)
    return place


@transaction.atomic
def remove_location(*, location: Location, by: Membership, at: datetime) -> None:
    locked = _locked(location.service)
    Location.objects.filter(pk=location.pk).delete()
    _edited(locked, at)
    record(AuditAction.SERVICE_SAVED, target=locked, place_removed=True)


@transaction.atomic
def add_provider(*, name: str, description: str, website: str, by: Membership, at: datetime) -> Provider:
    if Provider.objects.filter(site_id=by.site_id, name__iexact=name).exists():
        raise DomainError("The directory has an organization of this name.", field="name")
    made = Provider(site_id=by.site_id, name=name, description=description, website=website)
    made.save(force_insert=True)
    record(AuditAction.SERVICE_SAVED, target=made, new=True)
    return made


@transaction.atomic
def link_provider(*, provider: Provider, organisation: Organisation | None, by: Membership, at: datetime) -> Provider:
    """Whose staff keep this entry and read what it is asked: said by the coordinator, and on the record."""
    locked = Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)
    if organisation is not None:
        if organisation.site_id != by.site_id or organisation.kind != OrganisationKind.PROVIDER:
            raise DomainError("Choose a service provider of your site.", field="organisation")
        locked.organisation, locked.linked_at, locked.linked_by = organisation, at, by
    else:
        locked.organisation = locked.linked_at = locked.linked_by = None
    locked.save(update_fields=["organisation", "linked_at", "linked_by"])
    record(AuditAction.PROVIDER_LINKED, target=locked, organisation=str(organisation.pk) if organisation else "")
    return locked


def _locked(service: Service) -> Service:
    found = Service.objects.select_for_update(of=("self",), no_key=True).filter(pk=service.pk).first()
    if found is None:
        raise StaleState(GONE)
    return found


def _edited(service: Service, at: datetime) -> None:
    service.edited_at = at
    service.save(update_fields=["edited_at"])


def _write_place(place: Location, values: dict, *, new: bool = False) -> None:
    for name, value in values.items():
        setattr(place, name, value)
    if place.is_hidden:
        place.name = place.address = place.city = place.postal_code = place.neighborhood = place.access_notes = ""
        place.latitude = place.longitude = None
    place.search_words = location_words(
        is_hidden=place.is_hidden, name=place.name, address=place.address, neighborhood=place.neighborhood,
        city=place.city,
    )  # fmt: skip
    columns = ["name", "address", "city", "postal_code", "neighborhood", "latitude", "longitude", "access_notes",
               "is_hidden", "search_words"]  # fmt: skip
    if new:
        place.save(force_insert=True)
    else:
        place.save(update_fields=columns)


def _refuse_addresses(values: dict) -> None:
    for name in TEXTS:
        if STREET.search(values[name]):
            raise DomainError("Leave the address out: this service is for survivors of violence.", field=name)


def _replace_phones(service: Service, phones: list[tuple[str, str]]) -> None:
    held = Contact.objects.filter(service=service)
    if [(one.phone, one.label) for one in held.order_by("position", "pk")] == phones:
        return
    held.delete()
    Contact.objects.bulk_create(
        Contact(
            site_id=service.site_id, provider_id=service.provider_id, service=service, phone=phone, label=label,
            position=position,
        )
        for position, (phone, label) in enumerate(phones, 1)
    )  # fmt: skip
