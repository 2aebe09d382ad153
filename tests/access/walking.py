"""Walking every page, search and export that a role can reach, and what came to light on which address."""

import re
import uuid
from dataclasses import dataclass
from html import unescape
from itertools import product

from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import ROLE_PERMISSIONS, Role
from lead_cms.reports.registry import REPORTS
from tests.access.markers import PART, SECTION, found_in
from tests.access.rows import Row, Rows
from tests.access.test_urls import OBJECTS, PAGES

FILES = ["csv", "xlsx", "pdf"]
# Address and parameter: the words that fit it; an address's own come first.
WORDS = {
    "report": sorted(REPORTS), "form": FILES, "kind": ["intake", "screening", "assessment"], "section": [SECTION],
    "what": ["treatment", "multi_party", "sentence"], "notify:choice kind": ["other"], "deed": ["reset", "unlock"],
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
MOST_LINKS = 40
PERIODS = ["", "?from=2020-01-01&to=2026-10-31"]


@dataclass(frozen=True)
class Opened:
    """An address and the record that its key named; none for a list."""

    name: str
    row: Row | None = None

    def __str__(self):
        return f"{self.name} {self.row.site} {self.row.n} {self.row.flavour}" if self.row else self.name


class Walk:
    """One person's way through all of it. `seen`: marker -> where it came to light."""

    def __init__(self, client, role: Role, rows: Rows, only: set[str] | None = None):
        self.client, self.role, self.rows, self.only = client, role, rows, only
        self.seen: dict[str, set[Opened]] = {}
        self.statuses: dict[str, set[int]] = {}

    def go(self) -> "Walk":
        for name, entry in PAGES.items():
            if self.only is not None and name not in self.only:
                continue
            is_allowed = entry.callback.required_permission in ROLE_PERMISSIONS[self.role]
            for opened, path in self._paths(name, entry)[: None if is_allowed else 1]:
                self._open(opened, path)
        return self

    def _paths(self, name: str, entry) -> list[tuple[Opened, str]]:
        rows = self._looked_at(OBJECTS[name]) if OBJECTS[name] else [None]
        found = []
        for row in rows:
            choices = self._parameters(name, entry, row)
            keys = [dict(zip(choices, one, strict=True)) for one in product(*choices.values())]
            found += [(Opened(name, row), reverse(name, kwargs=one)) for one in keys]
        return found

    def _parameters(self, name: str, entry, row: Row | None) -> dict[str, list]:
        choices: dict[str, list] = {}
        for parameter, converter in entry.pattern.converters.items():
            if type(converter).__name__ != "UUIDConverter":
                choices[parameter] = WORDS.get(f"{name} {parameter}") or WORDS[parameter]
            elif parameter in SECOND:
                choices[parameter] = [self._beside(row, SECOND[parameter])]
            else:
                choices[parameter] = [uuid.UUID(row.id)]
        return choices

    def _beside(self, row: Row, table: str) -> uuid.UUID:
        """The row of another table that hangs on the same record."""
        alike = (
            one for one in self.rows.by_table[table] if (one.site, one.n, one.flavour) == (row.site, row.n, row.flavour)
        )
        return uuid.UUID(next((one.id for one in alike), str(uuid.UUID(int=7))))

    def _looked_at(self, table: str) -> list[Row]:
        """One's own of every kind; the kinds that differ, of another's; one of another site."""
        rows = self.rows.by_table[table]
        here = [row for row in rows if row.site == "san-francisco"]
        other = {"plain", "restricted", "past", "sealed", "community", "unlinked"}
        elsewhere = [row for row in rows if row.site == "seattle" and row.flavour in {"plain", "past"}]
        return [row for row in here if row.n == 0 or row.flavour in other] + elsewhere[:2]

    def _open(self, opened: Opened, path: str) -> None:
        name, page = opened.name, self._send(opened, path)
        if OBJECTS[name] is None and page:
            done = {path}
            waiting = [*_links(path, page), *_searches(path, page)]
            while waiting and len(done) < MOST_LINKS:
                link = waiting.pop(0)
                if link not in done:
                    done.add(link)
                    waiting += _links(path, self._send(opened, link))
        if name in {"reports:report", "reports:export", "reports:publish"}:
            for period in PERIODS:
                self._send(opened, path + period)
        for fields in READING.get(name, []):
            self._send(opened, path, fields)

    def _send(self, opened: Opened, path: str, fields: dict | None = None) -> str:
        """The page's text. Where only sending is allowed an empty form is sent; nothing that it did stays."""
        with transaction.atomic():
            response = self.client.get(path) if fields is None else self.client.post(path, fields)
            if response.status_code == 405:
                response = self.client.post(path, fields or {})
            for marker in found_in(response):
                self.seen.setdefault(marker, set()).add(opened)
            self.statuses.setdefault(opened.name, set()).add(response.status_code)
            transaction.set_rollback(True)
        is_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
        return response.content.decode() if is_page else ""


def _links(path: str, page: str) -> list[str]:
    """The same page asked otherwise: what is next, another filter."""
    links = [unescape(link) for link in re.findall(r'href="([^"#]*\?[^"#]+)"', page)]
    return [path + link if link.startswith("?") else link for link in links if link.startswith(("?", f"{path}?"))]


def _searches(path: str, page: str) -> list[str]:
    """Each form that only asks, with the beginning of all markers in one of its fields."""
    forms = re.findall(r'<form[^>]*method="get".*?</form>', page, re.DOTALL)
    fields = [re.findall(r'<input[^>]*name="(\w+)"', form) for form in forms]
    return [f"{path}?{name}={PART}" for names in fields for name in names]
