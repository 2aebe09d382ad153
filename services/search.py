"""Finding services: words by likeness, need, language, open now, near a place that the directory knows.

API
    asked_near(words) -> [Location]        places like these words, the likeliest first; hidden ones are not among them
    by_name(wanted) -> queryset of (pk, name)        services in the order of their names
    own(site_id) -> [Listed]                         of a provider's staff
    by_likeness(wanted) -> [Listed]                  at most MOST_ALIKE, the likeliest first
    by_distance(wanted, origin) -> queryset of rows  a row a place, with `distance` and the service's key, nearest first
    listed(keys) -> {key: Listed}                    what a list says of these services
    hours_by_service(keys) -> {key: [hours]}         of the services of one page
    miles(origin, place)
The wall of the two functions that look by likeness is inside them; all else is PostgreSQL's row security.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import NullIf

from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList
from services.models import Contact, Hours, Location, Service

MOST_ALIKE, MOST_PLACES, MOST_LOOKED_AT = 25, 5, 400
NEAR = ("pk", "service_id", "latitude", "longitude", "distance")
MILES_A_DEGREE, CLOSE_BY_MILES = 69.05, 1


class Listed(NamedTuple):
    """What a list says of a service besides its hours: a row of plain values."""

    pk: UUID
    name: str
    provider__name: str
    capacity: str
    verified_at: datetime | None
    languages: list[str]
    hours_in_words: str
    is_hidden: bool  # a place of it is
    line: str | None  # the first address that says something
    phone: str | None


@dataclass(frozen=True)
class Wanted:
    """What is looked for; "" and None leave a question open. `open_at` is a moment of the site's wall clock."""

    site_id: object
    words: str = ""
    need: str = ""
    language: str = ""
    open_at: datetime | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.need or self.language or self.open_at)


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
    return Location.objects.filter(AnyOf(F("pk"), KeyList(keys))).only("name", "address", "latitude", "longitude")


def _matching(wanted: Wanted) -> QuerySet:
    found = Service.objects.filter(site_id=wanted.site_id).listed()
    if wanted.need:
        found = found.for_need(wanted.need)
    if wanted.language:
        found = found.in_language(wanted.language)
    if wanted.open_at is not None:
        found = found.open_at(wanted.open_at)
    return found


def hours_by_service(keys: list[UUID]) -> dict[UUID, list]:
    """Every span of each, as rows of plain values in the order of the week."""
    found: dict[UUID, list] = {key: [] for key in keys}
    for span in _hours(keys=keys) if keys else ():
        found[span.service_id].append(span)
    return found


@prepared(keys=list)
def _hours(*, keys):
    found = Hours.objects.filter(AnyOf(F("service_id"), KeyList(keys))).order_by("weekday", "opens")
    return found.values_list("service_id", "weekday", "opens", "closes", "valid_from", "valid_to", named=True)


def by_name(wanted: Wanted) -> QuerySet:
    return _matching(wanted).values_list("pk", "name", named=True)


def own(site_id: UUID, most: int) -> list[Listed]:
    """Those of the caller's own organization, listed or not, in the order of their names; row security knows whose."""
    keys = Service.objects.filter(site_id=site_id).order_by("name", "pk").values_list("pk", flat=True)
    found = listed(keys := list(keys[:most]))
    return [found[key] for key in keys if key in found]


def by_likeness(wanted: Wanted) -> list[Listed]:
    keys = _like("services_like", wanted.words, MOST_LOOKED_AT)
    kept = dict(_matching(wanted).filter(AnyOf(F("pk"), KeyList(keys))).values_list("pk", "name"))
    words = wanted.words.strip().lower()
    # Many are as like as can be, by a word of their need: those that are called so come first.
    first = sorted((key for key in keys if key in kept), key=lambda key: words not in kept[key].lower())[:MOST_ALIKE]
    found = listed(first)
    return [found[key] for key in first if key in found]


def first_by_name(wanted: Wanted, most: int) -> list | None:
    """The first rows of `by_name` when nothing else is asked."""
    return None if wanted.is_narrow else _first_by_name(site_id=wanted.site_id, most=most)


