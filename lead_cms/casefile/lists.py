"""The lists of casework in one query and one shape each: windows, handoffs that wait, tries that are due, outreach.

API
    first_windows(site_id, most, who=…), keyed(site_id, after, most, who=…): one page of them
    waiting_handoffs(membership, now), tries_due(membership, until, most, shown=…), outreach_untried(site_id, most)
    first, said, whom, named: for a list of one's own
    not_closed(me), closed_here(me): what stands in its own case manager's lists alone, and how much of it there is
Rows that a person may not see are not there: PostgreSQL says so. What is filtered here is meaning. Rows of lists are
plain values of the columns that they say, not models: a list of many joins costs what it shows.
"""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Subquery

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList, Keys
from referrals.enums import AppointmentState, OutreachState, ReferralStatus, WindowEventKind, WindowState
from referrals.models import (
    Appointment,
    Attempt,
    Casework,
    IntakeWindow,
    OutreachEntry,
    Page,
    Paging,
    Referral,
    WindowEvent,
    WindowItem,
)

LOOKED_THROUGH = 60
MOST, FEW = 8, 5  # rows of a list on Today: what cannot wait, and the rest; the whole list is one link away
# An officer waits minutes. What nobody took over in this time stands on the lists of windows and outreach.
HANDOFF_TIME = timedelta(hours=12)


CLOSED = Q(is_restricted=True) | Q(is_sealed=True) | Q(participant__is_restricted=True)

CLOSED_HERE = "select count(*) from referrals_casework where site_id = %s and (is_restricted or is_sealed)"


def not_closed(me: UUID | None = None) -> Q:
    """Of rows that hang on a referral: what is restricted or sealed stands in its own case manager's lists, and in no other."""
    closed = Casework.objects.filter(CLOSED, referral=OuterRef("referral_id"))
    return ~Exists(closed if me is None else closed.exclude(case_manager=me))


def closed_here(me: Membership) -> int | None:
    """How many cases are restricted or sealed, for the supervisor, and never whose; nobody else is told."""
    if me.role != Role.SUPERVISOR:
        return None
    with connection.prepared_cursor() as cursor:
        cursor.execute(CLOSED_HERE, [me.site_id])
        return cursor.fetchone()[0]


def open_windows(site_id):
    """Open windows, bare: the caller filters, `first_windows` reads the few that remain."""
    return IntakeWindow.objects.filter(site_id=site_id, state=WindowState.OPEN)


def foremost(windows: list, today: date) -> list:
    """Of the soonest due: those that Today shows, no more than FEW that can wait until after tomorrow."""
    return [one for number, one in enumerate(windows[:MOST]) if number < FEW or (one.due_on - today).days <= 1]


def first(rows, *order: str, most: int):
    """The first few of a list, in one query: keys first, so that the joins are made for the rows that are shown."""
    keys = Keys(rows.order_by(*order).values("pk")[:most])
    return rows.model.objects.filter(AnyOf(F("pk"), keys)).order_by(*order)


# What a row says of the person and the tries: attribute, then the path from the referral or from its casework.
WHO = {"key": "pk", "name": "person__name", "description": "person__description"}
CALLED = {
    "chosen_name": "participant__chosen_name", "given_name": "participant__given_name",
    "family_name": "participant__family_name",
}  # fmt: skip
OF_REFERRAL = WHO | {"door": "door", "where_found": "person__where_found", "greeting": "person__greeting"}
OF_CASEWORK = CALLED | {
    "attempts": "attempts", "last_attempt_at": "last_attempt_at", "last_outcome": "last_outcome",
    "next_try_at": "next_try_at", "where_to_reach": "participant__where_to_reach",
}  # fmt: skip


def said(*more: str, referral: str = "referral__", case: str = "referral__casework__", manager=False) -> dict[str, str]:
    """The columns of a row by their names: what is said of a person, and `more`."""
    paths = _paths(referral, OF_REFERRAL) | _paths(case, OF_CASEWORK)
    if manager:
        paths["manager"] = f"{case}case_manager__name"
    return paths | {name: name for name in more}


