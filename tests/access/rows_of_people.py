"""Rows of how a person is reached and what they say of themselves, one of every kind for each record."""

from participants import models as participants
from participants.selfreport import GENDER, RACE


def write_people(add, person, manager, day, now) -> None:
    """`add` as the rows of one record have it."""
    signed = {"participant": person, "saved_at": now, "saved_by": manager}
    add(participants.ReachPlace, place="p", days=[0, 3], **signed)
    add(participants.Demographics, race=[RACE.coded("asian")], gender=[GENDER.coded("0")], **signed)
    add(participants.TrustedPerson, name="t", may_say="called", agreed_on=day, **signed)
