"""Who of 250,000 people may be this one, under row security, against one exact lookup; asked by bench.casework.

A database of its own: a demo site, and people copied into it. As the case manager, in one transaction each: the question that
the page of a new referral asks (keys, the wall's function, the records, the score), and in turns with it one exact lookup of a
person by name and birth date through their index.
"""

import os
import sys
import time
import uuid
from statistics import median

import django
import psycopg

django.setup()

from django.db import transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from bench.client import percentile
from bench.people import Inventing, Shape
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from participants.actions.alike import likely_people
from participants.likeness import dates, places
from participants.likeness.entry import Entry, entry
from participants.likeness.stored import stored_keys
from participants.models import Participant

SEED, ASKED, MOST_MS = 2001, 300, 60.0
STREET = Shape(people=0, twice=1.0, faults=(1, 2), phone=0.6, alias=0.3)
COLUMNS = (
    "id", "site_id", "given_name", "family_name", "chosen_name", "street_names", "aliases", "search_names", "match_keys",
    "birth_date", "language", "pronouns", "phone", "may_text", "may_leave_message", "others_read_phone",
    "where_to_reach", "is_restricted", "created_at", "created_by_id",
)  # fmt: skip


def row(key: str, person: dict[str, str]) -> Entry:
    return entry(
        key, given=person["given_name"], family=person["surname"], others=[person["alias"]],
        born=dates.born_of(person["date_of_birth"]) or "", phones=places.phones_of(person["phone"]),
    )  # fmt: skip


def fill(manager: Membership, size: int) -> list[tuple[str, dict[str, str]]]:
    """The people, in the same order and with the same keys each time; copied in unless they are there."""
    inventing, draw = Inventing(SEED), uuid.UUID(int=0).int
    people = [(str(uuid.UUID(int=draw + n + 1)), inventing.person(STREET)) for n in range(size)]
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        if admin.execute("select count(*) from participants_participant").fetchone()[0] >= size:
            return people
        admin.execute("set session_replication_role = replica")  # the row audit of a copy is not what is measured
        now = timezone.now()
        with admin.cursor().copy(f"copy participants_participant ({', '.join(COLUMNS)}) from stdin") as copy:
            for key, person in people:
                aliases = [person["alias"]] if person["alias"] else []
                names = " ".join([person["given_name"], person["surname"], *aliases]).lower()
                copy.write_row(
                    (key, manager.site_id, person["given_name"], person["surname"], "", Jsonb([]), Jsonb(aliases), names,
                     stored_keys(row(key, person), manager.site_id), person["date_of_birth"], "en", "",
                     person["phone"], False, False, "", "", False, now, manager.pk)
                )  # fmt: skip
        admin.execute("vacuum analyze participants_participant")
    return people


def measured(manager: Membership, people: list, size: int) -> list[dict]:
    inventing = Inventing(SEED + 1)
    asked = [(key, inventing.again(person, STREET)) for key, person in inventing.draw.sample(people, ASKED)]
    times, exact, first, shown = [], [], 0, 0
    for key, person in [*asked[:20], *asked]:
        known = next(one for other, one in people[int(uuid.UUID(key)) - 1 :] if other == key)
        found = _timed(manager, lambda person=person: likely_people(asked=row("", person)), times)
        _timed(manager, lambda known=known: _exact(manager, known), exact)
        ids = [str(one.participant.pk) for one in found]
        first, shown = first + (ids[:1] == [key]), shown + (key in ids)
    times, exact = times[20:], exact[20:]
    print(f"the person first {first / (ASKED + 20):.3f}, shown {shown / (ASKED + 20):.3f}", file=sys.stderr)
    p95 = percentile(times, 0.95) * 1000
    return [
        {
            "name": "duplicates: who may this be", "rows": size, "p50_ms": round(median(times) * 1000, 1),
            "p95_ms": round(p95, 1), "exact_p50_ms": round(median(exact) * 1000, 2),
            "exact_p95_ms": round(percentile(exact, 0.95) * 1000, 2), "times_exact": round(median(times) / median(exact), 2),
            "shown": round(shown / (ASKED + 20), 3),
            # Of the milliseconds that it may take.
            "ratio": round(p95 / MOST_MS, 2), "limit": 1.0, "queries": 3, "grows": False,
        }
    ]  # fmt: skip


def _timed(manager: Membership, ask, times: list[float]):
    began = time.perf_counter()
    with acting_as(manager), transaction.atomic():
        found = ask()
    times.append(time.perf_counter() - began)
    return found


def _exact(manager: Membership, person: dict[str, str]) -> list:
    return list(
        Participant.objects.filter(
            site_id=manager.site_id, birth_date=person["date_of_birth"], family_name=person["surname"],
            given_name=person["given_name"],
        )
    )  # fmt: skip
