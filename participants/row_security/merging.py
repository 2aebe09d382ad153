"""Two records of one person: who may put them together, what then moves with `lead_definer`'s hands, and who sees that it was.

A merge moves rows that the one who asks for it may neither change nor, some of them, see. So it is one function, which
itself looks whether it may, and moves what `participants.merging` finds. What a consent opens does not move with it: every
question of a consent is asked of the record on which a row hung when it was written (`app.hung_on`).
"""

from dataclasses import replace

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, definer, mine, my_site
from participants.merging import ALWAYS_BACK, families, keys, moved
from participants.models import Merge, MovedRow, NeverTogether, Participant

# ruff: noqa: S608  tables are ours
MANAGER, SUPERVISOR, PROVIDER = Role.CASE_MANAGER, Role.SUPERVISOR, Role.PROVIDER
CASEWORK = [MANAGER, SUPERVISOR]
MINE_NOW = "array(select app.my_participant_ids())"


def _values(rows: list[tuple]) -> str:
    return ", ".join(f"({', '.join(_said(cell) for cell in row)})" for row in rows)


def _said(cell) -> str:
    return str(cell).lower() if isinstance(cell, bool) else f"'{cell}'"


MOVED = _values([(key.table, key.column, key.is_one_at_a_time) for key in moved()])
EVERY = _values([(key.table, key.column) for key in keys() if key.model is not Participant])
FAMILIES = _values(
    [(f.child.table, f.child_column, f.child.column, f.parent.table, f.parent_column) for f in families()]
)
PAIRS = NeverTogether._meta.db_table
SINGLE = _values([*((key.table, key.column) for key in moved() if key.is_one_at_a_time), (PAIRS, "pair")])

# Why two records cannot be put together, as a code, or ''. The first that holds; the order is that of who may know.
HINDRANCE = """
  select case
    when one = other then 'same'
    when (select count(*) from participants_participant p where p.id in (one, other) and p.site_id = app.site_id()) < 2
      then 'missing'
    when exists (select 1 from participants_participant p where p.id in (one, other) and p.merged_into_id is not null)
      then 'merged'
    when coalesce(current_setting('role', true), '') <> 'lead_supervisor'
      and not (one in (select app.my_participant_ids()) and other in (select app.my_participant_ids())
        and one not in (select app.shut_participant_ids()) and other not in (select app.shut_participant_ids()))
      then 'not_yours'
    when exists (select 1 from participants_nevertogether n where n.lifted_at is null
        and n.first_id = least(one, other) and n.second_id = greatest(one, other)) then 'apart'
    when exists (select 1 from referrals_casework c where c.participant_id in (one, other) and c.is_sealed) then 'sealed'
    when (select count(distinct p.is_restricted) from participants_participant p where p.id in (one, other)) > 1
      then 'restricted'
    when exists (select 1 from participants_emergencyaccess e where e.participant_id in (one, other)
        and e.ended_at is null and e.until_at > clock_timestamp()) then 'emergency'
    when exists (select 1 from participants_recordaccess a where a.participant_id in (one, other) and a.ended_at is null
        and not exists (select 1 from participants_recordaccess b where b.participant_id in (one, other)
          and b.participant_id <> a.participant_id and b.ended_at is null and b.membership_id = a.membership_id
          and b.kind = a.kind)) then 'named'
    when exists (select 1 from participants_nevertogether n
        cross join lateral (select case when n.first_id in (one, other) then n.second_id else n.first_id end as id) avoided
        join referrals_casework theirs on theirs.participant_id = avoided.id and theirs.case_manager_id is not null
        join referrals_referral r on r.id = theirs.referral_id and r.status in ('submitted', 'handed_over', 'outreach')
        join referrals_casework ours on ours.case_manager_id = theirs.case_manager_id
          and ours.participant_id in (one, other) and ours.participant_id not in (n.first_id, n.second_id)
        where n.lifted_at is null and (n.first_id in (one, other) or n.second_id in (one, other))) then 'worker'
    when (select count(distinct p.died_on is null) from participants_participant p where p.id in (one, other)) > 1
      then 'died'
    else '' end"""

ROW_KEPT = """insert into participants_movedrow (id, site_id, merge_id, table_name, column_name, row_id, moved_at, stays)
        values (gen_random_uuid(), m.site_id, m.id, one.tab, one.col, row_key, clock_timestamp(), false)"""

