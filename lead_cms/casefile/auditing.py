"""What stands on the auditor's pages: events as rows, re-opened referrals as shifts, roles and sign-ins to review.

API
    asked(form_data, by) -> (events, what was asked, in codes); event_row(event), export_lines(events, …)
    reopened(by, rules, now) -> [shift with its person], or None where the site has not decided
    roles(site_id), state_of(membership, rules, now)
Nothing here reads a case: names are colleagues' own, records are kinds and keys.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from lead_cms.access.permissions import POLICE
from lead_cms.accounts.models import Membership
from lead_cms.audit import reading
from lead_cms.audit.in_words import say_action, say_page, say_record
from lead_cms.casefile.forms.audit import key_of
from lead_cms.core.templatetags.dates import say_when
from lead_cms.programs.rules import Rules

MOST_PEOPLE = 50
LOOK_BACK = timedelta(days=31)  # how far back shifts are looked for
COLUMNS = ("When", "Who", "What", "On")
CSV_COLUMNS = ("recorded_at", "actor", "membership", "deed", "record_kind", "record_key", "request", "details")


def asked(given: dict, by: Membership) -> tuple:
    """The events that a checked form asks for, and the same in codes and ids, as it is recorded."""
    who = colleagues(given["who"], by.site_id) if given.get("who") else None
    time = {"since": given.get("since"), "until": given.get("until")}
    said = {name: value.isoformat() for name, value in time.items() if value}
    if given.get("deed"):
        said["deed"] = given["deed"]
    if who is not None:
        said["who"] = [str(one.pk) for one in who]
    if given.get("show") == "sign_ins":
        users = None if who is None else [one.user_id for one in who]
        return reading.sign_ins(by.site_id, users=users, action=given.get("deed", ""), **time), said | {
            "show": "sign_ins"
        }
    key = given.get("record", "")
    if key:
        key = key_of(key) or key_of_reference(key) or "none"
        said["record"] = key
    if given.get("kind"):
        said["kind"] = given["kind"]
    people = None if who is None else [one.pk for one in who]
    found = reading.deeds(
        by.site_id, who=people, model=given.get("kind", ""), key=key, action=given.get("deed", ""), **time
    )
    return found, said


def colleagues(name: str, site_id) -> list[Membership]:
    """Roles at the site, of now or before, whose name holds these words, or the one with this key."""
    found = Membership.objects.filter(site_id=site_id)
    key = key_of(name)
    found = found.filter(pk=key) if key else found.filter(name__icontains=name)
    return list(found.order_by("name", "pk")[:MOST_PEOPLE])


def key_of_reference(code: str) -> str:
    """The key of the site's referral with this code to quote: the one thing an auditor learns of it."""
    with connection.cursor() as cursor:
        cursor.execute("select app.referral_key(%s)", [code.strip().upper()])
        found = cursor.fetchone()[0]
    return str(found) if found else ""


def event_row(event) -> list:
    """When, who, what, on which record."""
    url = reverse("audit:event", args=[event.pk])
    record = f"{say_record(event.target_model)} {event.target_id[:8]}".strip()
    return [
        format_html('<a href="{}">{}</a>', url, say_when(event.recorded_at)),
        event.actor_label,
        say_action(event.action),
        record or say_page(event.details.get("view", "")) or "–",
    ]


def export_lines(events):
    """One list of cells an event. A cell that a spreadsheet would calculate is made plain text."""
    yield list(CSV_COLUMNS)
    for one in events:
        details = "; ".join(f"{name}={value}" for name, value in sorted(one.details.items()))
        cells = [
            timezone.localtime(one.recorded_at).isoformat(), one.actor_label, one.membership_id or "", one.action,
            one.target_model, one.target_id, one.request_id, details,
        ]  # fmt: skip
        yield [plain(str(cell)) for cell in cells]


def plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell != "-" else cell


def reopened(by: Membership, rules: Rules | None, now: datetime) -> list[dict] | None:
    """Shifts in which one of police opened many old referrals again; None while the site has not decided what that is."""
    review = rules.review if rules else None
    if review is None or None in (review.old_referral_days, review.reopened_count, review.shift_hours):
        return None
    looks = reading.old_looks(by.site_id, since=now - LOOK_BACK, age_days=review.old_referral_days)
    found = reading.shifts(looks, count=review.reopened_count, hours=review.shift_hours)[:MOST_PEOPLE]
    people = Membership.objects.filter(pk__in={one.who for one in found}, role__in=POLICE)
    named = {one.pk: one for one in people.select_related("organisation")}
    return [{"shift": one, "person": named[one.who]} for one in found if one.who in named]


def roles(site_id):
    """Every role at the site with what is known of its sign-in; its name and address are not."""
    found = Membership.objects.filter(site_id=site_id).select_related("organisation", "user")
    return found.only(
        "name", "role", "starts_at", "ends_at", "site_id", "organisation__name", "user__last_login", "user__is_active"
    )


def to_look_at(found, rules: Rules | None, now: datetime):
    """Of `found`, the current roles about to end and those whose sign-in rests; what the site has not decided finds none."""
    current, review = found.current(now), rules.review if rules else None
    ending = found.none() if review is None or review.ending_days is None else current.filter(
        ends_at__lte=now + timedelta(days=review.ending_days)
    )  # fmt: skip
    idle = found.none() if review is None or review.idle_days is None else current.filter(
        Q(user__last_login__lt=now - timedelta(days=review.idle_days))
        | Q(user__last_login=None, starts_at__lt=now - timedelta(days=review.idle_days))
    )  # fmt: skip
    return ending, idle


def how_many_to_look_at(site_id, rules: Rules | None, now: datetime) -> tuple[int, int]:
    """How many of these there are, in one query."""
    ending, idle = to_look_at(roles(site_id), rules, now)
    which = (ending.values("pk").annotate(kind=Value("ending")), idle.values("pk").annotate(kind=Value("idle")))
    kinds = [kind for _, kind in which[0].order_by().union(which[1].order_by(), all=True).values_list("pk", "kind")]
    return kinds.count("ending"), kinds.count("idle")


def state_of(one: Membership, now: datetime) -> str:
    if one.ends_at is not None and one.ends_at <= now:
        return f"Ended {say_when(one.ends_at)}"
    if one.starts_at > now:
        return f"Begins {say_when(one.starts_at)}"
    if not one.user.is_active:
        return "In force; the sign-in is stopped"
    return f"Ends {say_when(one.ends_at)}" if one.ends_at else "In force"
