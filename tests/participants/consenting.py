"""Consents with a matrix for tests, signed by the real action; and what an organisation may be told by them."""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import OrganisationKind
from participants.models import Consent
from referrals.actions.consenting import Wish, ask_for
from tests.casefile.person_making import act, linked, manager_of, talked
from tests.casefile.working import fresh

PROVIDER, POLICE, PROSECUTOR = OrganisationKind.PROVIDER, OrganisationKind.POLICE, OrganisationKind.PROSECUTOR


def participant_of(where, **more):
    """A referral talked about in private, and its participant."""
    referral = talked(where, **more)
    return referral, linked(where, referral)


def give(where, referral, *cells, kind="treatment", by=None, at=None, answer="yes", **more) -> Consent:
    """Signed for cells of (organisation kind, number, class); good for a year unless said otherwise."""
    by, at = by or manager_of(where), at or datetime.now(UTC)
    classes: dict = {}
    for organisation_kind, number, code in cells:
        organisation = where.organisations[organisation_kind, number]
        classes[organisation.pk] = (*classes.get(organisation.pk, ()), code)
    wish = Wish(
        kind=kind, classes=classes,
        **({"ends_on": (at + timedelta(days=365)).date()} | {k: more.pop(k) for k in list(more) if k in WISHED}),
    )  # fmt: skip
    return act(
        by,
        lambda: ask_for(
            referral=fresh(referral), wish=wish, by=by, at=at, answer=answer,
            **({"signed_name": "Devon Marsh"} | more),
        ),
    )  # fmt: skip


WISHED = {"ends_on", "ends_with", "sentence", "language"}


def asks(by, sql: str, *parameters):
    """One value, as row security gives it to this person."""
    with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]


def may_be_told(by, participant, what: str) -> bool:
    return asks(by, "select app.consented(%s, %s)", participant.pk, what)


def provider_of(where, number: int = 0):
    return where.person(Role.PROVIDER, number)
