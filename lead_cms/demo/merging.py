"""Somebody of the demo who was twice in the records: their supervisor put the two together, and can still take them apart."""

from datetime import datetime, timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.demo.people import DemoSite
from participants.actions.legal import Event, note_event
from participants.actions.merging import fields_of, merge, seen_as
from participants.actions.persons import Names, make_participant
from participants.enums import LegalKind, LegalSource
from participants.models import Participant

DAYS_AGO = 2


def put_together(where: DemoSite, cases: dict, *, now: datetime) -> None:
    """`cases` as `cases_told` gives them: of the first case manager who has people, one person."""
    managers = [one for one in where.people[Role.CASE_MANAGER] if cases.get(one.pk)]
    if not managers or where.rules.merging.apart_days is None:
        return
    by, at = where.first(Role.SUPERVISOR), now - timedelta(days=DAYS_AGO)
    keys = [participant for participant, _ in cases[managers[0].pk]]
    with acting_as(by), transaction.atomic():
        open_to_all = Participant.objects.filter(pk__in=keys, died_on=None, is_restricted=False)
        person = open_to_all.exclude(given_name="").order_by("created_at", "pk").first()
        if person is None:
            return
        names = Names(given_name=person.given_name[:3], family_name=person.family_name, aliases=("Bear",))
        other = make_participant(names=names, by=by, at=at)
        told = Event(kind=LegalKind.RELEASED, on=(at - timedelta(days=9)).date(), source=LegalSource.PERSON)
        note_event(participant=other, given=told, by=by, at=at)
        chosen = {field.name: field.first for field in fields_of(person, other)} | {"given_name": "one"}
        merge(
            one=person, other=other, choices=chosen, seen=seen_as(person, other), days=where.rules.merging.apart_days, by=by,
            at=at,
        )  # fmt: skip