@prepared(site_id=UUID)
def _first_by_name(*, site_id, most):
    return by_name(Wanted(site_id)).order_by("name", "pk")[:most]


def by_distance(wanted: Wanted, origin: Location) -> QuerySet:
    """Straight lines on a flat map: over a county the order is the same as on the globe."""
    services = _matching(wanted)
    if wanted.words:
        services = services.filter(AnyOf(F("pk"), KeyList(_like("services_like", wanted.words, MOST_LOOKED_AT))))
    return _away(wanted.site_id, services, origin.latitude, origin.longitude, _across(origin))


def close_by(wanted: Wanted, origin: Location, most: int) -> list | None:
    """The first rows of `by_distance` where a mile around holds as many: a whole city's places need not be compared."""
    if wanted.is_narrow:
        return None
    reach, across = CLOSE_BY_MILES / MILES_A_DEGREE, _across(origin)
    aside = reach / max(across, 0.01)
    found = _close_by(
        site_id=wanted.site_id, latitude=origin.latitude, longitude=origin.longitude, across=across, reach=reach**2,
        south=origin.latitude - reach, north=origin.latitude + reach,
        west=origin.longitude - aside, east=origin.longitude + aside, most=most,
    )  # fmt: skip
    return found if len(found) == most else None


@prepared(
    site_id=UUID, latitude=float, longitude=float, across=float, reach=float, south=float, north=float, west=float, east=float
)  # fmt: skip
def _close_by(*, site_id, latitude, longitude, across, reach, south, north, west, east, most):
    found = _away(site_id, _matching(Wanted(site_id)), latitude, longitude, across).filter(distance__lte=reach)
    return found.filter(latitude__range=(south, north), longitude__range=(west, east)).order_by("distance", "pk")[:most]


def _across(origin: Location) -> float:
    """How long a degree of longitude is there, to one of latitude."""
    return math.cos(math.radians(origin.latitude))


def _away(site_id, services: QuerySet, latitude: float, longitude: float, across: float) -> QuerySet:
    north, east = F("latitude") - Value(latitude), (F("longitude") - Value(longitude)) * Value(across)
    found = Location.objects.filter(site_id=site_id, latitude__isnull=False)
    found = found.filter(Exists(services.filter(pk=OuterRef("service_id"))))
    distance = ExpressionWrapper(north * north + east * east, FloatField())
    return found.annotate(distance=distance).values_list(*NEAR, named=True)


def listed(keys: list[UUID]) -> dict[UUID, Listed]:
    return {service.pk: service for service in _listed(keys=keys)} if keys else {}


@prepared(keys=list)
def _listed(*, keys):
    places = Location.objects.filter(service_id=OuterRef("pk"))
    lines = places.annotate(line=Line("address", "city", "postal_code")).exclude(line="").order_by("name", "pk")
    phones = Contact.objects.filter(service_id=OuterRef("pk")).order_by("position", "pk")
    found = Service.objects.filter(AnyOf(F("pk"), KeyList(keys))).annotate(
        is_hidden=Exists(places.filter(is_hidden=True)),
        line=Subquery(lines.values("line")[:1]),
        phone=Subquery(phones.values("phone")[:1]),
    )
    return found.values_list(*Listed.__annotations__, named=True)


class Line(Func):
    """Those that say something, with commas between them: an address in one line."""

    function, output_field = "concat_ws", CharField()

    def __init__(self, *fields: str):
        super().__init__(Value(", "), *(NullIf(F(name), Value("")) for name in fields))


def miles(origin: Location, place: Location) -> float:
    across = math.cos(math.radians(origin.latitude))
    north, east = place.latitude - origin.latitude, (place.longitude - origin.longitude) * across
    return math.hypot(north, east) * MILES_A_DEGREE


def say_miles(value: float) -> str:
    return "right there" if value < 0.05 else f"{value:.1f} miles" if value >= 1.05 else f"{value:.1f} mile"


def hours_of(service: Service) -> list[Hours]:
    return sorted(service.hours.all(), key=lambda span: (span.weekday, span.opens))
