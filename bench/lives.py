"""Years of a program: many people whose part in it is over, each with a referral, a window, a spell and two talks.

lived(site_id, people)      once the people are copied in: each gets the rows of a person of the demo whose window is over
much_written(member) -> (participant, referral)  2,000 signed notes of one of their people
Of the people the first thousand are those of who works here now, five hundred each of somebody who has left since.
"""

import os
import uuid
from datetime import timedelta

import psycopg
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from lead_cms.demo.bulk import made, write
from participants.models import ContactNote, NoteDetail, NoteLine
from referrals.models import Casework, Handoff, IntakeWindow, Referral, ReferredPerson

THEIRS, EACH, MANY_NOTES = 1000, 500, 2000
# Of each copied row what is not as in the row that it copies; `p` is whose it becomes.
OF_THEIRS = "md5(t.referral_id::text || p.id)::uuid"
LONG_AGO = {name: f"t.{name} - p.ago" for name in ("submitted_at", "occurred_at", "status_changed_at")}
LONG_AGO_ON = {name: f"(t.{name} - p.ago)::date" for name in ("starts_on", "due_on", "first_due_on", "met_on")}
OWN = {
    Referral: LONG_AGO
    | {
        "id": "md5(t.id::text || p.id)::uuid", "reference": "upper(right(md5(t.id::text || p.id), 12))",
        "submission_key": "gen_random_uuid()", "incident_number": "''",
    },
    ReferredPerson: {"name": "p.given_name || ' ' || p.family_name"},
    Handoff: {},
    IntakeWindow: LONG_AGO_ON | {"case_manager_id": "p.manager"},
    Casework: {"participant_id": "p.id", "case_manager_id": "p.manager", "next_try_at": "null"},
}  # fmt: skip
STAFF = """
with people as (
  insert into accounts_user (id, username, email, password, is_active)
  select gen_random_uuid(), 'left' || n, '', '!', false from generate_series(0, %(people)s / %(each)s) n returning id, username)
insert into accounts_membership (id, user_id, site_id, organisation_id, role, name, badge, unit, phone, starts_at, ends_at)
select gen_random_uuid(), people.id, m.site_id, m.organisation_id, m.role, people.username, '', '', '',
  now() - interval '3000 days', now() - interval '400 days'
from people, (select * from accounts_membership where role = 'case_manager' and site_id = %(site)s limit 1) m
"""
PAST = """
create temporary table past as
select p.id, p.site_id, p.given_name, p.family_name, p.number, (p.number %% 900) * interval '2 days' as ago,
  case when p.number < %(theirs)s then here.ids[1 + p.number %% cardinality(here.ids)]
       else gone.ids[1 + p.number / %(each)s] end as manager
from (select *, ('x' || right(id::text, 8))::bit(32)::int - 1 as number from participants_participant
       where id < '00000001-0000-0000-0000-000000000000') p,
  (select array_agg(id order by id) as ids from accounts_membership where role = 'case_manager' and site_id = %(site)s
     and ends_at is null) here,
  (select array_agg(id order by id) as ids from accounts_membership where role = 'case_manager' and site_id = %(site)s
     and ends_at is not null) gone
"""
TEMPLATES = """
create temporary table template as
select c.referral_id, row_number() over (order by c.referral_id) - 1 as number, count(*) over () as many
from referrals_casework c
join referrals_intakewindow w on w.referral_id = c.referral_id and w.state <> 'open'
join referrals_referral r on r.id = c.referral_id and r.status = 'handed_over'
where c.site_id = %(site)s and c.participant_id is not null and not c.is_restricted and not c.is_sealed
"""
SPELLS = """
insert into participants_participation (id, site_id, participant_id, state, reason, began_on, ended_on, recorded_by_id)
select gen_random_uuid(), p.site_id, p.id, s.state, '', current_date - 900 + s.began, current_date - 900 + s.ended, p.manager
from past p, (values ('active', 0, 200), ('door_open', 200, null)) s (state, began, ended)
"""
TALKS = """
insert into participants_contactnote (id, site_id, participant_id, author_id, kind, is_two_way, place, domains, happened_at,
  begun_at, saved_at, written_from, signed_at)
select gen_random_uuid(), p.site_id, p.id, p.manager, 'phone', true, '', '["housing"]', d.at, d.at, d.at, gen_random_uuid(), d.at
from past p, lateral (select now() - interval '700 days' - p.ago + n * interval '30 days' as at from generate_series(0, 1) n) d
"""
# What triggers would have kept.
STANDING = """
do $$ declare batch uuid[]; begin
  for batch in select array_agg(c.referral_id) from past p join referrals_casework c on c.participant_id = p.id
                group by p.number / 5000 loop
    perform app.keep_standing(batch);
  end loop;
end $$
"""


def lived(site_id, people: int) -> None:
    """Once for each database."""
    given = {"site": site_id, "people": people, "each": EACH, "theirs": THEIRS}
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        if admin.execute("select 1 from accounts_user where username = 'left0'").fetchone():
            return
        admin.execute("set session_replication_role = replica")  # the audit of a copy is not what is measured
        for statement in (STAFF, PAST, TEMPLATES):
            admin.execute(statement, given)
        for model, own in OWN.items():
            admin.execute(_copies(model, own))
        for statement in (SPELLS, TALKS, STANDING):
            admin.execute(statement)
        admin.execute("vacuum analyze")


def _copies(model, own: dict[str, str]) -> str:
    columns, table = [field.column for field in model._meta.concrete_fields], model._meta.db_table
    always = {"id": "gen_random_uuid()", "referral_id": OF_THEIRS}
    values = ", ".join((always | own).get(column, f't."{column}"') for column in columns)
    listed, key = ", ".join(f'"{column}"' for column in columns), "id" if model is Referral else "referral_id"
    return f"""insert into "{table}" ({listed}) select {values} from past p
      join template on template.number = p.number % template.many join "{table}" t on t.{key} = template.referral_id"""


def much_written(member: Membership) -> tuple[uuid.UUID, uuid.UUID]:
    with acting_as(member), transaction.atomic():
        case = Casework.objects.filter(case_manager=member, participant__isnull=False, participant__spells__state="active",
                                       participant__spells__ended_on=None, is_restricted=False).order_by("pk")[0]  # fmt: skip
        person, now = case.participant, timezone.now()
        if ContactNote.objects.filter(participant=person).count() >= MANY_NOTES:
            return person.pk, case.referral_id
        common = {"site": member.site, "participant": person}
        notes = []
        for number in range(MANY_NOTES):
            then = now - timedelta(hours=6 * number + 1)
            notes.append(
                made(ContactNote, id=uuid.uuid4(), author=member, kind="phone", is_two_way=bool(number % 3), minutes=10,
                     domains=["housing"], happened_at=then, begun_at=then, saved_at=then, written_from=uuid.uuid4(),
                     **common)
            )  # fmt: skip
        write(ContactNote, notes)
        for model, text in (
            (NoteLine, "Has a bed for the week."),
            (NoteDetail, "Slept badly. Wants to try again. " * 8),
        ):
            write(model, [made(model, id=uuid.uuid4(), note=note, text=text, **common) for note in notes])
        begun = ContactNote.objects.filter(participant=person, author=member, signed_at=None)
        begun.update(signed_at=F("happened_at"))
    return person.pk, case.referral_id
