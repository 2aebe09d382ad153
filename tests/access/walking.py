"""Walking every page, search and export that a role can reach: what each answered, and what came to light on it."""

import copy
import re
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from html import unescape
from itertools import product
from unittest.mock import patch

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse

from lead_cms.access.permissions import ROLE_PERMISSIONS, Role
from lead_cms.accounts import middleware
from lead_cms.reports.registry import REPORTS
from tests.access.finding import found_in
from tests.access.markers import PART, SECTION
from tests.access.rows import BESIDE, Row, Rows
from tests.access.test_urls import OBJECTS, PAGES

FILES = ["csv", "xlsx", "pdf"]
# Address and parameter: the words that fit it; an address's own come first.
WORDS = {
    "report": sorted(REPORTS), "form": FILES, "kind": ["intake", "screening", "assessment"], "section": [SECTION],
    "what": ["treatment", "multi_party", "sentence"], "notify:choice kind": ["other"],
    "about": ["window"], "question": ["race", "gender"], "deed": ["reset", "unlock"],
}  # fmt: skip
# The table of a second key.
SECOND = {
    "slip_pk": "referrals_slip", "appointment_pk": "referrals_appointment", "item_pk": "referrals_windowitem",
    "access_pk": "participants_recordaccess", "pair_pk": "participants_nevertogether",
}  # fmt: skip
# What is sent only to read.
READING = {
    "casefile:search": [{"words": PART, "wider": "on"}, {"words": "1931-01-01"}],
    "casefile:emergency": [{"words": PART, "emergency": "medical", "reason": "r"}],
    "referrals:check": [{"door": "arrest"}],
    "services:answer": [{}],
    "services:appointment": [{}],
}
MOST_LINKS = 12
# All that ever happened: a report of the shorter period it begins with might hold nothing.
PERIOD, PERIODICAL = "?from=2020-01-01&to=2026-10-31", {"reports:report", "reports:export", "reports:publish"}
NOWHERE = uuid.UUID(int=7)
# Whose pages show the same of every kind of record: these few stand for all.
CASEWORK = {Role.CASE_MANAGER, Role.SUPERVISOR}
TELLING = {"plain", "past", "sealed", "community", "unlinked", "sign-in"}
TELLING_TO_SENDERS = {"plain", "sealed", "sign-in"}  # of what is only sent, to an empty form of which all answer alike
OTHERS_TELLING = {"plain", "restricted"}
# Where a person's page is about another one too.
OF_TWO = {
    f"casefile:{name}" for name in ("person", "person-apart", "person-apart-lift", "person-twice", "person-merge")
}


@dataclass(frozen=True)
class Opened:
    """An address and the record that its key named; none for a list."""

    name: str
    row: Row | None = None

    def __str__(self):
        return f"{self.name} {self.row.site} {self.row.n} {self.row.flavour} {self.row.role}" if self.row else self.name


