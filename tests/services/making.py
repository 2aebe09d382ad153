"""Providers, services and what hangs on them, made as the operator; the smallest valid ones unless said otherwise."""

from datetime import time

from django.db import transaction

from lead_cms.access.principals import Duty, acting_as
from services.actions.words import location_words, service_words
from services.models import Contact, Hours, Location, Provider, Service
from tests.factories import LONG_AGO

ALL_WEEK, WORK_DAYS = range(7), range(5)


def make_provider(where, name="Harbor House", *, organisation=None, by=None) -> Provider:
    linked = {"organisation": organisation, "linked_at": LONG_AGO, "linked_by": by} if organisation else {}
    with acting_as(Duty.OPERATOR, site=where.site), transaction.atomic():
        return Provider.objects.create(site=where.site, name=name, **linked)


def make_service(
    where, name="Night shelter", *, provider=None, hours=(), place=None, phone="+14155550111", **more
) -> Service:
    """`hours`: (weekdays, opens, closes) as hours of the day; `place`: values of a Location."""
    provider = provider or make_provider(where, f"{name} house")
    values = {"needs": ["housing"], "languages": ["en"]} | more
    with acting_as(Duty.OPERATOR, site=where.site), transaction.atomic():
        made = Service.objects.create(
            site=where.site, provider=provider, name=name,
            search_words=service_words(provider.name, name=name, needs=values["needs"]), **values,
        )  # fmt: skip
        on = {"site": where.site, "provider": provider, "service": made}
        for days, opens, closes in hours:
            for day in days:
                Hours.objects.create(weekday=day, opens=time(opens), closes=time(closes), **on)
        if place is not None:
            Location.objects.create(search_words=location_words(**place), **place, **on)
        Contact.objects.create(phone=phone, label="Desk", **on)
    return made
