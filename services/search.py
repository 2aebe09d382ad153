"""Finding services: words by likeness, need, language, open now, near a place that the directory knows.

API
    asked_near(words) -> [Location]        places like these words, the likeliest first; hidden ones are not among them
    by_name(wanted) -> queryset            services in the order of their names
    by_likeness(wanted) -> [Service]       at most MOST_ALIKE, the likeliest first
    by_distance(wanted, origin) -> queryset of Location with `distance`, nearest first: a service has a row a place
    parts_of(services) -> {key: Parts}     hours, places and numbers of the services of one page
    miles(origin, place)
The wall of the two functions that look by likeness is inside them; all else is PostgreSQL's row security.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, FloatField, OuterRef, QuerySet, Value
from django.db.models.functions import Power, Round

from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList
from services.models import Contact, Hours, Location, Service

MOST_ALIKE, MOST_PLACES, MOST_LOOKED_AT = 50, 5, 400
MILES_A_DEGREE = 69.05


@dataclass(frozen=True)
class Wanted:
    """What is looked for; "" and None leave a question open. `open_at` is a moment of the site's wall clock."""

    site_id: object
    words: str = ""
    need: str = ""
    language: str = ""
    open_at: datetime | None = None


def _like(function: str, words: str, most: int) -> list:
    with connection.cursor() as cursor:
        cursor.execute(f"select id from app.{function}(%s, %s)", [words, most])  # noqa: S608  one of two names below
        return [key for (key,) in cursor.fetchall()]


def asked_near(words: str) -> list[Location]:
    keys = _like("locations_like", words, MOST_PLACES)
    found = {place.pk: place for place in _located(keys=keys)} if keys else {}
    return [found[key] for key in keys if key in found]


@prepared(keys=list)
def _located(*, keys):
    return Location.objects.filter(AnyOf(F("pk"), KeyList(keys)))


def _matching(wanted: Wanted) -> QuerySet:
    found = Service.objects.filter(site_id=wanted.site_id).listed()
    if wanted.need:
        found = found.for_need(wanted.need)
    if wanted.language:
        found = found.in_language(wanted.language)
    if wanted.open_at is not None:
        found = found.open_at(wanted.open_at)
    return found


@dataclass(frozen=True)
class Parts:
    """What a row of a list says of one service besides the service itself: rows of plain values, in their order."""

    hours: list
    places: list
    contacts: list


def parts_of(services: Iterable[Service]) -> dict[UUID, Parts]:
    """By service, in three statements whatever the number of services."""
    keys = [service.pk for service in services]
    found = {key: Parts([], [], []) for key in keys}
    if keys:
        for name, rows in (("hours", _hours), ("places", _places), ("contacts", _contacts)):
            for row in rows(keys=keys):
                getattr(found[row.service_id], name).append(row)
    return found


@prepared(keys=list)
def _hours(*, keys):
    found = Hours.objects.filter(AnyOf(F("service_id"), KeyList(keys))).order_by("weekday", "opens")
    return found.values_list("service_id", "weekday", "opens", "closes", "valid_from", "valid_to", named=True)


@prepared(keys=list)
def _places(*, keys):
    found = Location.objects.filter(AnyOf(F("service_id"), KeyList(keys))).order_by("name", "pk")
    return found.only("service_id", "address", "city", "postal_code", "is_hidden")


@prepared(keys=list)
def _contacts(*, keys):
    found = Contact.objects.filter(AnyOf(F("service_id"), KeyList(keys))).order_by("position", "pk")
    return found.values_list("service_id", "phone", named=True)


def by_name(wanted: Wanted) -> QuerySet:
    return _matching(wanted).select_related("provider")


def by_likeness(wanted: Wanted) -> list[Service]:
    keys = _like("services_like", wanted.words, MOST_LOOKED_AT)
    kept = dict(_matching(wanted).filter(pk__in=keys).values_list("pk", "name"))
    words = wanted.words.strip().lower()
    # Many are as like as can be, by a word of their need: those that are called so come first.
    first = sorted((key for key in keys if key in kept), key=lambda key: words not in kept[key].lower())[:MOST_ALIKE]
    found = {service.pk: service for service in Service.objects.filter(pk__in=first).select_related("provider")}
    return [found[key] for key in first]


def by_distance(wanted: Wanted, origin: Location) -> QuerySet:
    """Straight lines on a flat map: over a county the order is the same as on the globe."""
    services = _matching(wanted)
    if wanted.words:
        services = services.filter(pk__in=_like("services_like", wanted.words, MOST_LOOKED_AT))
    across = math.cos(math.radians(origin.latitude))
    north, east = F("latitude") - Value(origin.latitude), (F("longitude") - Value(origin.longitude)) * Value(across)
    found = Location.objects.filter(site_id=wanted.site_id, latitude__isnull=False)
    found = found.filter(Exists(services.filter(pk=OuterRef("service_id"))))
    distance = Round(Power(north, 2) + Power(east, 2), 12, output_field=FloatField())
    return found.annotate(distance=distance).select_related("service__provider")


def miles(origin: Location, place: Location) -> float:
    across = math.cos(math.radians(origin.latitude))
    north, east = place.latitude - origin.latitude, (place.longitude - origin.longitude) * across
    return math.hypot(north, east) * MILES_A_DEGREE


def say_miles(value: float) -> str:
    return "right there" if value < 0.05 else f"{value:.1f} miles" if value >= 1.05 else f"{value:.1f} mile"


def hours_of(service: Service) -> list[Hours]:
    return sorted(service.hours.all(), key=lambda span: (span.weekday, span.opens))
