"""What waits in the team, for the supervisor: windows ending, notes not signed, people not talked with for long.

API
    ending(site_id, since, until), unsigned(site_id, before), untouched(site_id, rules, now, today) -> [Waiting]
    nudged_today(site_id, today) -> {(about, subject): Nudge}
    rows_of(about, waiting, nudged, me) -> rows of {% work_list %}
Restricted and sealed records are in no list. Each list is one query, and has an end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from lead_cms.accounts.models import Membership
from lead_cms.casefile.caseload import PEOPLE, given, since_of
from lead_cms.casefile.lists import MOST, named, said
from lead_cms.casefile.urgency import case_url, name_of
from lead_cms.core.addresses import address
from lead_cms.core.templatetags.dates import local_day, say_day, say_time
from lead_cms.programs.rules import Rules
from participants.models import ContactNote
from referrals.enums import ENDED, NudgeAbout, WindowState
from referrals.models import Casework, IntakeWindow, Nudge

OF_WINDOW = said("due_on", manager=True) | {"manager_id": "referral__casework__case_manager_id"}
# The same as the board's people, those alone whom nobody has talked with since.
MORE = """, (array_agg(c.participant_id))[1] as participant,
         (array_agg(c.referral_id order by c.referral_id))[1] as referral"""
UNTOUCHED = f"""
with people as ({PEOPLE.format(more=MORE)})
select n.referral, n.met, n.manager, m.name as manager_name, p.chosen_name, p.given_name, p.family_name, f.name, f.description
  from (select * from people where met < %(since)s and not inactive and not closed order by met, person limit %(most)s) n
  join accounts_membership m on m.id = n.manager
  left join participants_participant p on p.id = n.participant
  left join referrals_referredperson f on f.referral_id = n.referral
 order by n.met, n.referral
"""  # noqa: S608  the parts are ours


@dataclass(frozen=True)
class Waiting:
    """One thing that waits, and with whom; `subject` is the key of a referral, or of a note."""

    subject: UUID
    name: str
    manager: UUID | None
    manager_name: str
    due_on: date | None = None
    since: datetime | None = None


def ending(site_id: UUID, since: date, until: date) -> list[Waiting]:
    """Open windows that end before `until`, soonest first."""
    windows = IntakeWindow.objects.filter(
        Q(referral__casework__participant=None) | Q(referral__casework__participant__is_restricted=False),
        site_id=site_id, state=WindowState.OPEN, due_on__gte=since, due_on__lt=until, referral__casework__is_restricted=False,
        referral__casework__is_sealed=False,
    ).exclude(referral__status__in=ENDED)  # fmt: skip
    rows = named(OF_WINDOW, windows.order_by("due_on", "pk")[: MOST + 1].values_list(*OF_WINDOW.values()))
    return [Waiting(one.key, name_of(one), one.manager_id, one.manager or "", due_on=one.due_on) for one in rows]


def unsigned(site_id: UUID, before: datetime) -> list[Waiting]:
    """Notes saved last before this moment and not signed, oldest first: whose, and of whom; no text of theirs."""
    sealed = Casework.objects.filter(participant=OuterRef("participant_id"), is_sealed=True)
    notes = ContactNote.objects.filter(
        ~Exists(sealed), site_id=site_id, signed_at=None, saved_at__lt=before, participant__is_restricted=False
    ).select_related("participant", "author").order_by("saved_at", "pk")  # fmt: skip
    return [
        Waiting(one.pk, one.participant.shown_name, one.author_id, one.author.name, since=one.happened_at)
        for one in notes[: MOST + 1]
    ]


def untouched(site_id: UUID, rules: Rules | None, now: datetime, today: date) -> list[Waiting]:
    """Active people whom nobody has talked with for the site's days, longest ago first; none while it has not decided."""
    if since_of(rules, now) is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(UNTOUCHED, given(site_id, rules, now, today) | {"most": MOST + 1})
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        Waiting(one["referral"], name_of(SimpleNamespace(**one)), one["manager"], one["manager_name"], since=one["met"])
        for one in found
    ]


def nudged_today(site_id: UUID, today: date) -> dict[tuple, Nudge]:
    found = Nudge.objects.filter(site_id=site_id, nudged_on=today).select_related("nudged_by")
    return {(one.about, one.subject): one for one in found}


def rows_of(about: str, waiting: Iterable[Waiting], nudged: dict, me: Membership, today: date) -> list[dict]:
    """Rows with one tap to ask; whoever was asked today is not asked again."""
    return [_row(about, one, nudged.get((about, one.subject)), me, today) for one in list(waiting)[:MOST]]


def _row(about: str, one: Waiting, nudge: Nudge | None, me: Membership, today: date) -> dict:
    is_note = about == NudgeAbout.NOTE
    page = address("casefile:note", one.subject) if is_note else case_url("case", one.subject)
    row = {"title": one.name, "url": "" if is_note else page, "notes": [one.manager_name or "No case manager yet"]}
    if one.due_on is not None:
        row["due_on"] = one.due_on
    else:
        days = (today - local_day(one.since)).days
        row |= {"due_says": f"{days} day{'' if days == 1 else 's'}", "due_tone": "waiting",
                "due_note": f"{'of ' if is_note else 'last met '}{say_day(one.since)}"}  # fmt: skip
    if nudge is not None:
        row["notes"].append(f"Asked today {say_time(nudge.nudged_at)} by {nudge.nudged_by.name}.")
    elif one.manager is None:
        row["action"] = {"label": "Give to somebody", "url": case_url("assign", one.subject)}
    elif one.manager == me.pk:
        own = address("casefile:note-write", one.subject) if is_note else page
        row["action"] = {"label": "Open, it is yours", "url": own}
    else:
        url = reverse("casefile:nudge-note", args=[one.subject]) if is_note else case_url("nudge", one.subject, about)
        row["action"] = {"label": f"Nudge {one.manager_name}", "url": url, "post": True}
    return row
