"""One size, in one process: pages against the floor, the poke, the site's counts against hand-written SQL, the first load."""

import argparse
import gzip
import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import django

django.setup()

from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from bench.by_hand import AGENCY, BEST_SQL, REPORTS_BY_HAND
from bench.client import Browser, Typed, percentile
from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from lead_cms.casefile.board import BOARD, FEW
from lead_cms.casefile.caseload import BRIEF, COUNT
from lead_cms.casefile.lists import MOST
from lead_cms.casefile.served import SERVED
from lead_cms.casefile.waiting import UNTOUCHED
from lead_cms.programs.current import current_ruleset, rules_for
from lead_cms.reports.period import preset
from lead_cms.reports.registry import REPORTS, ask
from referrals import models as r
from referrals.actions.referring import Given
from referrals.enums import ENDED
from referrals.forms.officer import pack
from referrals.views.liaison import quarter_start
from services.models import ServiceReferral
from tests.access.pages import addresses_at, pages_of, rows_of

LIST, FORM, POST, OF_A_COUNT = 3.0, 5.0, 4.0, 1.5
SITE = "san-francisco"
FIRST_LOAD_KB = 120
MANY_FIELDS, MOST_TRIED = 15, 12
SHOWING_MOST = {"casefile:link"}  # likely matches, which some have and some have not
# What counts a whole site is held to hand-written SQL; the gallery of components is for developers.
ELSEWHERE = {
    "casefile:assign",
    "casefile:counts",
    "casefile:caseloads",
    "casefile:team-waiting",
    "casefile:team-served",
    "referrals:agency",
    "reports:report",
    "reports:publish",
    "styleguide",
    "bench-floor",
}


def person(role: Role) -> Membership:
    found = Membership.objects.filter(role=role, site__slug=SITE).select_related("user", "site", "organisation")
    return found.order_by("user__username").first()


class Bench:
    def __init__(self, rows: int, rounds: int, only: str):
        self.rows, self.rounds, self.only, self.results = rows, rounds, only, []
        self.measured: set = set()  # of (role, address)
        self.people = {role: person(role) for role in Role}
        self.browsers = {role: Browser(member) for role, member in self.people.items()}

    def page(
        self, name: str, role: Role, path: str | Callable[[], str], limit: float, *, data=None, grows=True, ok=(200,)
    ):
        """Measure one page in turns with the floor, so that what else the machine does falls on both."""
        if self.only not in name:
            return
        browser, floor = self.browsers[role], reverse("bench-floor")
        at = path if callable(path) else lambda: path
        self.measured |= {(role, path)} if data is None else set()
        for _ in range(3):
            status, _, _ = browser.request(at(), data() if data else None)
            assert status in ok, (name, status)
            browser.request(floor)
        pages, floors = [], []
        for _ in range(self.rounds):
            floors.append(_timed(lambda: browser.request(floor)))
            where, fields = at(), data() if data else None
            pages.append(_timed(lambda where=where, fields=fields: browser.request(where, fields)))
        queries, (_, _, body) = browser.queries(at(), data() if data else None), browser.request(where, fields)
        self.add(name, pages, median(pages) / median(floors), limit, queries, grows, len(body))

    def add(self, name, times, ratio, limit, queries, grows=True, size=0):
        self.results.append(
            {
                "name": name,
                "rows": self.rows,
                "p50_ms": round(median(times) * 1000, 1),
                "p95_ms": round(percentile(times, 0.95) * 1000, 1),
                "ratio": round(ratio, 2),
                "limit": limit,
                "queries": queries,
                "grows": grows,
                "bytes": size,
            }  # fmt: skip
        )
        print(self.results[-1], file=sys.stderr)

    def is_page(self, role: Role, path: str) -> bool:
        status, headers, _ = self.browsers[role].request(path)
        assert status < 500, (path, status)
        return status == 200 and headers.get("Content-Type", "").startswith("text/html")

    def fields(self, role: Role, path: str) -> int:
        """How many fields the page asks for, radio buttons of one question counted once."""
        _, _, body = self.browsers[role].request(path)
        tags = re.findall(rb"<(?:input|select|textarea)\b[^>]*>", body)
        names = {re.search(rb'\bname="([^"]+)"', tag) for tag in tags if b'type="hidden"' not in tag}
        return len({name.group(1) for name in names if name})

    def one(self, role: Role, model, **filters):
        """The key of one row that this person sees."""
        with acting_as(self.people[role]), transaction.atomic():
            return model.objects.filter(**filters).order_by("pk").values_list("pk", flat=True).first()

    def last_page(self, role: Role, path: str) -> str:
        """The address of the last page of a list, found by following "Older"."""
        for _ in range(5000):
            _, _, body = self.browsers[role].request(path)
            older = re.search(rb'<a[^>]*rel="next"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*rel="next"', body)
            if older is None:
                return path
            path = (older.group(1) or older.group(2)).decode().replace("&amp;", "&")
            path = path if path.startswith("/") else self.start + path
        return path


