"""Months of the demo: how the people of the case managers lived until last month, and this month for one team still open.

The draws are of a sequence of its own, so that the rest of the demo stays what it was.
"""

import random
from collections.abc import Iterator
from datetime import datetime, time

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.inserting import insert
from lead_cms.demo.people import DemoSite
from participants.actions.months import MONTHS_BACK, Picture, first_of, in_columns, month_after, took_part
from participants.models import Participant, Participation, PersonMonth
from referrals.models import Casework

# From one month to the next somebody stays where they are, or moves one step; most steps lead onward, some back.
STEPS = ["116", "101", "302", "336", "435", "410"]
MOVES, ONWARD, OPEN_AT = 0.22, 0.7, 0.08
MOST_PEOPLE = 60  # of one case manager
BATCH = 500


def live_on(where: DemoSite, *, seed: int, now: datetime) -> None:
    """Every month of the past year but the running one; of the last some are still to be confirmed."""
    today, rng = now.astimezone(where.site.tz).date(), random.Random(f"{seed}-{where.site.slug}-months")
    this = first_of(today)
    for manager in where.people[Role.CASE_MANAGER]:
        with acting_as(manager), transaction.atomic():
            mine = Casework.objects.filter(case_manager=manager, is_sealed=False, participant__isnull=False)
            people = list(
                Participant.objects.filter(pk__in=mine.values("participant")).order_by("created_at", "pk")[:MOST_PEOPLE]
            )
            spells: dict = {}
            for spell in Participation.objects.took_part().filter(participant__in=people):
                spells.setdefault(spell.participant_id, []).append(spell)
        rows = [
            PersonMonth(
                site=where.site,
                participant=one,
                month=month,
                confirmed_by=manager,
                confirmed_at=min(now, datetime.combine(month_after(month), time(9), where.site.tz)),
                **in_columns(picture),
            )
            for one in people
            for month, picture in _months(rng, spells.get(one.pk, []), this)
        ]
        with acting_as(Duty.OPERATOR, site=where.site), transaction.atomic():
            for start in range(0, len(rows), BATCH):
                insert(rows[start : start + BATCH])


def _months(rng: random.Random, spells: list, this) -> Iterator[tuple]:
    step, work, has_income = rng.choice([0, 0, 0, 1, 1, 2]), "looking", rng.random() < 0.45
    for back in range(MONTHS_BACK, 0, -1):
        month = month_after(this, -back)
        moves, works, earns, is_open = (rng.random() for _ in range(4))
        if not took_part(month, spells) and not took_part(month_after(month), spells):
            continue
        if moves < MOVES:
            step = min(step + 1, len(STEPS) - 1) if moves < MOVES * ONWARD else max(step - 1, 0)
        work = "training" if works < 0.06 else "part" if works < 0.12 else work
        has_income = has_income or earns < 0.12
        if is_open < OPEN_AT and back == 1:
            continue
        yield month, Picture(
            living=STEPS[step], employment=work, income="1" if has_income or work == "part" else "0",
            income_sources=("Earned",) if work == "part" else ("GA",) if has_income else (),
            benefits="1" if earns < 0.7 else "0", benefit_sources=("SNAP",) if earns < 0.7 else (),
            insurance="1" if has_income else "99", insurance_sources=("Medicaid",) if has_income else (),
        )  # fmt: skip