def whom(*more: str, referral: str = "referral__") -> dict[str, str]:
    """The same of a row that says who it is, and nothing else of the person."""
    return _paths(referral, WHO) | _paths(f"{referral}casework__", CALLED) | {name: name for name in more}


def _paths(before: str, paths: dict[str, str]) -> dict[str, str]:
    return {name: f"{before}{path}" for name, path in paths.items()}


def named(paths: dict[str, str], rows) -> list:
    """Plain values as rows with names."""
    return [SimpleNamespace(**dict(zip(paths, values, strict=True))) for values in rows]


OF_WINDOW = said(
    "pk", "due_on", "required_items", "done_kinds", "unsure_kinds", "last_kind", "away", "away_on", "meets_at",
    "meets_place",
)  # fmt: skip
OF_MANAGED = OF_WINDOW | {"manager": "referral__casework__case_manager__name"}


def told_windows(windows, most: int):
    """The soonest due of a list, with everything that a row of them says."""
    counted = WindowItem.objects.filter(
        Q(needs_confirmation=False) | Q(confirmed_at__isnull=False),
        window=OuterRef("pk"),
        done_on__gte=OuterRef("starts_on"),
        done_on__lte=OuterRef("due_on"),
    )
    unsure = WindowItem.objects.filter(window=OuterRef("pk"), needs_confirmation=True, confirmed_at=None)
    tries = Attempt.objects.filter(referral=OuterRef("referral_id")).order_by("-tried_at", "-pk")
    events = WindowEvent.objects.filter(window=OuterRef("pk")).exclude(kind=WindowEventKind.NEW_ARREST)
    events = events.order_by("-happened_on", "-recorded_at", "-pk")
    booked = Appointment.objects.filter(referral=OuterRef("referral_id"), state=AppointmentState.BOOKED)
    found = first(windows, "due_on", "pk", most=most).annotate(
        done_kinds=ArraySubquery(counted.values("kind")),
        unsure_kinds=ArraySubquery(unsure.values("kind")),
        last_kind=Subquery(tries.values("kind")[:1]),
        away=Subquery(events.values("kind")[:1]),
        away_on=Subquery(events.values("happened_on")[:1]),
        meets_at=Subquery(booked.values("at")[:1]),
        meets_place=Subquery(booked.values("place")[:1]),
    )
    return found


@prepared(site_id=UUID, me=UUID, since=date, until=date, after_on=date, after_key=UUID)
def _windows(*, site_id, who, most, unsure=False, me=None, since=None, until=None, after_on=None, after_key=None):
    windows = open_windows(site_id)
    if unsure:
        late = WindowItem.objects.filter(window=OuterRef("pk"), needs_confirmation=True, confirmed_at=None)
        windows = windows.filter(Exists(late))
    if who != "team":
        windows = windows.filter(case_manager=me)
    if who != "mine":
        windows = windows.filter(not_closed())
    if since is not None:
        windows = windows.filter(due_on__gte=since)
    if until is not None:
        windows = windows.filter(due_on__lt=until)
    if after_on is not None:
        later = Q(due_on__gt=after_on) | Q(due_on=after_on, pk__gt=after_key)
        windows = windows.filter(later, due_on__gte=after_on)
    return told_windows(windows, most).values_list(*(OF_MANAGED if who == "team" else OF_WINDOW).values())


def first_windows(site_id, most: int, *, who: str = "team", **bounds) -> list:
    """The soonest due open windows of the team, of one case manager (who="mine", me=…) or of nobody (who="none").

    Bounds: `since` (due on that day or later), `until` (before that day), `after_on` with `after_key` (the next page);
    `unsure`: only those with an item that waits for a supervisor. The team's rows say whose they are.
    """
    return named(OF_MANAGED if who == "team" else OF_WINDOW, _windows(site_id=site_id, who=who, most=most, **bounds))


OF_HANDOFF = whom("submitted_at", "meeting_place", "given_by_name", referral="") | {
    "street_names": "casework__participant__street_names", "aliases": "casework__participant__aliases",
    "officer": "officer__name", "phone": "officer__phone", "called_at": "handoff__called_at",
    "acknowledged_at": "handoff__acknowledged_at", "acknowledged_by": "handoff__acknowledged_by__name",
    "arrived_at": "handoff__arrived_at", "nobody_came_at": "handoff__nobody_came_at", "fallback": "handoff__fallback",
    "fallback_note": "handoff__fallback_note", "is_paged": "is_paged", "is_closed": "is_closed",
}  # fmt: skip


