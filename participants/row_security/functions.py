"""What policies must ask of rows that their role may not see: each answers for the acting membership alone."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import definer
from participants.enums import BARRIERS_TOLD, JUSTICE_CLASSES
from participants.row_security.finding import like, named
from participants.row_security.merging import FIRST as OF_TWO_RECORDS
from participants.row_security.merging import FUNCTIONS as OF_MERGING
from participants.row_security.opening import CLOSED_PEOPLE, IS_OF_NO_CASE, OPENED, PEOPLE_IN_FULL, SHUT

MANAGER, SUPERVISOR = Role.CASE_MANAGER, Role.SUPERVISOR
# Whose policies ask whether a consent opens something to their organisation.
RECIPIENTS = [Role.PROVIDER, Role.PROSECUTOR, Role.OFFICER, Role.LIAISON, Role.LEGAL_AID]

# ruff: noqa: S608  tables are ours
# A consent `k` that stands at this very moment. A record that was sealed, because the person is under age, tells nobody.
# Signed for one of two records that are now one, it neither ends nor begins again with what hung on the other.
IN_FORCE = """k.signed_at is not null and k.revoked_at is null and k.superseded_at is null
  and (k.ends_at is null or k.ends_at > clock_timestamp())
  and (k.ends_with <> 'taking_part' or exists (
    select 1 from participants_participation s where s.ended_on is null and s.state <> 'door_open'
      and app.hung_on(s.id, s.participant_id) = k.participant_id
      and s.participant_id in (k.participant_id, app.united(k.participant_id)))
    and exists (select 1 from participants_participation s where s.ended_on is null and s.state <> 'door_open'
      and s.participant_id = app.united(k.participant_id)))
  and not exists (select 1 from referrals_casework sealed where sealed.site_id = k.site_id
    and sealed.participant_id in (k.participant_id, app.united(k.participant_id)) and sealed.is_sealed)"""
# A cell `c` of it that is open to the acting membership's organisation.
OPEN_CELL = """c.organisation_id = app.organisation_id() and c.site_id = app.site_id() and c.revoked_at is null"""
MY_ROLE = "(select m.role from accounts_membership m where m.id = app.membership_id())"


def spelled(body: str) -> str:
    """The query with IN_FORCE, OPEN_CELL and MY_ROLE written out."""
    return body.replace("IN_FORCE", IN_FORCE).replace("OPEN_CELL", OPEN_CELL).replace("MY_ROLE", MY_ROLE)


# Codes for the person of the casework `w`, of what hung on the record `o` for which was signed: only what helps, and none
# that tells which service it is.
JUSTICE = [code.value for code in JUSTICE_CLASSES]
HUNG = "{0}.participant_id in (o.id, w.participant_id) and app.hung_on({0}.id, {0}.participant_id) = o.id"
PROGRESS = f"""array_remove(array[
  case when exists (select 1 from referrals_casework mine join referrals_attempt t on t.referral_id = mine.referral_id
      where {HUNG.format("mine")} and t.outcome = 'reached'
        and t.tried_at > clock_timestamp() - make_interval(days => days))
    or exists (select 1 from referrals_casework mine join referrals_appointment b on b.referral_id = mine.referral_id
      where {HUNG.format("mine")} and b.state = 'kept'
        and b.at > clock_timestamp() - make_interval(days => days))
    or exists (select 1 from participants_contactnote n where {HUNG.format("n")} and n.is_two_way
        and n.signed_at is not null and n.happened_at > clock_timestamp() - make_interval(days => days)) then 'in_touch' end,
  case when exists (select 1 from services_askedperson a join services_servicereferral r on r.id = a.referral_id
      where {HUNG.format("a")} and r.status in ('attended', 'completed')) then 'service_begun' end],
  null)"""
# Since when without a break: that somebody was inactive in between, and why, is nobody else's to know.
TAKING_PART_SINCE = f"""(select max(s.began_on) from participants_participation s
  where {HUNG.format("s")} and s.state <> 'door_open'
    and not exists (select 1 from participants_participation p where {HUNG.format("p")} and p.id <> s.id
      and p.state <> 'door_open' and p.ended_on = s.began_on and p.began_on <= s.began_on)
    and exists (select 1 from participants_participation n where {HUNG.format("n")}
      and n.ended_on is null and n.state <> 'door_open'))"""
# Needs for which no service was available, until one for the same need has begun.
BARRIERS = f"""array(select distinct g.need from services_servicegap g
  where {HUNG.format("g")} and g.need = any (array{list(BARRIERS_TOLD)})
    and not exists (select 1 from services_askedperson a join services_servicereferral r on r.id = a.referral_id
      where {HUNG.format("a")} and r.need = g.need and r.attended_on is not null
        and r.attended_on >= g.recorded_at::date)
  order by 1)"""


def _is_at(spot: str, provider: str) -> str:
    """The words of a place are the provider's name, or the name or address of one of its places."""
    return (
        f"(exists (select 1 from services_provider v where v.id = {provider} "
        f"and lower(btrim({spot})) = lower(btrim(v.name))) "
        f"or exists (select 1 from services_location l where l.provider_id = {provider} "
        f"and btrim({spot}) <> '' and lower(btrim({spot})) in (lower(btrim(l.name)), lower(btrim(l.address)))))"
    )


