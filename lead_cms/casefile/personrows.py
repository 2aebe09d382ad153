"""The rows behind a participant's page, one statement for each list; they stand prepared (see core/prepared.py)."""

from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, F, Func, OuterRef, Subquery
from django.db.models.functions import Now

from lead_cms.casefile.notepage import with_lines
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList
from participants.models import Consent, ContactNote, Disclosure, LastSeen, Merge, Participant, Participation
from referrals.models import Casework
from services.models import AskedPerson

LATEST = 3  # notes
MOST = 40  # of each list; a person's own lists are short
# What `participants.actions.closing.has_somebody_to_avoid` asks, with the person in one query.
AVOIDS = Func(F("pk"), function="app.has_somebody_to_avoid", output_field=BooleanField())
# The last merge that this record came of and that can still be undone.
CAME_TO_BE = (
    Merge.objects.filter(kept=OuterRef("pk"), apart_at=None, erased_at=None, reversible_until__gt=Now())
    .order_by("-merged_at", "-pk")
    .values("pk")[:1]
)


@prepared(site_id=UUID, pk=UUID, now=datetime)
def person_rows(*, site_id, pk, now):
    """The person, with where they were last seen and of which merge this record came."""
    last = LastSeen.objects.filter(participant=OuterRef("pk")).standing(now).order_by("-seen_at", "-pk")
    return Participant.objects.filter(pk=pk, site_id=site_id).annotate(
        has_somebody_to_avoid=AVOIDS, seen_place=Subquery(last.values("place")[:1]),
        seen_at=Subquery(last.values("seen_at")[:1]), merge_id=Subquery(CAME_TO_BE),
    )  # fmt: skip


@prepared(site_id=UUID, participant=UUID)
def case_rows(*, site_id, participant):
    found = Casework.objects.filter(participant=participant, site_id=site_id)
    found = found.select_related("referral", "case_manager").order_by("-referral__submitted_at", "-pk")
    return found.only(
        "referral__door",
        "referral__reference",
        "referral__rules_id",
        "referral__submitted_at",
        "referral__status",
        "case_manager__name",
    )[:MOST]


@prepared(referrals=list)
def consent_rows(*, referrals):
    """By referral: a consent may be older than the link."""
    return Consent.objects.filter(AnyOf(F("referral_id"), KeyList(referrals))).order_by("-asked_at", "-pk")[:MOST]


@prepared(consents=list)
def disclosure_rows(*, consents):
    found = Disclosure.objects.filter(AnyOf(F("consent"), KeyList(consents))).select_related("to_membership")
    return found.order_by("-recorded_at", "-pk")[:MOST]


@prepared(participant=UUID)
def spell_rows(*, participant):
    return Participation.objects.filter(participant=participant).newest_first()[:MOST]


@prepared(participant=UUID)
def note_rows(*, participant):
    """The latest contacts, each with its line to share."""
    found = with_lines(ContactNote.objects.filter(participant=participant))
    return found.order_by("-happened_at", "-pk")[:LATEST]


@prepared(participant=UUID)
def asked_rows(*, participant):
    """What services were asked for them, newest first."""
    found = AskedPerson.objects.filter(participant=participant).select_related("referral__service")
    return found.order_by("-referral__asked_at", "-pk").only(
        "referral__service__name", "referral__reference", "referral__need", "referral__asked_at", "referral__status"
    )[:MOST]
