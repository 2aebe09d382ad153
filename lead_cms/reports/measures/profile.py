"""T2, the profile of participants: who takes part, as they describe themselves, and how they lived when it was last confirmed."""

from collections import Counter

from lead_cms.reports.measures.base import Asked, Found, Report
from lead_cms.reports.measures.own_words import GENDER, OPEN_RECORD, RACE, TOLD, age_on, alone, years_on
from lead_cms.reports.measures.profile_tables import COLUMNS, lay_out
from participants.codes import EMPLOYMENT, LIVING

SIGNATURE = "report_profile(p_begins date, p_until date)"
RETURNS = "table(dimension text, grp text, n bigint, years double precision)"
# Each has one answer a person, '' where there is none.
SINGLE = ("gender", "age", "race", "door", "living", "employment", "income", "benefits", "insurance")
# Each may have several; the people they are named of.
OF = {
    "charge": "people/door:arrest", "income_source": "people/income:1", "benefit_source": "people/benefits:1",
    "insurance_source": "people/insurance:1",
}  # fmt: skip
BODY = f"""
with there as materialized (
  select p.id, {GENDER} as gender, {RACE} as race, {age_on("(p_until - 1)")} as age,
    {years_on("(p_until - 1)")}::float8 as years
  from participants_participant p {TOLD}
  where p.site_id = (select app.site_id()) and {OPEN_RECORD} and exists (
    select 1 from participants_participation s where s.participant_id = p.id and s.site_id = (select app.site_id())
      and s.state <> 'door_open' and s.began_on < p_until and (s.ended_on is null or s.ended_on >= p_begins))
),
came as materialized (
  select distinct on (k.participant_id) k.participant_id, r.id, r.door
  from referrals_casework k join there t on t.id = k.participant_id
  join referrals_referral r on r.id = k.referral_id and r.site_id = (select app.site_id()) and r.status <> 'cancelled'
  where k.site_id = (select app.site_id()) order by k.participant_id, r.submitted_at, r.id
),
lived as materialized (
  select distinct on (x.participant_id) x.*
  from participants_personmonth x join there t on t.id = x.participant_id
  where x.site_id = (select app.site_id()) and x.superseded_at is null and x.month < p_until
    and x.month >= date_trunc('month', p_begins::timestamp)
    and exists (select 1 from participants_participation s where s.participant_id = x.participant_id
      and s.began_on < x.month + interval '1 month')
  order by x.participant_id, x.month desc
),
facts as materialized (
  select t.*, coalesce(c.door, '') as door, coalesce(x.living, '') as living, coalesce(x.employment, '') as employment,
    coalesce(x.income, '') as income, coalesce(x.benefits, '') as benefits, coalesce(x.insurance, '') as insurance
  from there t left join came c on c.participant_id = t.id left join lived x on x.participant_id = t.id
)
select case {" ".join(f"when grouping(f.{one}) = 0 then '{one}'" for one in SINGLE)} else 'all' end,
  (case {" ".join(f"when grouping(f.{one}) = 0 then f.{one}" for one in SINGLE)} else '' end)::text, count(*), avg(f.years)
from facts f group by grouping sets ((), {", ".join(f"(f.{one})" for one in SINGLE)})
union all
select 'charge', o.title::text, count(distinct c.participant_id), null
from came c join referrals_referraloffence o on o.referral_id = c.id and o.site_id = (select app.site_id())
where c.door = 'arrest' group by o.title
union all
select s.what, s.code, count(*), null from lived x cross join lateral (
  select 'income_source', jsonb_array_elements_text(x.income_sources)
  union all select 'benefit_source', jsonb_array_elements_text(x.benefit_sources)
  union all select 'insurance_source', jsonb_array_elements_text(x.insurance_sources)) as s(what, code)
group by s.what, s.code
"""  # noqa: S608  the parts are ours
SQL = "select * from app.report_profile(%(begins_on)s, %(until_on)s)"


