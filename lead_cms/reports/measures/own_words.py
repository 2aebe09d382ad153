"""How people describe themselves, in SQL, for every report that counts it: `p` is the participant.

The only place that reads these columns for reports; what an officer perceived is never read here.

TOLD                           the join that brings `g`, what `p` said of themselves
GENDER, RACE, age_on(day)      the group of one person, '' where they gave no answer; several races are "black+white"
OPEN_RECORD                    whether the record is open to the team, and not put away for another of the same person: in no figure
                               otherwise, whoever asks
alone(...)                     one race alone, "two or more", and how many named each together with others
"""

from lead_cms.reports.enums import AGES

BANDS = f"array{list(AGES)}::float8[]"
# What a person says of themselves, put into three groups; their own words are not read. A woman who is transgender as well
# is a woman; whoever says both, or another gender, is "another".
GENDER = """case when not jsonb_path_exists(g.gender, '$[*].code ? (@ like_regex "^[0-6]$")') then ''
  when not jsonb_path_exists(g.gender, '$[*].code ? (@ like_regex "^[12346]$")')
    and jsonb_path_exists(g.gender, '$[*].code ? (@ == "0")') then 'woman'
  when not jsonb_path_exists(g.gender, '$[*].code ? (@ like_regex "^[02346]$")')
    and jsonb_path_exists(g.gender, '$[*].code ? (@ == "1")') then 'man'
  when g.gender is null then '' else 'other' end"""
RACE = """coalesce((select string_agg(distinct said ->> 'code', '+' order by said ->> 'code')
      from jsonb_array_elements(g.race) as said
      where said ->> 'code' in ('aian', 'asian', 'black', 'hispanic', 'mena', 'nhpi', 'white')), '')"""
TOLD = """left join participants_demographics g on g.participant_id = p.id and g.site_id = (select app.site_id())"""
OPEN_RECORD = """p.merged_into_id is null and not p.is_restricted and not exists (select 1 from referrals_casework k
      where k.participant_id = p.id and k.site_id = (select app.site_id()) and (k.is_restricted or k.is_sealed))"""


def years_on(day: str) -> str:
    return f"coalesce(date_part('year', age({day}, p.birth_date)), p.age_about)"


def age_on(day: str) -> str:
    return f"coalesce(width_bucket({years_on(day)}, {BANDS})::text, '')"


def alone(by_group: dict[str, list[int]], stages, counts, sums, implied) -> dict[str, list[int]]:
    """Of groups that may be combinations; the counts of those who named a group with others are added to `counts`."""
    combinations = {one: numbers for one, numbers in by_group.items() if "+" in one}
    found = {one: numbers for one, numbers in by_group.items() if "+" not in one}
    named = sorted({part for one in by_group for part in one.split("+")} - {""})
    for place, stage in enumerate(stages):
        for one, numbers in combinations.items():
            counts[f"{stage}/combination:{one}"] = numbers[place]
            implied.add(f"{stage}/combination:{one}")
        for part in named:
            holding = tuple(one for one in combinations if part in one.split("+"))
            counts[f"{stage}/with:{part}"] = sum(combinations[one][place] for one in holding)
            sums.append((f"{stage}/with:{part}", tuple(f"{stage}/combination:{one}" for one in holding)))
        if combinations:
            sums.append((f"{stage}/race:two", tuple(f"{stage}/combination:{one}" for one in combinations)))
    for part in named:
        found.setdefault(part, [0] * len(stages))
    if combinations:
        found["two"] = [sum(numbers[place] for numbers in combinations.values()) for place, _ in enumerate(stages)]
    return found
