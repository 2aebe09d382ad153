"""Race and gender as people said them become answers with their list and its version, some thousands of people at a time.

The columns stay until the next migration. Going back, what was answered since is put back into them.
"""

from django.db import migrations

RACES = {
    "aian": "American Indian or Alaska Native", "asian": "Asian", "black": "Black or African American",
    "hispanic": "Hispanic or Latino", "mena": "Middle Eastern or North African", "nhpi": "Native Hawaiian or Pacific Islander",
    "white": "White",
}  # fmt: skip
GENDERS = {"0": "Woman", "1": "Man", "5": "Transgender", "3": "Another gender"}
WORDS = {
    "0": ("woman", "female", "f", "trans woman", "mujer"), "1": ("man", "male", "m", "trans man", "hombre"),
    "5": ("trans woman", "trans man"),
}  # fmt: skip


def coded(system: str, version: str, code: str, label: str) -> str:
    return f"jsonb_build_object('system', '{system}', 'version', '{version}', 'code', {code}, 'label', {label})"


def cases(labels: dict[str, str], column: str) -> str:
    return f"case {column} " + " ".join(f"when '{code}' then '{label}'" for code, label in labels.items()) + " end"


def said(code: str) -> str:
    return f"lower(trim(p.gender)) in ({', '.join(repr(word) for word in WORDS[code])})"


RACE = f"""coalesce((select jsonb_agg({coded("OMB SPD-15", "2024", "one", cases(RACES, "one"))} order by one)
  from jsonb_array_elements_text(case jsonb_typeof(p.race) when 'array' then p.race else '[]' end) as one
  where one in ({", ".join(repr(code) for code in RACES)})), '[]')"""  # noqa: S608
GENDER = f"""case when trim(p.gender) = '' then '[]'
  when {said("0")} or {said("1")} then (select jsonb_agg({coded("HUD HMIS 3.06", "FY2024", "one", cases(GENDERS, "one"))} order by one)
    from unnest(array[case when {said("0")} then '0' else '1' end, case when {said("5")} then '5' end]) as one where one is not null)
  else jsonb_build_array({coded("HUD HMIS 3.06", "FY2024", "'3'", "'Another gender'")}) end"""  # noqa: S608
# The owner sees no rows of its own accord; a policy lets it, for as long as this takes.
FILL = f"""
do $$
declare filled int;
begin
  loop
    with batch as (
      select p.id, p.site_id, {RACE} as race, {GENDER} as gender, trim(p.gender) as words, p.created_at, p.created_by_id
      from participants_participant p
      where (trim(p.gender) <> '' or p.race <> '[]')
        and not exists (select 1 from participants_demographics d where d.participant_id = p.id)
      limit 5000
    )
    insert into participants_demographics
      (id, site_id, participant_id, race, race_words, gender, gender_words, sex, veteran, saved_at, saved_by_id)
    select gen_random_uuid(), site_id, id, race, '', gender, words, '[]', '[]', created_at, created_by_id from batch;
    get diagnostics filled = row_count;
    exit when filled = 0;
    commit;
  end loop;
end $$
"""  # noqa: S608
BACK = """
update participants_participant p set
  race = coalesce((select jsonb_agg(one ->> 'code') from jsonb_array_elements(d.race) as one
    where one ->> 'system' = 'OMB SPD-15' and position('.' in one ->> 'code') = 0), '[]'),
  gender = left(coalesce(nullif(d.gender_words, ''), (select string_agg(one ->> 'label', ', ')
    from jsonb_array_elements(d.gender) as one where one ->> 'system' = 'HUD HMIS 3.06'), ''), 60)
from participants_demographics d where d.participant_id = p.id
"""
LET = [
    "create policy lead_owner_finds on participants_participant for select to lead_owner using (true)",
    "create policy lead_owner_fills on participants_participant for update to lead_owner using (true)",
    "create policy lead_owner_finds on participants_demographics for select to lead_owner using (true)",
    "create policy lead_owner_fills on participants_demographics for insert to lead_owner with check (true)",
]
LET_NO_MORE = [
    "drop policy if exists lead_owner_finds on participants_participant",
    "drop policy if exists lead_owner_fills on participants_participant",
    "drop policy if exists lead_owner_finds on participants_demographics",
    "drop policy if exists lead_owner_fills on participants_demographics",
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("participants", "0015_demographics")]

    operations = [
        migrations.RunSQL([*LET_NO_MORE, *LET, FILL, *LET_NO_MORE], [*LET_NO_MORE, *LET, BACK, *LET_NO_MORE]),
    ]
