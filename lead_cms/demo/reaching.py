"""How people of the demo are reached: street names, places, people they trust. Everybody is invented."""

import random
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.demo.people import DemoSite
from participants.actions.reach import Spot, Trusted, keep_place, keep_trusted
from participants.enums import MaySay
from participants.models import Participant

STREET_NAMES = ("Bear", "Smiley", "Red", "Tía", "Preacher", "Shorty", "Blue", "Mouse")
SPOTS = [
    Spot(place="The library steps", days=(0, 1, 2, 3, 4), hours="mornings"),
    Spot(place="Drop-in center on Turk Street (demo)", days=(1, 3), hours="noon, for lunch", note="Ask at the desk."),
    Spot(place="Under the overpass at Ninth", hours="after 8 pm", note="A gray dog that barks and does nothing."),
    Spot(place="Day shelter (demo)", days=(5, 6), hours="until 3 pm"),
]
FRIENDS = [
    ("Ruth", "sister", "+14155550188", MaySay.MANAGER),
    ("Mr. Lamar", "runs the corner store", "+14155550189", MaySay.CALLED),
    ("Angel", "shares a tent with them", "", MaySay.NOTHING),
]
EACH = 6  # people of each case manager


def reach_people(where: DemoSite, cases: dict, *, now: datetime) -> None:
    """`cases` as `cases_told` gives them: of each case manager the first few people."""
    rng = random.Random(f"reach {where.short}")
    for manager in where.people[Role.CASE_MANAGER]:
        keys = list(dict.fromkeys(person for person, _ in cases.get(manager.pk, [])))[:EACH]
        with acting_as(manager), transaction.atomic():
            theirs = Participant.objects.filter(pk__in=keys, caseworks__case_manager=manager).distinct()
            for number, person in enumerate(theirs.order_by("pk")):
                _reach(person, rng, number, manager, now - timedelta(days=rng.randint(1, 20)))


def _reach(person: Participant, rng: random.Random, number: int, manager, at: datetime) -> None:
    if number % 2 == 0:
        person.street_names = [rng.choice(STREET_NAMES)]
        person.save(update_fields=["street_names"])
    for spot in rng.sample(SPOTS, 1 + number % 2):
        keep_place(key=uuid.uuid4(), participant=person, given=spot, by=manager, at=at, seen=None)
    if number < len(FRIENDS):
        name, how_known, phone, may_say = FRIENDS[number]
        said = Trusted(name=name, how_known=how_known, phone=phone, may_say=may_say,
                       agreed_on=at.astimezone(manager.site.tz).date())  # fmt: skip
        keep_trusted(key=uuid.uuid4(), participant=person, given=said, by=manager, at=at, seen=None)