MERGE_ROWS = f"""
declare
  m participants_merge; said text; one record; row_key uuid; pair record; other uuid; own bigint;
begin
  select * into m from participants_merge g where g.id = merge and g.site_id = app.site_id()
    and g.merged_by_id = app.membership_id() and g.apart_at is null;
  if not found then return jsonb_build_object('hinders', 'missing'); end if;
  -- Always in one order, so that two merges wait for each other; whoever is writing about one of the two is waited for.
  perform 1 from participants_participant p where p.id in (m.kept_id, m.left_id) order by p.id for update;
  said := app.merge_hindrance(m.kept_id, m.left_id);
  if said <> '' then return jsonb_build_object('hinders', said); end if;
  -- All that moves is held before any of it does: whoever signs a note holds it, and then wants the case (app.hold_cases).
  for one in select * from (values {MOVED}) k(tab, col, is_single) loop
    execute format('select 1 from %I where %I = $1 order by id for no key update', one.tab, one.col) using m.left_id;
  end loop;
  for one in select * from (values {MOVED}) k(tab, col, is_single) loop
    execute format('select count(*) from %I where %I = $1', one.tab, one.col) into own using m.kept_id;
    m.counts := m.counts || jsonb_build_object(one.tab, jsonb_build_object('own',
      own + coalesce((m.counts -> one.tab ->> 'own')::bigint, 0)));
    if one.is_single then
      -- Row by row: where only one may stand, the kept record's stands, and the other stays with the other record.
      for row_key in execute format('select id from %I where %I = $1 order by id', one.tab, one.col) using m.left_id loop
        begin
          execute format('update %I set %I = $1 where id = $2', one.tab, one.col) using m.kept_id, row_key;
          {ROW_KEPT};
        exception when unique_violation or exclusion_violation or check_violation then null;
        end;
      end loop;
    else
      execute format('with came as (update %I set %I = $1 where %I = $2 returning id) insert into participants_movedrow
        (id, site_id, merge_id, table_name, column_name, row_id, moved_at, stays)
        select gen_random_uuid(), $3, $4, %L, %L, came.id, clock_timestamp(), false from came',
        one.tab, one.col, one.col, one.tab, one.col) using m.kept_id, m.left_id, m.site_id, m.id;
    end if;
  end loop;
  for pair in select * from {PAIRS} n where m.left_id in (n.first_id, n.second_id) loop
    other := case when pair.first_id = m.left_id then pair.second_id else pair.first_id end;
    continue when other = m.kept_id;
    begin
      update {PAIRS} set first_id = least(m.kept_id, other), second_id = greatest(m.kept_id, other) where id = pair.id;
      select '{PAIRS}' as tab, 'pair' as col into one;
      row_key := pair.id;
      {ROW_KEPT};
    exception when unique_violation then null;
    end;
  end loop;
  update participants_participant set merged_into_id = m.kept_id where id = m.left_id;
  for one in select r.table_name as tab, count(*) as came from participants_movedrow r where r.merge_id = m.id group by 1 loop
    m.counts := m.counts || jsonb_build_object(one.tab,
      coalesce(m.counts -> one.tab, '{{}}') || jsonb_build_object('came', one.came));
  end loop;
  for one in select * from (values {EVERY}) k(tab, col) loop
    execute format('select count(*) from %I where %I = $1', one.tab, one.col) into own using m.left_id;
    continue when own = 0 or one.tab = 'participants_merge';
    m.counts := m.counts || jsonb_build_object(one.tab,
      coalesce(m.counts -> one.tab, '{{}}') || jsonb_build_object('stayed', own));
  end loop;
  update participants_merge set counts = m.counts where id = m.id;
  return jsonb_build_object('hinders', '', 'counts', m.counts);
end"""

# Why a merge cannot be undone, as a code, or ''.
APART_HINDRANCE = """
  select coalesce((select case
    when m.apart_at is not null then 'apart'
    when exists (select 1 from participants_participant p where p.id = m.kept_id and p.merged_into_id is not null)
      then 'later'
    when coalesce(current_setting('role', true), '') <> 'lead_supervisor'
      and (m.kept_id not in (select app.my_participant_ids()) or m.kept_id in (select app.shut_participant_ids()))
      then 'not_yours'
    when m.reversible_until <= clock_timestamp() or m.erased_at is not null then 'too_late'
    else '' end
    from participants_merge m where m.id = merge and m.site_id = app.site_id()), 'missing')"""

