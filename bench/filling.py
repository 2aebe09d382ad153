"""A directory as large as a city's, and services asked in proportion: written once into a database that is made for the bench.

`python -m bench.filling SITE SERVICES ASKED` copies the sample directory under other names until it holds that many services
and imports it; then every referral to a service is copied until there are that many, all but a few of them long answered.
"""

import csv
import io
import os
import random
import sys
import tempfile
import uuid
from pathlib import Path

os.environ["DATABASE_URL"] = os.environ["DATABASE_WORKER_URL"]

import django
import psycopg

django.setup()

from django.core.management import call_command

from lead_cms.demo.asking import FOLDERS
from services.models import AskedPerson, ServiceReferral, SharedFact

KEYS = ("id", "link_id", "organization_id", "location_id", "service_id", "service_at_location_id", "phone_id")
SHARED = ("taxonomies.csv", "taxonomy_terms.csv")
COPY = "md5({key}::text || n)::uuid"
REFERRAL = {
    "id": COPY.format(key="t.id"), "reference": "upper(left(md5(t.id::text || n), 12))", "submission_key": "gen_random_uuid()",
    "asked_at": "t.asked_at - n * interval '5 hours'",
}  # fmt: skip
DONE = ["completed", "provider_declined", "person_declined"]
PLACES = (
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elm",
    "Fir",
    "Ginkgo",
    "Hazel",
    "Ironwood",
    "Juniper",
    "Laurel",
    "Maple",
)


def directory(site: str, services: int) -> None:
    """Copies of the sample, each with keys, names and places of its own."""
    sample = {file.name: list(csv.DictReader(file.open())) for file in sorted((FOLDERS / site).glob("*.csv"))}
    rng, copies = random.Random(7), -(-services // len(sample["services.csv"]))
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in sample.items():
            with (Path(folder) / name).open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                for number in range(1 if name in SHARED else copies):
                    writer.writerows(rows if name in SHARED else [copied(row, number, rng) for row in rows])
        call_command("import_directory", folder, site=site, source="bench", verbosity=0, stdout=io.StringIO())


def copied(row: dict, number: int, rng: random.Random) -> dict:
    made = row | {key: str(uuid.uuid5(uuid.UUID(row[key]), str(number))) for key in KEYS if row.get(key)}
    if row.get("name") and "phone_id" not in row:
        made["name"] = f"{PLACES[number % len(PLACES)]} {row['name']} {number}"
    if row.get("address_1"):
        made["address_1"] = f"{rng.randrange(1, 3000)} {PLACES[number % len(PLACES)]} Street"
    if row.get("latitude"):
        made["latitude"] = f"{float(row['latitude']) + rng.uniform(-0.05, 0.05):.5f}"
        made["longitude"] = f"{float(row['longitude']) + rng.uniform(-0.05, 0.05):.5f}"
    return made


def asked(site: str, count: int) -> None:
    """Answered ones multiply, spread over two years; those that wait stay as few as the demo has them."""
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"]) as admin:
        keys = admin.execute(
            "select array_agg(a.id) from services_servicereferral a join accounts_site s on s.id = a.site_id"
            " where s.slug = %s and a.status = any(%s)", [site, DONE],
        ).fetchone()[0]  # fmt: skip
        for model in (ServiceReferral, AskedPerson, SharedFact):
            is_first = model is ServiceReferral
            own = REFERRAL if is_first else {"id": "gen_random_uuid()", "referral_id": COPY.format(key="t.referral_id")}
            columns = [field.column for field in model._meta.concrete_fields]
            values = ", ".join(own.get(column, f't."{column}"') for column in columns)
            listed, table = ", ".join(f'"{column}"' for column in columns), model._meta.db_table
            admin.execute(
                f'insert into "{table}" ({listed}) select {values} from "{table}" t, generate_series(1, %s) n'
                f" where t.{'id' if is_first else 'referral_id'} = any(%s)",
                [count // len(keys), keys],
            )


# Of everybody who takes part each month since they began, as it may have been, and a talk in every other one.
MONTHS = """
insert into participants_personmonth (id, site_id, participant_id, month, living, employment, income, income_sources, benefits,
  benefit_sources, insurance, insurance_sources, sheltered, permanent, continuum, lists_version, confirmed_at, confirmed_by_id)
select gen_random_uuid(), d.site_id, d.participant_id, d.month, (array['116', '101', '336', '410', '116', '116'])[1 + d.dice %% 6],
  (array['looking', 'part', 'none'])[1 + d.dice %% 3], (array['1', '0'])[1 + d.dice %% 2], '[]', '1',
  '["SNAP"]', '1', '["Medicaid"]',
  (array['no', 'yes', 'yes', 'yes', 'no', 'no'])[1 + d.dice %% 6], (array['no', 'no', 'no', 'yes', 'no', 'no'])[1 + d.dice %% 6],
  (array['no', 'yes', 'no'])[1 + d.dice %% 3], 'x', now(), d.by_id
from (
  select s.site_id, s.participant_id, m::date as month, p.created_by_id as by_id,
    abs(hashtext(s.participant_id::text || m::text)) as dice
  from participants_participation s join participants_participant p on p.id = s.participant_id
  join accounts_site a on a.id = s.site_id and a.slug = %s
  cross join lateral generate_series(date_trunc('month', s.began_on::timestamp) - interval '1 month', now(), interval '1 month') m
) d where d.dice %% 10 > 0 on conflict do nothing
"""
TALKS = """
insert into participants_contactnote (id, site_id, participant_id, author_id, kind, is_two_way, place, domains, happened_at,
  begun_at, saved_at, written_from, signed_at)
select gen_random_uuid(), x.site_id, x.participant_id, x.confirmed_by_id, 'phone', true, '',
  jsonb_build_array((array['housing', 'income', 'legal', 'mental_health'])[1 + abs(hashtext(x.id::text)) %% 4]),
  x.month + interval '10 days', now(), now(), gen_random_uuid(), now()
from participants_personmonth x join accounts_site a on a.id = x.site_id and a.slug = %s
where x.superseded_at is null and abs(hashtext(x.id::text)) %% 2 = 0
"""


def lived(site: str) -> None:
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"]) as admin:
        for statement in (MONTHS, TALKS):
            admin.execute(statement, [site])


if __name__ == "__main__":
    directory(sys.argv[1], int(sys.argv[2]))
    lived(sys.argv[1])
    asked(sys.argv[1], int(sys.argv[3]))
    sys.exit(0)