def read(asked: Asked, rows) -> Found:
    """Keys are "people" of all, "people/race:black" of a group; "known/door" is of whom the answer is known."""
    held = {(row["dimension"], row["grp"]): row["n"] for row in rows}
    counts, sums, implied, groups = {"people": held.get(("all", ""), 0)}, [], set(), {}
    for dimension in SINGLE:
        by_group = {group: [n] for (one, group), n in held.items() if one == dimension}
        if dimension == "race":
            by_group = alone(by_group, ("people",), counts, sums, implied)
        if dimension in FOLDED:
            by_group = _folded(by_group, FOLDED[dimension])
        groups[dimension] = list(by_group)
        counts |= {f"people/{dimension}:{group}": n for group, (n,) in by_group.items()}
        _known(dimension, by_group, counts, sums)
    for dimension in OF:
        groups[dimension] = [group for one, group in held if one == dimension]
        for group in groups[dimension]:
            _one_of_several(dimension, group, held[dimension, group], counts, sums, implied)
    _follows(counts, sums, implied)
    years = next((row["years"] for row in rows if row["dimension"] == "all"), None)
    return Found(counts, sums, frozenset(implied), {"groups": groups, "years": years})


# What is no answer: nobody confirmed a month, or the person did not say, or it was not asked.
NO_ANSWER = frozenset({"8", "9", "99", "17", "37"})
FOLDED = dict.fromkeys(("living", "employment", "income", "benefits", "insurance"), NO_ANSWER)


def _folded(by_group: dict[str, list[int]], away: frozenset[str]) -> dict[str, list[int]]:
    """Every kind of no answer as one."""
    found: Counter[str] = Counter()
    for group, (n,) in by_group.items():
        found["" if group in away else group] += n
    return {group: [n] for group, n in found.items()}


def _known(dimension: str, by_group, counts, sums) -> None:
    """Of how many the answer is known: what a share is of, and so as good as printed."""
    given = tuple(f"people/{dimension}:{group}" for group in by_group if group)
    none = f"people/{dimension}:"
    counts.setdefault(none, 0)
    counts[f"known/{dimension}"] = sum(counts[one] for one in given)
    if given:
        sums.append((f"known/{dimension}", given))
    sums.append(("people", (f"known/{dimension}", none)))


def _one_of_several(dimension: str, group: str, n: int, counts, sums, implied) -> None:
    """Who named it, and who is one of the same people and did not: that follows, and is guarded with it."""
    key, rest, whole = f"people/{dimension}:{group}", f"without/{dimension}:{group}", OF[dimension]
    counts[key], counts[rest] = n, counts.setdefault(whole, 0) - n
    implied.add(rest)
    sums.append((whole, (key, rest)))


def _follows(counts, sums, implied) -> None:
    """What follows from a code: permanent housing, shelter, the employment continuum; who is not is implied."""
    for name, (dimension, listed, what) in {
        "permanent": ("living", LIVING, "permanent"), "sheltered": ("living", LIVING, "sheltered"),
        "continuum": ("employment", EMPLOYMENT, "continuum"),
    }.items():  # fmt: skip
        parts = {
            answer: [f"people/{dimension}:{code}" for code in listed.that(what, answer)] for answer in ("yes", "no")
        }
        for answer, key in (("yes", name), ("no", f"not_{name}")):
            there = tuple(one for one in parts[answer] if one in counts)
            counts[key] = sum(counts[one] for one in there)
            sums += [(key, there)] if there else []
        implied.add(f"not_{name}")
        sums.append((f"known/{dimension}", (name, f"not_{name}")))


REPORT = Report(
    name="profile",
    title="Who takes part",
    about="Age, gender, race and ethnicity in people’s own words, how they came, and how they lived when it was last confirmed.",
    definition=(
        "Everybody who took part on at least one day of the period, each once, as they describe themselves; nothing of what an "
        "officer perceived is counted here. Who has left, and whose door is open only, does not take part. Age on the last day "
        "that is counted. How they came: the door of their first referral, and for the arrest door the charges of that one. "
        "Where they stayed, work, income, benefits and insurance: as a case manager last confirmed it for a month of the period. "
        "Sheltered, permanent housing and the employment continuum as in the report month by month."
    ),
    denominator="Shares are of the people of whom the answer is known; how many those are stands beside each.",
    columns=tuple(column.label for column in COLUMNS),
    sql=SQL,
    counted=BODY,
    notes=(
        "“Alone” is one group and no other; “alone or in combination” counts everybody who named the group; “two or more” are "
        "those who named several.",
        "Charges, sources of income, benefits and insurance: a person may have several, and counts in each.",
        "Of what profiles of other programs show, four are in no figure here. Co-occurring conditions, children and schooling are "
        "asked at intake and assessment, and encrypted, so that nobody is counted by them. Hepatitis C is asked nowhere.",
    ),
    read=read,
    lay_out=lay_out,
)