STAY_TOGETHER = """update participants_movedrow r set stays = true
        where r.merge_id = $2 and r.table_name = %L and not r.stays and exists (select 1 from """

MERGE_APART = f"""
declare
  m participants_merge; said text; one record; picked uuid[]; changed bigint; more bigint; now_there bigint;
  went jsonb := '{{}}';
begin
  select * into m from participants_merge g where g.id = merge and g.site_id = app.site_id() for update;
  perform 1 from participants_participant p where p.id in (m.kept_id, m.left_id) order by p.id for update;
  said := app.apart_hindrance(merge);
  if said <> '' then return jsonb_build_object('hinders', said); end if;
  for one in select * from (values {MOVED}) k(tab, col, is_single) loop
    execute format('select 1 from %I where id = any (array(select r.row_id from participants_movedrow r
      where r.merge_id = $1 and r.table_name = %L)) order by id for no key update', one.tab, one.tab) using m.id;
  end loop;
  update participants_movedrow r set stays = true
    where r.merge_id = m.id and r.changed_at is not null and r.table_name <> '{ALWAYS_BACK}';
  -- What belongs together goes back together: a goal with its steps, a note with what was added to it.
  loop
    changed := 0;
    for one in select * from (values {FAMILIES}) k(child, child_col, child_key, parent, parent_col) loop
      execute format('{STAY_TOGETHER} %I p join %I c on c.%I = p.%I
          left join participants_movedrow x on x.merge_id = r.merge_id and x.row_id = c.id
          where p.id = r.row_id and c.%I = $1 and (x.id is null or x.stays))'
        , one.parent, one.parent, one.child, one.child_col, one.parent_col, one.child_key) using m.kept_id, m.id;
      get diagnostics more = row_count; changed := changed + more;
      execute format('{STAY_TOGETHER} %I c join %I p on p.%I = c.%I
          join participants_movedrow x on x.merge_id = r.merge_id and x.row_id = p.id and x.stays
          where c.id = r.row_id)', one.child, one.child, one.parent, one.parent_col, one.child_col) using m.kept_id, m.id;
      get diagnostics more = row_count; changed := changed + more;
    end loop;
    exit when changed = 0;
  end loop;
  update participants_participant set merged_into_id = null where id = m.left_id;
  -- All at once where no constraint can object; row by row where one may.
  for one in select * from (values {MOVED}) k(tab, col, is_single) where not is_single loop
    select array_agg(r.row_id) into picked from participants_movedrow r
      where r.merge_id = m.id and r.table_name = one.tab and r.column_name = one.col and not r.stays;
    execute format('with back as (update %I set %I = $1 where id = any ($3) and %I = $2 returning id)
      select array_agg(id) from back', one.tab, one.col, one.col) into picked using m.left_id, m.kept_id, picked;
    delete from participants_movedrow r
      where r.merge_id = m.id and r.column_name = one.col and r.row_id = any (picked);
    get diagnostics more = row_count;
    if more > 0 then went := went || jsonb_build_object(one.tab, jsonb_build_object('back', more)); end if;
  end loop;
  for one in select r.id, r.table_name as tab, r.column_name as col, r.row_id from participants_movedrow r
    join (values {SINGLE}) k(tab, col) on k.tab = r.table_name and k.col = r.column_name
    where r.merge_id = m.id and not r.stays loop
    begin
      if one.col = 'pair' then
        update {PAIRS} n set first_id = least(m.left_id, o.id), second_id = greatest(m.left_id, o.id)
          from (select case when first_id = m.kept_id then second_id else first_id end as id
                  from {PAIRS} where id = one.row_id) o
          where n.id = one.row_id and m.kept_id in (n.first_id, n.second_id);
      else
        execute format('update %I set %I = $1 where id = $2 and %I = $3', one.tab, one.col, one.col)
          using m.left_id, one.row_id, m.kept_id;
      end if;
      get diagnostics more = row_count;
    exception when unique_violation or exclusion_violation or check_violation then more := 0;
    end;
    if more = 1 then
      delete from participants_movedrow where id = one.id;
      went := jsonb_set(went, array[one.tab], coalesce(went -> one.tab, '{{}}') || jsonb_build_object('back',
        coalesce((went -> one.tab ->> 'back')::bigint, 0) + 1));
    end if;
  end loop;
  for one in select * from (values {MOVED}) k(tab, col, is_single) loop
    continue when not m.counts ? one.tab;
    -- What somebody took away since neither went back nor stays.
    execute format('delete from participants_movedrow r where r.merge_id = $1 and r.table_name = %L
      and not exists (select 1 from %I t where t.id = r.row_id)', one.tab, one.tab) using m.id;
    select count(*) into more from participants_movedrow r where r.merge_id = m.id and r.table_name = one.tab;
    execute format('select count(*) from %I where %I = $1', one.tab, one.col) into now_there using m.kept_id;
    changed := greatest(0, now_there - more - coalesce((m.counts -> one.tab ->> 'own')::bigint, 0));
    continue when more = 0 and changed = 0;
    went := jsonb_set(went, array[one.tab], coalesce(went -> one.tab, '{{}}')
      || jsonb_build_object('stay', more, 'added', changed));
  end loop;
  return jsonb_build_object('hinders', '', 'rows', went);
end"""


