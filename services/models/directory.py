"""The directory: who offers what, where, when, to whom. It names no person that LEAD serves.

Most providers come from an imported file and nobody of theirs signs in. One that does is linked to its organisation,
whose staff then keep its services and answer what is asked of them.
"""

from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from lead_cms.accounts.models import Membership, Organisation
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.templatetags.dates import say_phone
from services.enums import Capacity, Need, Weekday


def known_needs(needs: list) -> None:
    if set(needs) - set(Need.values):
        raise ValidationError("Choose needs from the list.")


class Provider(SiteRow):
    """An organisation that offers services, with a sign-in of its own or without one."""

    name = models.CharField(max_length=400)
    description = models.TextField(max_length=4000, blank=True)
    website = models.CharField(max_length=200, blank=True)
    # Whose staff keep this entry and answer for it; empty: nobody signs in for it.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="providers", db_index=False
    )
    linked_at = models.DateTimeField(null=True, blank=True)
    linked_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Its key in the file it came from; "" for one that was typed here.
    source_key = models.CharField(max_length=80, blank=True)

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "name", "description", "website", "organisation", "linked_at", "linked_by", "source_key",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "source_key"], condition=~Q(source_key=""), name="provider_once_per_source"
            ),
            models.CheckConstraint(
                name="provider_linked_at_and_by",
                condition=Q(organisation=None, linked_at=None, linked_by=None)
                | Q(organisation__isnull=False, linked_at__isnull=False, linked_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["organisation"], name="provider_organisation")]

    def __str__(self):
        return self.name


class ServiceQuerySet(models.QuerySet):
    def listed(self):
        return self.filter(is_listed=True)

    def for_need(self, need: str):
        return self.filter(needs__contains=[need])

    def in_language(self, language: str):
        return self.filter(languages__contains=[language])

    def open_at(self, local: datetime):
        """Those whose written hours say open at this moment of the site's wall clock."""
        return self.filter(Exists(Hours.objects.covering(local).filter(service=OuterRef("pk"))))


class Service(SiteRow):
    """One thing a provider offers: for which need, to whom, in which language, for what, and how one comes to it."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(max_length=400)
    description = models.TextField(max_length=4000, blank=True)
    needs = ArrayField(models.CharField(max_length=20), default=list, validators=[known_needs])
    # The terms of the file it came from, as they stand there.
    terms = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    eligibility = models.TextField(max_length=2000, blank=True)
    how_to_apply = models.TextField(max_length=2000, blank=True)
    fees = models.CharField(max_length=400, blank=True)
    notes = models.TextField(max_length=4000, blank=True)
    hours_in_words = models.CharField(max_length=600, blank=True)
    languages = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    capacity = models.CharField(max_length=10, choices=Capacity.choices, default=Capacity.NOT_KNOWN)
    capacity_at = models.DateTimeField(null=True, blank=True)
    # For survivors of violence: no address of such a service is kept anywhere.
    is_confidential = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=True)
    source_key = models.CharField(max_length=80, blank=True)
    # Changed by people here: from then on an import leaves it as it is.
    edited_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Names, terms and words, lower case, for search by likeness.
    search_words = models.TextField(blank=True)

    objects = ServiceQuerySet.as_manager()

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "provider", "name", "description", "needs", "terms", "eligibility", "how_to_apply", "fees",
            "notes", "hours_in_words", "languages", "capacity", "capacity_at", "is_confidential", "is_listed",
            "source_key", "edited_at", "verified_at", "verified_by", "search_words",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "source_key"], condition=~Q(source_key=""), name="service_once_per_source"
            ),
            models.CheckConstraint(name="service_capacity_known", condition=Q(capacity__in=Capacity.values)),
            models.CheckConstraint(name="service_needs_known", condition=Q(needs__contained_by=Need.values)),
            models.CheckConstraint(
                name="service_verified_at_and_by",
                condition=Q(verified_at=None, verified_by=None)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "name", "id"], condition=Q(is_listed=True), name="service_listed_name"),
            GinIndex(fields=["search_words"], name="service_words_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self):
        return self.name

    @property
    def need_names(self) -> list[str]:
        return [Need(code).label for code in self.needs]


class Location(SiteRow):
    """Where a service is. Of a hidden one neither address nor coordinates are kept, so that nobody can read them."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(max_length=400, blank=True)
    address = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    neighborhood = models.CharField(max_length=80, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    access_notes = models.CharField(max_length=400, blank=True)
    is_hidden = models.BooleanField(default=False)
    source_key = models.CharField(max_length=100, blank=True)
    search_words = models.TextField(blank=True)

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "provider", "service", "name", "address", "city", "postal_code", "neighborhood", "latitude",
            "longitude", "access_notes", "is_hidden", "source_key", "search_words",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "source_key"], condition=~Q(source_key=""), name="location_once_per_source"
            ),
            models.CheckConstraint(
                name="location_hidden_has_no_address",
                condition=Q(is_hidden=False)
                | Q(
                    name="", address="", city="", postal_code="", neighborhood="", latitude=None, longitude=None,
                    access_notes="", search_words="",
                ),
                violation_error_message="A hidden address is not kept.",
            ),
            models.CheckConstraint(
                name="location_latitude_with_longitude",
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]  # fmt: skip
        indexes = [GinIndex(fields=["search_words"], name="location_words_trgm", opclasses=["gin_trgm_ops"])]

    def __str__(self):
        return self.name or self.address or "Address not shown"

    @property
    def line(self) -> str:
        return ", ".join(part for part in (self.address, self.city, self.postal_code) if part)


class Contact(SiteRow):
    """A number to call: of the provider, or of one service."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="contacts")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="contacts")
    phone = models.CharField(max_length=30)
    label = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=1)
    source_key = models.CharField(max_length=100, blank=True)

    PERSONAL = frozenset({"label"})
    PLAIN = frozenset({"id", "site", "provider", "service", "phone", "position", "source_key"})

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "source_key"], condition=~Q(source_key=""), name="contact_once_per_source"
            ),
        ]

    def __str__(self):
        return say_phone(self.phone)


class HoursQuerySet(models.QuerySet):
    def covering(self, local: datetime):
        """Spans that hold at this moment of the wall clock: begun today, or yesterday and not over at midnight."""
        now, today, before = local.time(), local.date(), local.date() - timedelta(days=1)
        over_midnight = Q(closes__lte=F("opens"))
        begun = Q(weekday=today.weekday(), opens__lte=now) & (Q(closes__gt=now) | over_midnight) & _valid_on(today)
        still = Q(weekday=before.weekday(), closes__gt=now) & over_midnight & _valid_on(before)
        return self.filter(begun | still)


def _valid_on(day: date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gte=day))


class Hours(SiteRow):
    """One span of a week, by the site's wall clock. One that closes no later than it opens runs over midnight."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source_key = models.CharField(max_length=100, blank=True)

    objects = HoursQuerySet.as_manager()

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {"id", "site", "provider", "service", "weekday", "opens", "closes", "valid_from", "valid_to", "source_key"}
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="hours_weekday_known", condition=Q(weekday__in=Weekday.values)),
            models.CheckConstraint(
                name="hours_valid_to_after_from",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="The last day lies before the first.",
            ),
        ]
        indexes = [models.Index(fields=["service", "weekday"], name="hours_service_day")]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M} to {self.closes:%H:%M}"
