"""Every page there is, for who walks them all: by the first role that opens it, at a row that the role can see.

pages_of(role) -> [(name, entry)]     what this role is the first to open, and pages that show each role something else
rows_of(name, by) -> [row] | [None]   rows that the page can be opened at; [None] where the address names none
addresses_at(name, entry, row) -> [str]
"""

from django.apps import apps
from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import ROLE_PERMISSIONS, Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from referrals.questions import FORMS
from tests.access.test_urls import OBJECTS, PAGES

# Pages that show each role something else.
BY_ROLE = {"today", "referrals:own", "casefile:case", "referrals:on-call", "services:list", "services:service"}


def pages_of(role: Role) -> list[tuple]:
    """That each role gets each of its pages at all is asked in test_urls.py."""
    found = []
    for name, entry in PAGES.items():
        readers = [one for one in Role if entry.callback.required_permission in ROLE_PERMISSIONS[one]]
        # One with a second row is reached from the page of the first, and tested with it.
        names_two_rows = len(entry.pattern.converters) > 1 and "kind" not in entry.pattern.converters
        if role in readers and not names_two_rows and (readers[0] == role or name in BY_ROLE):
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
    """Of a record's form every part."""
    names = list(entry.pattern.converters)
    words = {names[0]: key} if names else {}
    if "section" in names:
        every = [words | {"kind": form.kind, "section": form.sections[0].key} for form in FORMS.values()]
    elif "kind" in names:
        every = [words | {"kind": "intake"}]
    else:
        every = [words]
    return [reverse(name, kwargs=one) for one in every]
