"""One person of the demo who stands twice: as if somebody had typed a second record from a bad line."""

from dataclasses import replace
from datetime import datetime

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from participants.actions.alike import likely_people
from participants.actions.persons import Names, make_participant
from participants.likeness.stored import entry_of
from participants.models import LikelyPair, Participant


def write_twice(person: Participant, *, by: Membership, now: datetime) -> None:
    """A second record with a slip in the name, and the pair as the background would have found it."""
    names = Names(given_name=person.given_name, family_name=person.family_name, birth_date=person.birth_date)
    other = make_participant(names=replace(names, family_name=_slipped(names.family_name)), by=by, at=now)
    with acting_as(Duty.MATCHER, site=by.site_id):
        found = [one for one in likely_people(asked=entry_of(other)) if one.participant.pk == person.pk]
        LikelyPair.objects.bulk_create(
            LikelyPair(
                site_id=by.site_id, first_id=min(person.pk, other.pk), second_id=max(person.pk, other.pk), score=one.score,
                reasons=list(one.reasons), found_at=now,
            )
            for one in found
        )  # fmt: skip


def _slipped(name: str) -> str:
    return name[:2] + name[1:2] + name[2:]
