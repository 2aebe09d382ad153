"""Every page there is, for who walks them all: by the first role that opens it, at a row that the role can see.

pages_of(role) -> [(name, entry)]     what this role is the first to open, and pages that show each role something else
rows_of(name, by) -> [row] | [None]   rows that the page can be opened at; [None] where the address names none
addresses_at(name, entry, row) -> [str]
"""

from itertools import product

from django.apps import apps
from django.db import transaction
from django.urls import reverse
from django.urls.converters import UUIDConverter

from lead_cms.access.permissions import ROLE_PERMISSIONS, Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from lead_cms.reports.registry import REPORTS
from referrals.questions import FORMS
from tests.access.test_urls import OBJECTS, PAGES

# What fits an address's parameters that are no keys.
WORDS = {
    "report": sorted(REPORTS), "form": ["csv"], "kind": ["intake"], "section": [""], "deed": ["reset"],
    "what": ["treatment", "multi_party", "sentence"], "notify:choice kind": ["other"],
    "about": ["window"], "question": ["race", "disabilities"],
}  # fmt: skip
# Pages that show each role something else.
BY_ROLE = {"today", "referrals:own", "casefile:case", "referrals:on-call", "services:list", "services:service"}


def pages_of(role: Role) -> list[tuple]:
    """That each role gets each of its pages at all is asked in test_urls.py."""
    found = []
    for name, entry in PAGES.items():
        readers = [one for one in Role if entry.callback.required_permission in ROLE_PERMISSIONS[one]]
        # One with a second row is reached from the page of the first, and tested with it.
        keys = [one for one in entry.pattern.converters.values() if isinstance(one, UUIDConverter)]
        if role in readers and len(keys) < 2 and (readers[0] == role or name in BY_ROLE):
            found.append((name, entry))
    return found


def rows_of(name: str, by: Membership, most: int = 60) -> list:
    table = OBJECTS[name]
    if table is None:
        return [None]
    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    with acting_as(by), transaction.atomic():
        return list(model.objects.order_by("pk")[:most])


def addresses_at(name: str, entry, key) -> list[str]:
    """Of a record's form every part; of reports and of consents every one."""
    words = {one: [key] if isinstance(converter, UUIDConverter) else WORDS.get(f"{name} {one}") or WORDS[one]
             for one, converter in entry.pattern.converters.items()}  # fmt: skip
    if "section" in words:
        every = [{"kind": form.kind, "section": form.sections[0].key, "pk": key} for form in FORMS.values()]
    else:
        every = [dict(zip(words, one, strict=True)) for one in product(*words.values())]
    return [reverse(name, kwargs=one) for one in every]