PEOPLE = {
    "table": "participants_participant", "key": "id", "column": "search_names", "to": [MANAGER, SUPERVISOR],
}  # fmt: skip
# A participant `p` of the site whom the caller may read: what their policy says, for a function that looks past it. Whose they
# are is asked of the few restricted ones, each by its key ("offset 0": not to be hashed).
OPEN_AS_ANYBODY = """(not p.is_restricted
      or p.created_by_id = app.membership_id() and app.is_of_no_case(p.id)
      or exists (select 1 from referrals_casework c where c.participant_id = p.id
        and c.case_manager_id = app.membership_id() offset 0)
      or p.id in (select app.opened_participant_ids()))
    and p.id not in (select app.shut_participant_ids())"""
OPEN_TO_ME = f"current_setting('role', true) = 'lead_supervisor' or {OPEN_AS_ANYBODY}"
# A record that was put together with the person's other one is not found; the kept one is. Nor does a name find a supervisor
# what is restricted: they come to it by its number or code alone.
FOUND_BY_NAME = f"p.merged_into_id is null and {OPEN_AS_ANYBODY}"
FUNCTIONS = [
    *OF_TWO_RECORDS,
    definer(
        "shut_participant_ids()",
        returns="setof uuid",
        body=SHUT,
        to=[MANAGER],
    ),
    definer(
        "opened_participant_ids()",
        returns="setof uuid",
        body=OPENED,
        to=[MANAGER],
    ),
    definer(
        "my_participant_ids()",
        returns="setof uuid",
        body="""select c.participant_id from referrals_casework c
                where c.case_manager_id = app.membership_id() and c.participant_id is not null""",
        to=[MANAGER],
    ),
    IS_OF_NO_CASE,
    definer(
        "may_see_participant(person uuid)",
        returns="boolean",
        body="""select exists (select 1 from participants_participant p where p.id = app.united(person)
                and p.site_id = app.site_id() and (not p.is_restricted
                  or p.created_by_id = app.membership_id() and app.is_of_no_case(p.id)
                  or exists (select 1 from referrals_casework c where c.participant_id = p.id
                    and c.case_manager_id = app.membership_id())
                  or p.id in (select app.opened_participant_ids()))
                and p.id not in (select app.shut_participant_ids()))""",
        to=[MANAGER],
    ),
    CLOSED_PEOPLE,
    PEOPLE_IN_FULL,
    # Whoever finds that a person is under age closes the record, also to themselves: no policy lets a row out of sight so.
    definer(
        "close_record(person uuid)",
        returns="void",
        body="""update participants_participant p set is_restricted = true where p.id = person and p.site_id = app.site_id()
                and (current_setting('role', true) = 'lead_supervisor' or app.may_see_participant(person))""",
        to=[MANAGER, SUPERVISOR],
        volatility="volatile",
    ),
    # "Met" may be read when the window was met and a criminal-justice consent is in force: neither alone tells anything.
    definer(
        "shared_referral(referral uuid)",
        returns="boolean",
        body=spelled("""select exists (
                  select 1 from participants_consent k
                  where k.referral_id = referral and k.kind = 'criminal_justice' and k.site_id = app.site_id()
                    and IN_FORCE)
                and exists (
                  select 1 from referrals_windowresult r join referrals_heldcharge c on c.id = r.charge_id
                  where c.referral_id = referral and c.site_id = app.site_id() and c.decided_at is null)"""),
        to=[Role.PROSECUTOR],
    ),
    # ---- what a consent in force opens to the caller's own organisation
    definer(
        "consented(person uuid, what text)",
        returns="boolean",
        body=spelled("""select exists (select 1 from participants_consentcell c join participants_consent k on k.id = c.consent_id
                 where c.participant_id = person and c.information_class = what and OPEN_CELL and IN_FORCE)"""),
        to=RECIPIENTS,
    ),
    definer(
        "known_to_me(person uuid)",
        returns="boolean",
        body=spelled("""select exists (select 1 from participants_consentcell c join participants_consent k on k.id = c.consent_id
                 where c.participant_id = person and OPEN_CELL and IN_FORCE)"""),
        to=RECIPIENTS,
    ),
    definer(
        "consented_people(what text)",
        returns="setof uuid",
        body=spelled("""select c.participant_id from participants_consentcell c join participants_consent k on k.id = c.consent_id
                 where c.information_class = what and OPEN_CELL and IN_FORCE"""),
        to=RECIPIENTS,
    ),
    # Whom a provider is to meet, one person at a time: never a list to look through. A number that is theirs no longer,
    # as their other record says, is not given.
    definer(
        "person_for_me(person uuid)",
        returns="table (shown_name text, pronouns text, language text, phone text)",
        body="""select coalesce(nullif(p.chosen_name, ''), btrim(p.given_name || ' ' || p.family_name)), p.pronouns,
                  p.language, case when k.id is null or k.phone = p.phone then p.phone else '' end
                from participants_participant p left join participants_participant k on k.id = p.merged_into_id
                where p.id = person and app.known_to_me(person)""",
        to=[Role.PROVIDER],
    ),
    # Under which consent a thing may be told to the caller, with the classes open to the caller and no others'.
    definer(
        "told_under(what text, person uuid, referral uuid)",
        returns="""table (consent_id uuid, kind text, scope text, classes text[], signed_at timestamptz,
                   ends_at timestamptz, ends_with text)""",
        body=spelled("""with wanted as (
                   select c.consent_id as id from participants_consentcell c
                    where c.participant_id = coalesce(person,
                          (select app.hung_on(w.id, w.participant_id) from referrals_casework w
                            where w.referral_id = referral and w.site_id = app.site_id() and not w.is_sealed))
                      and c.information_class = what and OPEN_CELL
                   union all
                   select k.id from participants_consent k
                    where k.referral_id = referral and k.kind = 'criminal_justice' and what = 'window_result'
                      and MY_ROLE = 'prosecutor' and app.shared_referral(referral)
                   union all
                   select s.consent_id from referrals_officersentence s
                    where s.referral_id = referral and s.officer_id = app.membership_id() and what = 'sentence')
                 select k.id, k.kind, case when k.kind in ('treatment', 'multi_party') then '' else k.scope end,
                   (select array_agg(c.information_class::text order by c.information_class)
                      from participants_consentcell c where c.consent_id = k.id and OPEN_CELL),
                   k.signed_at, k.ends_at, k.ends_with
                 from participants_consent k join wanted on wanted.id = k.id
                 where k.site_id = app.site_id() and IN_FORCE order by k.signed_at desc, k.id limit 1"""),
        to=RECIPIENTS,
    ),
    definer(
        "may_be_told(consent uuid, what text)",
        returns="boolean",
        body=spelled("""select exists (select 1 from participants_consent k
                 where k.id = consent and k.site_id = app.site_id() and IN_FORCE and case k.kind
                   when 'criminal_justice' then what = 'window_result' and MY_ROLE = 'prosecutor'
                     and app.shared_referral(k.referral_id)
                   when 'sentence' then what = 'sentence' and exists (select 1 from referrals_officersentence s
                     where s.consent_id = k.id and s.officer_id = app.membership_id())
                   else exists (select 1 from participants_consentcell c where c.consent_id = k.id
                     and c.information_class = what and OPEN_CELL) end)"""),
        to=[Role.PROVIDER, Role.PROSECUTOR, Role.LEGAL_AID, Duty.INTAKE],
    ),
    definer(
        "sentence_stands(consent uuid)",
        returns="boolean",
        body=spelled("""select exists (select 1 from participants_consent k
                 where k.id = consent and k.kind = 'sentence' and k.site_id = app.site_id() and IN_FORCE)"""),
        to=[Role.OFFICER],
    ),
    # What casework's own tables tell the prosecutor of one referral: who takes part since when, whom to call, and of progress
    # and of what stands in the way codes alone, or no row. `days` is how long a talk counts as being in touch.
    definer(
        "told_of_referral(referral uuid, days int)",
        returns="table (information_class text, case_manager_id uuid, taking_part_since date, facts text[])",
        body=spelled(f"""select told.* from (
                   select c.information_class::text as class,
                     case when c.information_class = 'legal_coordination' then w.case_manager_id end,
                     case when c.information_class = 'enrolment' then {TAKING_PART_SINCE} end,
                     case c.information_class when 'general_progress' then {PROGRESS} when 'barriers' then {BARRIERS}
                       end as facts
                   from referrals_casework w cross join lateral (select app.hung_on(w.id, w.participant_id) as id) o
                     join participants_consentcell c on c.participant_id = o.id
                     join participants_consent k on k.id = c.consent_id
                   where w.referral_id = referral and w.site_id = app.site_id() and not w.is_sealed
                     and c.information_class = any (array{JUSTICE}) and OPEN_CELL and IN_FORCE) told
                 where class in ('enrolment', 'legal_coordination') or cardinality(facts) > 0
                 order by 1 limit 8"""),
        to=[Role.PROSECUTOR],
    ),
    # ---- who must not meet: yes or no, and never who
    definer(
        "kept_apart(person uuid, manager uuid)",
        returns="boolean",
        body="""select exists (select 1 from participants_nevertogether n
                  join referrals_casework c on c.participant_id in (n.first_id, n.second_id) and c.participant_id <> person
                  join referrals_referral r on r.id = c.referral_id
                where (n.first_id = person or n.second_id = person) and n.lifted_at is null and n.site_id = app.site_id()
                  and c.case_manager_id = manager and r.status in ('submitted', 'handed_over', 'outreach'))""",
        to=[MANAGER, SUPERVISOR],
    ),
    # At the spot in words, or at the provider that was asked for this person: a meeting there, a first appointment there, or
    # a stay there that has begun. A provider's answer asks it through the intake's duty and never learns what it said.
    definer(
        "kept_apart_at(person uuid, asked uuid, spot text, since timestamptz, until timestamptz)",
        returns="boolean",
        body=f"""with here as (
                  select coalesce(person, a.participant_id) as person, r.provider_id
                  from (select 1) one left join services_askedperson a on a.referral_id = asked
                    left join services_servicereferral r on r.id = a.referral_id),
                other as (
                  select case when n.first_id = h.person then n.second_id else n.first_id end as person
                  from here h join participants_nevertogether n on h.person in (n.first_id, n.second_id)
                  where n.lifted_at is null and n.site_id = app.site_id())
                select exists (select 1 from other o cross join here h
                    join referrals_casework c on c.participant_id = o.person
                    join referrals_appointment b on b.referral_id = c.referral_id and b.state = 'booked'
                  where b.at > since and b.at < until
                    and (lower(btrim(b.place)) = lower(btrim(spot)) or {_is_at("b.place", "h.provider_id")}))
                or exists (select 1 from other o cross join here h
                    join services_askedperson a on a.participant_id = o.person
                    join services_servicereferral r on r.id = a.referral_id
                  where (r.status = 'accepted' and r.appointment_at > since and r.appointment_at < until
                      or r.status = 'attended')
                    and (r.provider_id = h.provider_id or {_is_at("spot", "r.provider_id")}))""",
        to=[MANAGER, SUPERVISOR, Duty.INTAKE],
    ),
    definer(
        "has_somebody_to_avoid(person uuid)",
        returns="boolean",
        body="""select exists (select 1 from participants_nevertogether n where n.lifted_at is null
                  and n.site_id = app.site_id() and (n.first_id = person or n.second_id = person))""",
        to=[MANAGER, SUPERVISOR],
    ),
    # ---- in an emergency: the one restricted record that fits exactly, closed to the caller and not shut by name
    definer(
        "find_in_emergency(words text, born date, code text)",
        returns="setof uuid",
        body="""select p.id from participants_participant p
                where p.site_id = app.site_id() and p.is_restricted and p.merged_into_id is null
                  and p.id not in (select app.shut_participant_ids())
                  and (length(btrim(words)) > 1 and p.birth_date = born
                         and position(lower(btrim(words)) in p.search_names) > 0
                       or exists (select 1 from referrals_casework c join referrals_referral r on r.id = c.referral_id
                         where c.participant_id = p.id and r.reference = upper(btrim(code)) and not c.is_sealed))
                limit 2""",
        to=[MANAGER],
    ),
    definer(
        "is_of_my_site(person uuid)",
        returns="boolean",
        body="""select exists (select 1 from participants_participant p where p.id = person
                and p.site_id = app.site_id() and p.merged_into_id is null)""",
        to=[MANAGER],
    ),
    *like("participants_like", is_open=FOUND_BY_NAME, **PEOPLE),
    *named(
        "participants_named", turned="app.turned_name(p.given_name, p.family_name)", is_open=FOUND_BY_NAME, **PEOPLE
    ),
    *OF_MERGING,
]