def _timed(work) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def officer_form(bench: Bench):
    """A form as an officer sends it: a new key and a new incident each time."""
    officer = bench.people[Role.OFFICER]
    with acting_as(officer), transaction.atomic():
        rules = rules_for(current_ruleset(officer.site_id, timezone.localdate()))
    offence = next(one for one in rules.offences if one.amount_limit == "drug")
    answers = {one.code: "no" for one in rules.exclusions_for("arrest")}
    given = Given(door="arrest", offences=(offence.code,), amount="within", answers=answers)
    token = pack(given, by=officer)
    then = timezone.now().astimezone(officer.site.tz) - timedelta(minutes=5)

    def fields():
        return [
            ("check", token), ("submission_key", str(uuid.uuid4())), ("incident_number", f"B{uuid.uuid4().int % 10**12}"),
            ("occurred_at_0", f"{then:%Y-%m-%d}"), ("occurred_at_1", f"{then:%H:%M}"), ("held", offence.code),
            ("name", "Bench Person"), ("age", "35"), ("person_answer", "yes"), ("meeting", rules.meeting_places[0].code),
        ]  # fmt: skip

    return reverse("referrals:new") + f"?c={token}&k={uuid.uuid4()}", fields


def pages(bench: Bench) -> None:
    path, fields = officer_form(bench)
    referral = bench.one(Role.CASE_MANAGER, r.IntakeWindow, state="open")
    referral = bench.one(Role.CASE_MANAGER, r.Referral, window__pk=referral)
    charge = bench.one(Role.PROSECUTOR, r.HeldCharge, decided_at=None)
    lists = [
        ("officer: Today", Role.OFFICER, reverse("today")),
        ("officer: list", Role.OFFICER, reverse("referrals:list")),
        ("case manager: Today", Role.CASE_MANAGER, reverse("today")),
        ("case manager: windows", Role.CASE_MANAGER, reverse("casefile:windows")),
        ("case manager: who to look for", Role.CASE_MANAGER, reverse("casefile:look")),
        ("case manager: outreach", Role.CASE_MANAGER, reverse("casefile:outreach")),
        ("case manager: referral", Role.CASE_MANAGER, reverse("casefile:case", args=[referral])),
        ("prosecutor: Today", Role.PROSECUTOR, reverse("today")),
        ("prosecutor: list", Role.PROSECUTOR, reverse("referrals:charge-list")),
        ("prosecutor: charge", Role.PROSECUTOR, reverse("referrals:charge", args=[charge])),
    ]
    for name, role, where in lists:
        bench.page(name, role, where, LIST)
    find = reverse("casefile:search")
    bench.page("case manager: search by name", Role.CASE_MANAGER, find, LIST, data=lambda: [("words", "Marisol Thorn")])
    for words in ("mar", "marisol th", "bill", "marisol thron", "3/4/1985"):
        name = f"case manager: search as typed, {words}"
        bench.page(name, Role.CASE_MANAGER, find, LIST, data=lambda words=words: Typed([("words", words)]))
    bench.page("officer: check form", Role.OFFICER, reverse("referrals:check"), FORM)
    bench.page("officer: referral form", Role.OFFICER, path, FORM)
    bench.page("officer: POST", Role.OFFICER, reverse("referrals:new"), POST, data=fields, ok=(302,))
    for name, role, where in lists:
        if (
            name in {"officer: list", "prosecutor: list", "case manager: windows"}
            and bench.only in f"{name}, last page"
        ):
            bench.start = where
            bench.page(f"{name}, last page", role, bench.last_page(role, where), LIST)
    bench.page("coordinator: Today", Role.COORDINATOR, reverse("today"), LIST, grows=False)
    asked = bench.one(Role.PROVIDER, ServiceReferral, status="sent", names_person=True)
    for name, role, where in [
        ("case manager: services by name", Role.CASE_MANAGER, reverse("services:list")),
        ("case manager: services open now", Role.CASE_MANAGER, reverse("services:list") + "?open=on&need=housing"),
        ("case manager: services by words", Role.CASE_MANAGER, reverse("services:list") + "?words=counseling"),
        ("case manager: services near", Role.CASE_MANAGER, reverse("services:list") + "?near=alder+street"),
        ("case manager: services asked for", Role.CASE_MANAGER, reverse("services:asked-list")),
        ("provider: Today", Role.PROVIDER, reverse("today")),
        ("provider: inbox", Role.PROVIDER, reverse("services:inbox")),
        ("provider: one asked", Role.PROVIDER, reverse("services:request", args=[asked])),
    ]:
        bench.page(name, role, where, LIST)


