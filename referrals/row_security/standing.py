"""How each case stands, kept beside it by the database: who is looked after, when they were last met, what was promised when.

Lists of one's own people, the board and Today read it; to find it out from every attempt, appointment, note and step of
everybody would read a site's whole history for each page. `app.keep_standing` finds it out anew for the people concerned,
in the transaction that changes something, whoever writes.
"""

from dataclasses import replace

from django.db import models

from lead_cms.access.permissions import Role
from lead_cms.access.row_security import Policy, definer
from participants.models import ContactNote, Participant, Participation
from referrals.enums import ENDED
from referrals.models import Appointment, Attempt, Casework, Handoff, IntakeWindow, OutreachEntry, Referral

# ruff: noqa: S608  nothing in it is anybody's words
# Met is a contact both ways: a try that reached them, an appointment kept, the handover, a signed note of a talk, their yes.
# Promised is a next try, an appointment, or what a signed note names, until a try on that day or later. Steps of the plan are
# not in it: of a colleague's person nobody reads them, and a case is read by the team.
FOUND = f"""
with asked as (
  select a.* from referrals_casework a where a.id = any (cases)),
one as (
  select a.id, coalesce(a.participant_id, a.referral_id) as person, x.is_over, k.listed_at,
         case when x.is_over or s.state = 'door_open' then '' when s.state = 'inactive' then 'inactive'
              else 'active' end as standing,
         greatest(
           (select max(t.tried_at) from referrals_attempt t where t.referral_id = a.referral_id and t.outcome = 'reached'),
           (select max(v.at) from referrals_appointment v where v.referral_id = a.referral_id and v.state = 'kept'),
           (select max(n.happened_at) from participants_contactnote n
             where n.participant_id = a.participant_id and n.is_two_way and n.signed_at is not null),
           h.handed_over_at, case when r.status = 'handed_over' then r.status_changed_at end,
           case when s.state = 'active' then s.began_on::timestamp at time zone 'UTC' end) as met_at,
         least(
           a.next_try_at,
           (select min(v.at) from referrals_appointment v where v.referral_id = a.referral_id and v.state = 'booked'),
           (select case when n.next_on > l.tried_on or l.tried_on is null then n.next_on end
              from participants_contactnote n where n.participant_id = a.participant_id and n.signed_at is not null
             order by n.happened_at desc, n.id desc limit 1)::timestamp at time zone e.time_zone) as promised_at
    from asked a
    join referrals_referral r on r.id = a.referral_id
    join accounts_site e on e.id = a.site_id
    cross join lateral (select (a.last_attempt_at at time zone e.time_zone)::date as tried_on) l
    left join referrals_intakewindow w on w.referral_id = a.referral_id
    left join referrals_handoff h on h.referral_id = a.referral_id
    left join referrals_outreachentry k on k.referral_id = a.referral_id and k.state in ('to_find', 'tried')
    left join participants_participant p on p.id = a.participant_id
    left join participants_participation s on s.participant_id = a.participant_id and s.ended_on is null
    cross join lateral (select a.is_sealed or r.status = any (array{[status.value for status in ENDED]})
                               or p.died_on is not null or coalesce(w.state = 'stepped_back', false) as is_over) x),
found as (
  select id, standing, max(met_at) over who as met_at,
         case when not is_over then min(promised_at) filter (where not is_over) over who end as promised_at,
         case when not is_over then listed_at end as to_find_since
    from one window who as (partition by person))
"""
# Of a person every case, in one order. A merge or a link may have ended while it waited: then there are more of them.
HOLD = """
declare held uuid[] := '{}'; cases uuid[];
begin
  loop
    cases := array(
      select a.id from referrals_casework a where a.referral_id = any (referrals)
      union select o.id from referrals_casework a join referrals_casework o on o.participant_id = a.participant_id
       where a.referral_id = any (referrals));
    exit when cases <@ held;
    perform 1 from referrals_casework a where a.id = any (cases) order by a.id for no key update;
    held := cases;
  end loop;
  return held;
end"""
# The person before the cases: whoever writes about the person holds that row, and then wants the cases.
HOLD_CASE = """
declare whose uuid; held uuid;
begin
  loop
    select c.participant_id into whose from referrals_casework c join referrals_referral r on r.id = c.referral_id
      where c.referral_id = referral and r.site_id = app.site_id();
    exit when whose is null or whose = held;
    perform 1 from participants_participant p where p.id = whose for no key update;
    held := whose;  -- a merge that was waited for may have given the case to the other record: then that one is held
  end loop;
  perform app.hold_cases(array(
    select r.id from referrals_referral r where r.id = referral and r.site_id = app.site_id()));
end"""
KEEP = f"""
declare cases uuid[];
begin
  -- Held before anything is read: of two who write at once the second sees what the first wrote.
  cases := app.hold_cases(referrals);
  {FOUND}
  update referrals_casework c set standing = found.standing, met_at = found.met_at, promised_at = found.promised_at,
    to_find_since = found.to_find_since
    from found where c.id = found.id
     and (c.standing, c.met_at, c.promised_at, c.to_find_since)
       is distinct from (found.standing, found.met_at, found.promised_at, found.to_find_since);
end"""
# Of one row: its column that names a referral or a person, before and after.
OF_ROW = """
declare old_key uuid; new_key uuid; found uuid[];
begin
  execute format('select ($1).%I, ($2).%I', tg_argv[1], tg_argv[1]) into old_key, new_key using old, new;
  if tg_argv[0] = 'referral' then
    found := array[old_key, new_key];
  else
    found := array(select c.referral_id from referrals_casework c where c.participant_id in (old_key, new_key));
    -- A case that has just gone from one person to another is the other's to count; the one's are in the list above.
    if tg_relid = 'referrals_casework'::regclass then found := found || new.referral_id; end if;
  end if;
  perform app.keep_standing(found);
  return null;
end"""
# Of all rows that a statement wrote.
OF_STATEMENT = """
declare found uuid[];
begin
  if tg_argv[0] = 'referral' then
    found := array(select x.referral_id from changed x);
  elsif tg_argv[0] = 'case' then
    found := array(select x.referral_id from changed x where x.participant_id is not null);
  elsif tg_argv[0] = 'note' then
    found := array(select c.referral_id from changed x join referrals_casework c on c.participant_id = x.participant_id
      where x.signed_at is not null);
    if tg_op = 'UPDATE' then
      found := found || array(select c.referral_id from was x join referrals_casework c
        on c.participant_id = x.participant_id where x.signed_at is not null);
    end if;
  else
    found := array(select c.referral_id from changed x join referrals_casework c on c.participant_id = x.participant_id);
    if tg_op = 'UPDATE' then
      found := found || array(select c.referral_id from was x join referrals_casework c
        on c.participant_id = x.participant_id);
    end if;
  end if;
  if cardinality(found) > 0 then perform app.keep_standing(found); end if;
  return null;
end"""


