"""Set-up for tests of the person's side, on top of casework's."""

import re
from datetime import timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from lead_cms.programs import current
from lead_cms.programs.models import RuleSet
from participants.actions.persons import Names
from referrals.actions import linking
from referrals.actions.talking import ask_consent, begin_talk
from tests.casefile.working import AT, done, fresh, taken
from tests.factories import LONG_AGO

LATER = AT + timedelta(hours=2)


def words_of(response) -> str:
    """What a page says, without its marks."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def manager_of(where, number: int = 0) -> Membership:
    return where.person(Role.CASE_MANAGER, number)


def act(by, action):
    """Run an action as `by`, in a transaction of its own; what it gives."""
    with acting_as(by), transaction.atomic():
        return action()


def talked(where, *, at=AT, **more):
    """A referral taken over, with the private talk begun."""
    referral, by = taken(where, at=at, **more), manager_of(where)
    act(by, lambda: begin_talk(referral=fresh(referral), others_present="nobody", by=by, at=at + timedelta(hours=1)))
    return referral


def linked(where, referral, *, by=None, at=LATER, restricted=False, **names):
    """The same, linked to somebody new who said yes; the participant."""
    by = by or manager_of(where)
    given = Names(**({"given_name": "Devon", "family_name": "Marsh"} | names))
    case = act(
        by,
        lambda: linking.link_new(
            referral=fresh(referral), names=given, said_yes=True, is_restricted=restricted, by=by, at=at
        ),
    )
    return case.participant


def signed(where, referral, *, at=LATER, **more):
    by = manager_of(where)
    given = {"answer": "yes", "language": "en", "signed_name": "Devon Marsh"} | more
    return act(by, lambda: ask_consent(referral=fresh(referral), by=by, at=at, **given))


def met(where, referral, *, at=LATER):
    """Every item the site asks for, done the same day."""
    by = manager_of(where)
    done(by, referral, "intake", "assessment", "care_plan", "roi", on=at.astimezone(by.site.tz).date(), at=at)


def rules_with(where, **consent) -> None:
    """The rules the site's referrals are made under, with another way of consenting."""
    known = where.rules.document["criminal_justice_consent"]
    said = {
        name: known.get(name, {"source": {"kind": "invented"}}) | {"value": value} for name, value in consent.items()
    }
    document = where.rules.document | {"criminal_justice_consent": known | said}
    with transaction.atomic():
        RuleSet.objects.create(
            site=where.site, version=where.rules.version + 1, effective_from=LONG_AGO.date(), document=document,
            document_hash="1" * 64, imported_at=LONG_AGO, imported_by="tests",
        )  # fmt: skip
    current._kept.clear()