# How many rows of each table hang on either of two records, for whoever may put them together.
HANGS = f"""
declare one record;
begin
  if app.merge_hindrance(one_person, other_person) in ('same', 'missing', 'merged', 'not_yours') then return; end if;
  for one in select * from (values {EVERY}) k(tab, col) loop
    return query execute format('select %L::text, count(*) filter (where %I = $1), count(*) filter (where %I = $2)
      from %I where %I in ($1, $2) having count(*) > 0', one.tab, one.col, one.col, one.tab, one.col)
      using one_person, other_person;
  end loop;
end"""

# A row written meanwhile about the record that was put away is the kept one's: the writer may have waited for the merge.
FOLLOW = """
declare key uuid; kept uuid; other uuid;
begin
  if tg_argv[0] = 'pair' then
    select coalesce(p.merged_into_id, p.id) into kept from participants_participant p where p.id = new.first_id for key share;
    select coalesce(p.merged_into_id, p.id) into other from participants_participant p where p.id = new.second_id for key share;
    new.first_id := least(kept, other); new.second_id := greatest(kept, other);
    return new;
  end if;
  execute format('select ($1).%I', tg_argv[0]) into key using new;
  select p.merged_into_id into kept from participants_participant p where p.id = key for key share;
  if kept is not null then new := jsonb_populate_record(new, jsonb_build_object(tg_argv[0], kept)); end if;
  return new;
end"""
CHANGED = """
begin
  if exists (select 1 from participants_movedrow r where r.row_id = new.id and r.changed_at is null)
    and (to_jsonb(new) - tg_argv) is distinct from (to_jsonb(old) - tg_argv) then
    update participants_movedrow r set changed_at = clock_timestamp() where r.row_id = new.id and r.changed_at is null;
  end if;
  return null;
end"""


def _trigger(name: str, body: str) -> str:
    return definer(f"{name}()", returns="trigger", body=body, to=["owner"], language="plpgsql", volatility="volatile")


def _casework(signature: str, *, returns: str, body: str, language: str = "sql", volatility: str = "stable") -> str:
    return definer(signature, returns=returns, body=body, to=CASEWORK, language=language, volatility=volatility)


# What the other functions of persons ask: they come first.
FIRST = [
    _casework(
        "united(person uuid)",
        returns="uuid",
        body="""select coalesce((select p.merged_into_id from participants_participant p where p.id = person), person)""",
    ),
    # On whom a row hung when it was written, before any merge: whose consent it was told under, or was not.
    definer(
        "hung_on(row_key uuid, person uuid)",
        returns="uuid",
        body="""select coalesce((select m.left_id from participants_movedrow r join participants_merge m on m.id = r.merge_id
                  where r.row_id = row_key order by r.moved_at limit 1), person)""",
        to=[*CASEWORK, PROVIDER, Role.LEGAL_AID],
    ),
]
FUNCTIONS = [
    _casework(
        "hold_person(person uuid)",
        returns="void",
        body="select 1 from participants_participant p where p.id = person and p.site_id = app.site_id() for share",
        volatility="volatile",
    ),
    _casework(
        "kept_record(person uuid)",
        returns="uuid",
        body="""select k.id from participants_participant p join participants_participant k on k.id = p.merged_into_id
                where p.id = person and k.site_id = app.site_id()
                  and (current_setting('role', true) = 'lead_supervisor' or app.may_see_participant(k.id))""",
    ),
    _casework(
        "left_overs(kept uuid)",
        returns="setof uuid",
        body="select p.id from participants_participant p where p.merged_into_id = kept and p.site_id = app.site_id()",
    ),
    _casework("merge_hindrance(one uuid, other uuid)", returns="text", body=HINDRANCE),
    _casework("apart_hindrance(merge uuid)", returns="text", body=APART_HINDRANCE),
    _casework(
        "hangs_on(one_person uuid, other_person uuid)",
        returns="table (tab text, one_has bigint, other_has bigint)",
        body=HANGS,
        language="plpgsql",
    ),
    _casework("merge_rows(merge uuid)", returns="jsonb", body=MERGE_ROWS, language="plpgsql", volatility="volatile"),
    _casework("merge_apart(merge uuid)", returns="jsonb", body=MERGE_APART, language="plpgsql", volatility="volatile"),
    _trigger("follow_merge", FOLLOW),
    _trigger("changed_since_merge", CHANGED),
]

