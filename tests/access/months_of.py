"""A month of a person’s, as their case manager confirmed it."""

from participants import models as participants


def lived(add, person, manager, day, now) -> None:
    said = {
        "living": "116",
        "sheltered": "no",
        "permanent": "no",
        **dict.fromkeys(("income", "benefits", "insurance"), "1"),
    }
    month = {"participant": person, "month": day.replace(day=1), "confirmed_by": manager, **said}
    add(participants.PersonMonth, confirmed_at=now, **month)