def _definer(signature: str, returns: str, body: str) -> str:
    return definer(signature, returns=returns, body=body, to=["owner"], language="plpgsql", volatility="volatile")


FUNCTIONS = [
    _definer("hold_cases(referrals uuid[])", "uuid[]", HOLD),
    definer(
        "hold_case(referral uuid)",
        returns="void",
        body=HOLD_CASE,
        # Whoever may move a referral along.
        to=[Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR, Role.OFFICER, Role.LIAISON],
        language="plpgsql",
        volatility="volatile",
    ),
    _definer("keep_standing(referrals uuid[])", "void", KEEP),
    _definer("standing_of_row()", "trigger", OF_ROW),
    _definer("standing_of_statement()", "trigger", OF_STATEMENT),
]
INSERTED = "referencing new table as changed for each statement"
DELETED = "referencing old table as changed for each statement"
UPDATED = "referencing old table as was new table as changed for each statement"


def _inserted(what: str) -> tuple[str, str, str]:
    return "after insert", f"app.standing_of_statement('{what}')", INSERTED


def _updated(*columns: str, what: str, key: str) -> tuple[str, str, str]:
    differs = " or ".join(f"old.{column} is distinct from new.{column}" for column in columns)
    of = f"after update of {', '.join(columns)}"
    return of, f"app.standing_of_row('{what}', '{key}')", f"for each row when ({differs})"


REFERRAL, PERSON = "referral", "person"
FOLLOWED: dict[type[models.Model], dict[str, tuple[str, str, str]]] = {
    Attempt: {
        "standing_inserted": _inserted(REFERRAL),
        "standing_deleted": ("after delete", "app.standing_of_statement('referral')", DELETED),
    },
    Appointment: {
        "standing_inserted": _inserted(REFERRAL),
        "standing_updated": _updated("state", "at", what=REFERRAL, key="referral_id"),
    },
    Handoff: {"standing_updated": _updated("handed_over_at", what=REFERRAL, key="referral_id")},
    Referral: {"standing_updated": _updated("status", what=REFERRAL, key="id")},
    IntakeWindow: {"standing_updated": _updated("state", what=REFERRAL, key="referral_id")},
    OutreachEntry: {
        "standing_inserted": _inserted(REFERRAL),
        "standing_updated": _updated("state", what=REFERRAL, key="referral_id"),
    },
    Casework: {
        "standing_inserted": _inserted("case"),
        "standing_updated": _updated("is_sealed", "next_try_at", "last_attempt_at", what=REFERRAL, key="referral_id"),
        "standing_linked": _updated("participant_id", what=PERSON, key="participant_id"),
    },
    ContactNote: {
        "standing_inserted": _inserted("note"),
        "standing_updated": ("after update", "app.standing_of_statement('note')", UPDATED),
    },
    Participation: {
        "standing_inserted": _inserted(PERSON),
        "standing_updated": ("after update", "app.standing_of_statement('person')", UPDATED),
    },
    Participant: {"standing_updated": _updated("died_on", what=PERSON, key="id")},
}  # fmt: skip


def completed(policy: Policy) -> Policy:
    """Whatever a case's standing is found from tells of each change."""
    return replace(policy, triggers={**policy.triggers, **FOLLOWED.get(policy.model, {})})
