"""The caseload board: a column a case manager, with the people of each part, most urgent first.

API
    board(site_id, rules, now, today) -> [Column] in alphabetical order; two queries whatever the number of people
A card is a person, not a referral. Restricted and sealed records are on no card: a column counts them, and no more.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from uuid import UUID

from django.db import connection

from lead_cms.casefile.caseload import COUNTED, PEOPLE, Load, given, team_of
from lead_cms.casefile.urgency import name_of
from lead_cms.core.addresses import address
from lead_cms.core.components import due_shape
from lead_cms.core.templatetags.dates import local_day
from lead_cms.programs.rules import Rules

FEW = 4  # cards of one part of a column; the rest is one link away
WINDOW, ACTIVE, OUT = "window", "active", "out"
PARTS = {WINDOW: "Window open", ACTIVE: "Active, no open window", OUT: "Out of touch"}
# The referral of a card is the one whose window ends first.
MORE = """, min(w.due_on) as due_on, (array_agg(c.participant_id))[1] as participant,
         (array_agg(c.referral_id order by w.due_on, c.referral_id))[1] as referral"""
BOARD = f"""
with people as materialized ({PEOPLE.format(more=MORE)}),
counted as ({COUNTED}),
parted as (
  select *, case when inactive or coalesce(met < %(since)s, false) then 'out' when due_on is not null then 'window'
                 else 'active' end as part
    from people where not closed),
ranked as (
  select *, row_number() over first as place, count(*) over (partition by manager, part) as many
    from parted window first as (partition by manager, part order by due_on, met nulls first, person))
select k.manager, k.active, k.inactive, k.suggested, k.closed, k.ending,
       n.part, n.many, n.referral, n.due_on, n.met, n.inactive as is_inactive, p.chosen_name, p.given_name, p.family_name,
       f.name, f.description, u.unsigned
  from counted k
  left join ranked n on n.manager = k.manager and n.place <= %(few)s
  left join participants_participant p on p.id = n.participant
  left join referrals_referredperson f on f.referral_id = n.referral
  left join lateral (select count(*) as unsigned from participants_contactnote x
                      where x.author_id = n.manager and x.participant_id = n.participant and x.signed_at is null) u on true
 order by k.manager, n.part, n.place
"""  # noqa: S608  the parts are ours


@dataclass(frozen=True)
class Card:
    """One person as the board shows them."""

    name: str
    referral: UUID
    due: dict | None
    says: tuple[str, ...]

    @property
    def url(self) -> str:
        return address("casefile:case", self.referral)

    @property
    def move_url(self) -> str:
        return address("casefile:assign", self.referral) + "?back=board"


@dataclass
class Part:
    """The people of one kind in a column: how many there are, and the first few."""

    title: str
    many: int
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    load: Load
    parts: list[Part]
    bar: "Bar"


@dataclass(frozen=True)
class Bar:
    """A load as a picture a hundred wide: how far it reaches, and where the site's thresholds stand."""

    active: float
    marks: tuple[float, ...]


def board(site_id: UUID, rules: Rules | None, now: datetime, today: date) -> list[Column]:
    """Everybody of the team, whoever has nobody too."""
    with connection.cursor() as cursor:
        cursor.execute(BOARD, given(site_id, rules, now, today) | {"few": FEW})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    counted, parts = {}, {}
    for row in rows:
        counted[row["manager"]] = tuple(
            int(row[key]) for key in ("active", "inactive", "suggested", "closed", "ending")
        )
        if row["part"] is None:
            continue
        of = parts.setdefault(row["manager"], {})
        part = of.setdefault(row["part"], Part(PARTS[row["part"]], row["many"]))
        part.cards.append(_card(row, today))
    return [
        Column(
            load, [found[code] for code in PARTS if code in (found := parts.get(load.person.pk, {}))], _bar(load, rules)
        )
        for load in team_of(site_id, counted, rules, now)
    ]


def _card(row: dict, today: date) -> Card:
    notes = row["unsigned"]
    says = (
        _met(row["met"], today),
        "Inactive" if row["is_inactive"] else "",
        f"{notes} note{'' if notes == 1 else 's'} not signed" if notes else "",
    )
    return Card(
        name=name_of(SimpleNamespace(**row)), referral=row["referral"],
        due=due_shape(row["due_on"], "person", "") if row["due_on"] else None,
        says=tuple(line for line in says if line),
    )  # fmt: skip


def _met(at: datetime | None, today: date) -> str:
    """How long ago both talked, in days."""
    if at is None:
        return "Not met yet"
    days = (today - local_day(at)).days
    return "Met today" if days <= 0 else "Met yesterday" if days == 1 else f"Met {days} days ago"


def _bar(load: Load, rules: Rules | None) -> Bar:
    given = rules.caseload if rules else None
    marks = [one for one in (given.full, given.high, given.most) if one] if given else []
    whole = max([load.active, *marks, 1]) * 1.1
    return Bar(round(100 * load.active / whole, 2), tuple(round(100 * one / whole, 2) for one in marks))