class Walk:
    """One person's way through all of it. `seen`: marker -> where it came to light; `answers`: how each address answered."""

    def __init__(self, client, person, rows: Rows, only: set[str] | None = None):
        self.client, self.person, self.rows, self.only = client, person, rows, only
        self.role = Role(person.role)
        self.seen: dict[str, set[Opened]] = {}
        self.answers: list[tuple[Opened, int]] = []
        self.unlike: list[str] = []  # where another site's row and no row at all were answered differently
        self.unguarded: list[str] = []  # where something was done before a role without the permission was refused

    def go(self) -> "Walk":
        with _known_from_the_first_page():
            for name, entry in PAGES.items():
                if self.only is not None and name not in self.only:
                    continue
                if entry.callback.required_permission in ROLE_PERMISSIONS[self.role]:
                    self._through(name, entry)
                else:
                    self._refused(name, entry)
        return self

    def _through(self, name: str, entry) -> None:
        if OBJECTS[name] is None:
            for path in self._paths(name, entry, None, every=True):
                self._open(Opened(name), path + (PERIOD if name in PERIODICAL else ""))
            return
        foreign = None
        for row in self._looked_at(name):
            for path in self._paths(name, entry, row, every=row.n == 0 and row.flavour == "plain"):
                response = self._open(Opened(name, row), path)
                foreign = (row, response) if row.site != "san-francisco" else foreign
        if self.only is None and foreign:
            self._compare(name, entry, *foreign)

    def _compare(self, name: str, entry, row: Row, response) -> None:
        """Another site's row and no row at all: the same status, the same words."""
        path = self._paths(name, entry, row, key=NOWHERE)[0]
        missing = self._send(Opened(name), path, is_noted=False)
        found = [
            (one.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", one.content.decode().replace(str(key), "KEY")))
            for one, key in ((response, row.id), (missing, NOWHERE))
        ]
        if found[0] != found[1]:
            self.unlike.append(f"{name}: {found[0][0]} and {found[1][0]}")

    def _refused(self, name: str, entry) -> None:
        """The view alone, for every row: it asks the database nothing. The first of the roles goes through the whole stack."""
        rows = self._looked_at(name) if OBJECTS[name] else [None]
        if name not in self.rows.refused:
            self.rows.refused.add(name)
            self._open(Opened(name, rows[0]), self._paths(name, entry, rows[0])[0])
        request = RequestFactory().generic("POST" if name in SENT else "GET", "/")
        request.membership, request.user = self.person, self.person.user
        for row in [*rows, None]:
            key = uuid.UUID(row.id) if row else NOWHERE
            try:
                with connection.execute_wrapper(_nothing_is_asked):
                    entry.callback(request, **self._keys(name, entry, rows[0], key=key)[0])
            except PermissionDenied:
                self.answers.append((Opened(name, row), 403))
                continue
            except AssertionError:
                pass
            self.unguarded.append(f"{name} {key}")

    def _paths(self, name: str, entry, row: Row | None, **how) -> list[str]:
        return [reverse(name, kwargs=one) for one in self._keys(name, entry, row, **how)]

    def _keys(
        self, name: str, entry, row: Row | None, *, every: bool = False, key: uuid.UUID | None = None
    ) -> list[dict]:
        """What fits the address's parameters: every choice of words, or the first."""
        choices: dict[str, list] = {}
        for parameter, converter in entry.pattern.converters.items():
            if type(converter).__name__ != "UUIDConverter":
                choices[parameter] = WORDS.get(f"{name} {parameter}") or WORDS[parameter]
            elif parameter in SECOND:
                choices[parameter] = [self._beside(row, SECOND[parameter])]
            else:
                choices[parameter] = [key or uuid.UUID(row.id)]
        found = [dict(zip(choices, one, strict=True)) for one in product(*choices.values())]
        return found if every else found[:1]

    def _beside(self, row: Row, table: str) -> uuid.UUID:
        """The row of another table that hangs on the same record."""
        alike = (
            one for one in self.rows.by_table[table] if (one.site, one.n, one.flavour) == (row.site, row.n, row.flavour)
        )
        return uuid.UUID(next((one.id for one in alike), str(NOWHERE)))

    def _looked_at(self, name: str) -> list[Row]:
        """One's own of every kind, where the page differs by it; the kinds that differ, of another's; one of another site."""
        rows = self._of_few_roles(self.rows.by_table[OBJECTS[name]])
        is_brief = self.role in CASEWORK or name in SENT
        here = [row for row in rows if row.site == "san-francisco"]
        if is_brief and name not in OF_TWO:
            here = [row for row in here if row.role != BESIDE]
        kinds = TELLING_TO_SENDERS if name in SENT and self.role in CASEWORK else TELLING
        own = [row for row in here if row.n == 0 and (not is_brief or row.flavour in kinds)]
        others = [
            row for row in here if row.n == 1 and row.flavour in OTHERS_TELLING | (set() if is_brief else TELLING)
        ]
        elsewhere = [row for row in rows if row.site != "san-francisco" and row.flavour == "plain"]
        return own + others + elsewhere[:1]

    def _of_few_roles(self, rows: list[Row]) -> list[Row]:
        """Where there is a row for every role: one's own role and three others."""
        roles = sorted({row.role for row in rows}, key=lambda role: (role != self.role, role))
        return [row for row in rows if row.role in roles[:4]]

    def _open(self, opened: Opened, path: str):
        name, response = opened.name, self._send(opened, path)
        if OBJECTS[name] is None:
            done, waiting = {path}, [*_links(path, response), *_searches(path, response)]
            while waiting and len(done) < MOST_LINKS:
                link = waiting.pop(0)
                if link not in done:
                    done.add(link)
                    waiting += _links(path, self._send(opened, link))
        for fields in READING.get(name, []) if response.status_code != 403 else []:
            self._send(opened, path, fields)
        return response

    def _send(self, opened: Opened, path: str, fields: dict | None = None, *, is_noted: bool = True):
        """The answer. Where only sending is allowed an empty form is sent; nothing that it did stays."""
        with transaction.atomic():
            is_sent = fields is not None or opened.name in SENT
            response = self.client.post(path, fields or {}) if is_sent else self.client.get(path)
            if is_noted:
                self.answers.append((opened, response.status_code))
                for marker in found_in(response):
                    self.seen.setdefault(marker, set()).add(opened)
            transaction.set_rollback(True)
        return response


@contextmanager
def _known_from_the_first_page():
    """Session, account and memberships stay as the first page found them: what a page did is undone before the next."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(SessionStore, "save", lambda *_, **__: None))
        for owner, name in ((SessionStore, "load"), (ModelBackend, "get_user"), (middleware, "_current_memberships")):
            stack.enter_context(patch.object(owner, name, _asked_once(getattr(owner, name))))
        yield


def _asked_once(ask):
    """Each answer is a copy, for the page to change."""
    by_key = {}

    def answer(*asked):
        key = getattr(asked[-1], "session_key", None) or getattr(asked[-1], "pk", asked[-1])
        if key not in by_key:
            by_key[key] = ask(*asked)
        found = by_key[key]
        return [copy.copy(one) for one in found] if isinstance(found, list) else copy.copy(found)

    return answer


def _is_only_sent(entry) -> bool:
    """Whether an address takes no GET, which it says before it asks who comes."""
    request = RequestFactory().get("/")
    request.membership = None
    try:
        return entry.callback(request).status_code == 405
    except PermissionDenied:
        return False


SENT = {name for name, entry in PAGES.items() if _is_only_sent(entry)}


def _nothing_is_asked(*_):
    raise AssertionError


def _page(response) -> str:
    is_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
    return response.content.decode() if is_page else ""


def _links(path: str, response) -> list[str]:
    """The same page asked otherwise: what is next, another filter."""
    links = [unescape(link) for link in re.findall(r'href="([^"#]*\?[^"#]+)"', _page(response))]
    return [path + link if link.startswith("?") else link for link in links if link.startswith(("?", f"{path}?"))]


def _searches(path: str, response) -> list[str]:
    """Each form that only asks, with the beginning of all markers in one of its fields."""
    forms = re.findall(r'<form[^>]*method="get".*?</form>', _page(response), re.DOTALL)
    fields = [re.findall(r'<input[^>]*name="(\w+)"', form) for form in forms]
    return [f"{path}?{name}={PART}" for names in fields for name in names]