# Also of a kept record that was itself put together with another one later.
OF_MINE = both(my_site(), f"app.united(kept_id) = any ({MINE_NOW})")
TWO_HERE = both(
    "exists (select 1 from participants_participant p where p.id = participants_merge.kept_id offset 0)",
    "exists (select 1 from participants_participant p where p.id = participants_merge.left_id offset 0)",
)
NEW = both(mine("merged_by_id"), "apart_at is null")
UNDOING = ("apart_at", "apart_by_id", "result", "before", "erased_at")
POLICIES = [
    Policy(
        Merge,
        select={
            MANAGER: OF_MINE,
            SUPERVISOR: my_site(),
            Duty.SCHEDULER: Rows(ANYTHING, columns=("id", "reversible_until", "erased_at")),
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(OF_MINE, f"left_id = any ({MINE_NOW})", NEW),
            SUPERVISOR: both(my_site(), NEW, TWO_HERE),
        },
        update={
            **{
                role: Rows(both(rows, "apart_at is null"), columns=UNDOING, check=both(rows, mine("apart_by_id")))
                for role, rows in ((MANAGER, OF_MINE), (SUPERVISOR, my_site()))
            },
            Duty.SCHEDULER: Rows(ANYTHING, columns=("before", "erased_at")),
            DEFINER: Rows(ANYTHING, columns=("counts",)),
        },
        audited=(
            "site_id", "kept_id", "left_id", "merged_at", "merged_by_id", "reversible_until", "erased_at", "apart_at",
            "apart_by_id",
        ),
    ),
    # Keys alone, written and read by the functions above and by nobody else.
    Policy(
        MovedRow,
        **{verb: {DEFINER: ANYTHING} for verb in ("select", "insert", "update", "delete")},
        audited=("site_id", "merge_id", "table_name", "row_id", "changed_at", "stays"),
    ),
]  # fmt: skip


def completed(policy: Policy) -> Policy:
    """Whatever table names a person, in whatever app: its rows can be moved by a merge, and what is written follows one."""
    own = [key for key in keys() if key.model is policy.model]
    if not own or policy.model in (Merge, Participant):
        return policy
    columns = tuple(sorted(key.column for key in own))
    select, update = dict(policy.select), dict(policy.update)
    select[DEFINER] = _with(select.get(DEFINER), ("id", *columns, *_links(policy.table)), was_all=DEFINER in select)
    if not set(own).isdisjoint(moved()) or policy.model is NeverTogether:
        update[DEFINER] = _with(update.get(DEFINER), columns, was_all=DEFINER in update)
    followed = "pair" if policy.model is NeverTogether else columns[0]
    named = ", ".join(f"'{column}'" for column in (*columns, *policy.kept))
    triggers = {
        "follow_merge": (f"before insert or update of {', '.join(columns)}", f"app.follow_merge('{followed}')"),
        "changed_since_merge": ("after update", f"app.changed_since_merge({named})"),
    }
    return replace(policy, select=select, update=update, triggers={**policy.triggers, **triggers})


def _links(table: str) -> list[str]:
    """The columns by which its rows belong to others that move with them."""
    found = {f.child_column for f in families() if f.child.table == table}
    return sorted(found | {f.parent_column for f in families() if f.parent.table == table} - {"id"})


def _with(rows: Rows | str | None, columns: tuple[str, ...], *, was_all: bool) -> Rows | str:
    """What `lead_definer` may see or write, and these columns beside."""
    if rows is None or isinstance(rows, str):
        return ANYTHING if was_all else Rows(ANYTHING, columns=columns)
    return Rows(rows.where, tuple(dict.fromkeys((*rows.columns, *columns))) if rows.columns else (), rows.check)
