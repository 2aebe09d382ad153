"""Providers, services and what hangs on them, made as the operator; the smallest valid ones unless said otherwise."""

import uuid
from datetime import time

from django.db import transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from participants.models import Consent, ConsentCell, Participant
from services.actions.asking import ask
from services.actions.words import location_words, service_words
from services.models import Contact, Hours, Location, Provider, Service, ServiceReferral
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


def make_person(where, number: int = 0, **names) -> Participant:
    """A participant that case manager `number` of the site made."""
    by = where.person(Role.CASE_MANAGER, number)
    values = {"given_name": "Marisol", "family_name": "Quint", "phone": "+14155550199", "language": "es"} | names
    with acting_as(by), transaction.atomic():
        made = Participant(site=where.site, created_at=LONG_AGO, created_by=by, **values)
        made.save(force_insert=True)
    return made


def make_consent(where, person, organisation, classes=("enrolment",), *, ends_at=None, number: int = 0) -> Consent:
    """Signed, with a cell for each class, for one provider."""
    by = where.person(Role.CASE_MANAGER, number)
    with acting_as(Duty.OPERATOR, site=where.site), transaction.atomic():
        made = Consent(
            site=where.site, kind="treatment", participant=person, referral_id=uuid.uuid4(), answer="yes", asked_at=LONG_AGO,
            asked_by=by, language="en", text_shown="t", text_hash="h", signed_name="M", signed_at=LONG_AGO, ends_at=ends_at,
            matrix=[f"{organisation.pk}:{code}" for code in classes],
        )  # fmt: skip
        made.save(force_insert=True)
        for code in classes:
            ConsentCell(
                site=where.site, consent=made, participant=person, organisation=organisation, information_class=code,
                kind="treatment", organisation_kind="provider",
            ).save(force_insert=True)  # fmt: skip
    return made


def make_linked(where, number: int = 0, name="Night shelter", **more) -> Service:
    """A service of the provider whose staff sign in as provider `number`."""
    staff = where.person(Role.PROVIDER, number)
    provider = make_provider(
        where, f"House {number}", organisation=staff.organisation, by=where.person(Role.COORDINATOR, 0)
    )
    return make_service(where, name, provider=provider, **more)


def make_asked(where, service=None, person=None, *, at=None, number: int = 0, **more) -> ServiceReferral:
    """Asked by case manager `number`, naming nobody unless `names_person`."""
    by = where.person(Role.CASE_MANAGER, number)
    service, person = service or make_linked(where), person or make_person(where, number)
    given = {"need": "housing", "language": "en", "method": "here", "names_person": False, "facts": {}} | more
    with acting_as(by), transaction.atomic():
        service = Service.objects.select_related("provider").get(pk=service.pk)
        return ask(
            service=service, participant=person, submission_key=uuid.uuid4(), by=by, at=at or timezone.now(), **given
        )
