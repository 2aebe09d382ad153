"""Referrals for other tests, made by the real actions."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from lead_cms.access.principals import acting_as
from lead_cms.programs.current import rules_for
from lead_cms.programs.models import RuleSet
from referrals.actions.referring import Given, make_referral
from referrals.models import Referral


def given_arrest(rules, *, at, **more) -> Given:
    """What an officer gives at the arrest door: one divertible offence, nothing that stands in the way, yes."""
    offence = next((one for one in rules.offences if one.group == "drug" and one.amount_limit), rules.offences[0])
    answers = {one.code: "no" for one in rules.exclusions_for(more.get("door", "arrest"))}
    given = {
        "door": "arrest", "offences": (offence.code,), "amount": "within", "answers": answers,
        "incident_number": str(uuid.uuid4().int)[:9], "occurred_at": at - timedelta(minutes=20),
        "name": "Devon Marsh", "age_about": 35, "person_answer": "yes", "meeting_place": "Where the officer is",
    }  # fmt: skip
    return Given(**(given | more))


def make_arrest_referral(officer, *, at=None, key=None, called_at=None, **more) -> Referral:
    """A referral of `officer` (a Membership); further arguments replace what is given: name=, door=, offences=, …"""
    at = at or timezone.now()
    with acting_as(officer), transaction.atomic():
        given = given_arrest(rules_of(officer), at=at, **more)
        return make_referral(by=officer, at=at, given=given, submission_key=key or uuid.uuid4(), called_at=called_at)


def rules_of(membership):
    """The rules of a membership's site, under the stated principal."""
    return rules_for(RuleSet.objects.filter(site_id=membership.site_id).order_by("-version").first())