def every_page(bench: Bench) -> None:
    """Every other page that there is, by the first role that opens it, in fewer rounds."""
    bench.rounds = max(5, bench.rounds // 3)
    for role in Role:
        for name, entry in pages_of(role):
            title = f"{role.label.lower()}: page {name}"
            if bench.only not in title or name in ELSEWHERE:
                continue
            rows = rows_of(name, bench.people[role], most=MOST_TRIED)
            paths = (path for row in rows for path in addresses_at(name, entry, row and row.pk))
            opened = filter(lambda path, role=role: bench.is_page(role, path), paths)
            length = lambda path, role=role: len(bench.browsers[role].request(path)[2])  # noqa: E731
            path = max(opened, key=length, default=None) if name in SHOWING_MOST else next(opened, None)
            if path and (role, path) not in bench.measured:
                bench.page(title, role, path, FORM if bench.fields(role, path) > MANY_FIELDS else LIST)


def counts(bench: Bench) -> None:
    """Pages that count a whole site, as a ratio to the same figures by the best SQL that we could write, as the same role.

    The caseloads are such SQL in the application already: there the ratio says what the page adds to it. A page with lists or
    a form beside the count has the limit of a page and of a count together.
    """
    coordinator, supervisor, liaison = Role.COORDINATOR, Role.SUPERVISOR, Role.LIAISON
    case = bench.one(supervisor, r.Casework, case_manager__isnull=False, standing="active")
    referral = bench.one(supervisor, r.Referral, casework__pk=case)
    asked = [
        ("supervisor: give to somebody", supervisor, reverse("casefile:assign", args=[referral]), [COUNT]),
        ("coordinator: counts", coordinator, reverse("casefile:counts"), BEST_SQL),
        ("police liaison: agency", liaison, reverse("referrals:agency"), AGENCY),
        ("supervisor: caseloads", supervisor, reverse("casefile:caseloads"), [BOARD]),
        ("supervisor: what waits in the team", supervisor, reverse("casefile:team-waiting"), [UNTOUCHED]),
        ("supervisor: reached and served", supervisor, reverse("casefile:team-served"), [SERVED]),
        ("supervisor: Today", supervisor, reverse("today"), [BRIEF]),
    ]
    counts_of(bench, asked)


COUNTS_ALONE = {reverse("casefile:counts"), reverse("referrals:agency"), reverse("casefile:team-served")}


def counts_of(bench: Bench, asked: list[tuple]) -> None:
    for name, role, path, by_hand in asked:
        if bench.only not in name:
            continue
        browser = bench.browsers[role]
        assert browser.request(path)[0] == 200
        times, hand, floors = [], [], []
        for _ in range(max(5, bench.rounds // 4)):
            floors.append(_timed(lambda browser=browser: browser.request(reverse("bench-floor"))))
            hand.append(_timed(lambda role=role, by_hand=by_hand: best_sql(bench.people[role], by_hand)))
            times.append(_timed(lambda browser=browser, path=path: browser.request(path)))
        sql, floor = median(hand), median(floors)
        limit = OF_A_COUNT if path in COUNTS_ALONE else together(sql, floor)
        bench.measured.add((role, path))
        bench.add(name, times, median(times) / (sql + floor), limit, browser.queries(path), grows=False)


def together(sql: float, floor: float) -> float:
    """The limit of a page with a count in it: `LIST` floors for the page, `OF_A_COUNT` times its best SQL for the count."""
    return round((OF_A_COUNT * sql + LIST * floor) / (sql + floor), 2)


def best_sql(by, statements: list[str]) -> None:
    today, now = timezone.localdate(), timezone.now()
    given = {
        "site": by.site_id, "agency": by.organisation_id, "quarter": quarter_start(today), "today": today, "now": now,
        "until": today + timedelta(days=8), "ended": list(ENDED), "since": now - timedelta(days=30), "few": FEW,
        "me": by.pk, "most": MOST + 1, "begins_on": today - timedelta(days=90), "ends_on": today + timedelta(days=1),
        "begins": now - timedelta(days=90), "ends": now,
    }  # fmt: skip
    with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql, given)
            cursor.fetchall()


def reports(bench: Bench) -> None:
    """Each report's statement as the coordinator, against hand-written SQL as the supervisor, who may read all of it."""
    for name, report in REPORTS.items():
        what = f"report: {name}"
        if bench.only not in what:
            continue
        coordinator, supervisor, now = bench.people[Role.COORDINATOR], bench.people[Role.SUPERVISOR], timezone.now()
        period = preset("year", now.astimezone(coordinator.site.tz).date())
        with acting_as(coordinator), transaction.atomic():
            asked = ask(coordinator.site, period, now)
        times, by_hand = [], []
        for _ in range(max(5, bench.rounds // 4)):
            by_hand.append(_timed(lambda name=name, asked=asked, reader=supervisor: run_by_hand(reader, name, asked)))
            times.append(_timed(lambda report=report, asked=asked, asker=coordinator: computed(asker, report, asked)))
        bench.add(what, times, median(times) / median(by_hand), OF_A_COUNT, 1, grows=False)
        for page in ("report", "publish"):
            _page_of_a_report(bench, name, page, by_hand)


def _page_of_a_report(bench: Bench, name: str, page: str, by_hand: list[float]) -> None:
    """The page around a report, as a ratio to its best SQL and an empty page; its charts are drawn once a figure.

    Its limit is that of a page and of a count together.
    """
    browser, path = bench.browsers[Role.COORDINATOR], reverse(f"reports:{page}", args=[name]) + "?period=year"
    assert browser.request(path)[0] == 200, path
    times, floors = [], []
    for _ in range(max(5, bench.rounds // 4)):
        floors.append(_timed(lambda: browser.request(reverse("bench-floor"))))
        times.append(_timed(lambda: browser.request(path)))
    sql, floor = median(by_hand), median(floors)
    ratio, limit = median(times) / (sql + floor), together(sql, floor)
    bench.add(f"report: {name}, page to {page}", times, ratio, limit, browser.queries(path), grows=False)


def computed(by, report, asked) -> None:
    with acting_as(by), transaction.atomic():
        report.compute(asked)


def run_by_hand(by, name: str, asked) -> None:
    with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
        for sql in REPORTS_BY_HAND[name]:
            cursor.execute(sql, asked.parameters())
            cursor.fetchall()


def poke(bench: Bench) -> None:
    """A poke with nothing due, in a process that signs in as the worker: a reminder waits for each of `rows` windows.

    Its floor is its two transactions with nothing in them.
    """
    name = "poke: nothing due"
    if bench.only not in name:
        return
    command = [sys.executable, "-m", "bench.poke", str(bench.rows), str(bench.rounds)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1])
    bench.add(name, found["times"], found["ratio"], None, found["queries"])


def first_load(bench: Bench) -> None:
    """The officer's form on a new phone: the page and every file it asks for, compressed."""
    if bench.only not in "officer: first load, kB":
        return
    _, _, body = bench.browsers[Role.OFFICER].request(reverse("referrals:check"))
    size, text = len(gzip.compress(body)), body.decode()
    files = set(re.findall(r'(?:href|src)="(/static/[^"#?]+)', text))
    for file in files:
        found = finders.find(re.sub(r"\.[0-9a-f]{12}(\.\w+)$", r"\1", file.removeprefix("/static/")))
        with open(found, "rb") as content:
            size += len(gzip.compress(content.read()))
    kilobytes = size / 1000
    bench.results.append(
        {
            "name": f"officer: first load, kB ({len(files)} files)",
            "rows": bench.rows,
            "p50_ms": 0,
            "p95_ms": 0,
            "ratio": round(kilobytes, 1),
            "limit": FIRST_LOAD_KB,
            "queries": 0,
            "grows": False,
        }  # fmt: skip
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    bench = Bench(options.rows, options.rounds, options.only)
    pages(bench)
    counts(bench)
    reports(bench)
    poke(bench)
    first_load(bench)
    every_page(bench)
    print(json.dumps(bench.results))


if __name__ == "__main__":
    main()