@prepared(site_id=UUID, since=datetime, me=UUID)
def _waiting(*, site_id, since, me):
    answered = Paging.objects.filter(referral=OuterRef("referral_id"), stopped_at__isnull=False)
    paged = AnyOf(F("pk"), Keys(Page.objects.filter(~Exists(answered), person=me).values("referral_id")))
    given = Referral.objects.filter(
        site_id=site_id, status__in=(ReferralStatus.SUBMITTED, ReferralStatus.PENDING), agency__isnull=False,
        submitted_at__gte=since,
    )  # fmt: skip
    # Of more than a site ever has at once, those that wait longest are looked through, and whatever one is paged for.
    longest = given.order_by("submitted_at", "pk").values("pk")[:LOOKED_THROUGH]
    waiting = given.filter(
        Q(AnyOf(F("pk"), Keys(longest))) | Q(paged), handoff__handed_over_at=None, handoff__isnull=False
    )
    # Who is paged comes first, then what nobody has answered, then who waits longest: what is cut off can wait.
    waiting = waiting.annotate(is_paged=paged, is_open=Q(handoff__acknowledged_at=None))
    keys = Keys(waiting.order_by("-is_paged", "-is_open", "submitted_at", "pk").values("pk")[: FEW + 1])
    closed = Exists(Casework.objects.filter(CLOSED, referral=OuterRef("pk")).exclude(case_manager=me))
    few = Referral.objects.filter(AnyOf(F("pk"), keys)).annotate(is_paged=paged, is_closed=closed)
    return few.values_list(*OF_HANDOFF.values())


def waiting_handoffs(me, now: datetime) -> list:
    """Referrals of these hours that an officer waits with: nobody has taken them over. The most urgent, in no order.

    `is_paged` says whether this person is paged for it and nobody has answered yet; `is_closed`, that lists do not name who
    it is. It stands there all the same: an officer is with them, and somebody must come.
    """
    return named(OF_HANDOFF, _waiting(site_id=me.site_id, since=now - HANDOFF_TIME, me=me.pk))


OF_TRY = said(case="")


@prepared(site_id=UUID, me=UUID, until=datetime, shown=list)
def _tries(*, site_id, me, until, shown, most):
    due = Casework.objects.filter(
        ~Q(AnyOf(F("referral_id"), KeyList(shown))), site_id=site_id, next_try_at__lte=until, case_manager=me
    )
    return first(due, "next_try_at", "pk", most=most).values_list(*OF_TRY.values())


def tries_due(membership, until: datetime, most: int, *, shown: list[UUID]) -> list:
    """Own cases whose next try has come by `until`, oldest first, without those of the referrals that are `shown`."""
    found = _tries(site_id=membership.site_id, me=membership.pk, until=until, shown=shown, most=most)
    return named(OF_TRY, found)


OF_UNTRIED = whom("first_try_target_at") | {
    "door": "referral__door", "where_found": "referral__person__where_found", "greeting": "referral__person__greeting",
    "where_to_reach": "referral__casework__participant__where_to_reach",
}  # fmt: skip


@prepared(site_id=UUID)
def _untried(*, site_id, most):
    untried = OutreachEntry.objects.filter(
        not_closed(), site_id=site_id, state=OutreachState.TO_FIND, first_tried_at=None
    )
    return first(untried, "listed_at", "pk", most=most).values_list(*OF_UNTRIED.values())


def outreach_untried(site_id, most: int) -> list:
    """Those to be found whom nobody has tried, first listed first."""
    return named(OF_UNTRIED, _untried(site_id=site_id, most=most))


def keyed(site_id, after: tuple[date, UUID] | None, most: int, **chosen) -> tuple[list, object]:
    """One page in (due_on, id) order, and the last row of it when more follow."""
    if after is not None:
        chosen |= {"after_on": after[0], "after_key": after[1]}
    rows = first_windows(site_id, most + 1, **chosen)
    return rows[:most], rows[most - 1] if len(rows) > most else None
