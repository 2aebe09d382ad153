"""Why two records are likely one person: short codes, and the words for them."""

from participants.likeness.dates import Born
from participants.likeness.entry import Entry
from participants.likeness.evidence import (
    ALIAS_SAME,
    BORN,
    BY_ALIAS,
    FAMILY,
    GIVEN,
    IDENTIFIER,
    PHONE,
    STREET,
    SUFFIX_OTHER,
    SWAPPED,
    TOWN,
    Answers,
)  # fmt: skip
from participants.likeness.names import Like
from participants.likeness.places import Number, Street, Town

# In the order in which a person would say them.
REASONS = {
    IDENTIFIER + Number.SAME: "identifier_same", IDENTIFIER + Number.SLIP: "identifier_slip", BORN + Born.SAME: "born_same",
    BORN + Born.TURNED: "born_turned", BORN + Born.CROSSED: "born_digit", BORN + Born.DIGIT: "born_digit",
    BORN + Born.YEAR: "born_year", BORN + Born.PART: "born_part", BORN + Born.SAME_YEAR: "born_same_year",
    GIVEN + SWAPPED: "names_turned",
    GIVEN + Like.SAME: "given_same", GIVEN + Like.NICKNAME: "given_nickname", GIVEN + Like.SOUND: "given_sound",
    GIVEN + Like.SLIP: "given_alike", GIVEN + Like.PART: "given_part", GIVEN + Like.NEAR: "given_alike",
    GIVEN + Like.INITIAL: "given_initial", GIVEN + BY_ALIAS: "given_alias", GIVEN + BY_ALIAS + 1: "given_alias",
    FAMILY + Like.SAME: "family_same", FAMILY + Like.SOUND: "family_sound", FAMILY + Like.SLIP: "family_alike",
    FAMILY + Like.NICKNAME: "family_alike", FAMILY + Like.PART: "family_part", FAMILY + Like.NEAR: "family_alike",
    ALIAS_SAME: "alias_same", PHONE + Number.SAME: "phone_same", PHONE + Number.SLIP: "phone_slip",
    STREET + Street.SAME: "address_same", STREET + Street.ALIKE: "street_same", TOWN + Town.BOTH: "town_same",
}  # fmt: skip
AGAINST = {
    GIVEN + Like.OTHER: "given_other", FAMILY + Like.OTHER: "family_other", BORN + Born.OTHER: "born_other",
    BORN + Born.CLOSE: "born_other", IDENTIFIER + Number.OTHER: "identifier_other", SUFFIX_OTHER: "suffix_other",
}  # fmt: skip
WORDS = {
    "identifier_same": "same identifier", "identifier_slip": "identifier alike", "born_same": "same date of birth",
    "born_turned": "day and month of birth the other way round", "born_digit": "date of birth one digit off",
    "born_year": "same birthday, another year", "born_part": "date of birth nearly the same",
    "born_same_year": "same year of birth", "names_turned": "given name and surname the other way round",
    "given_same": "same given name", "given_nickname": "given name a nickname", "given_sound": "given name sounds alike",
    "given_alike": "given name alike", "given_part": "given name a short form", "given_initial": "same initial",
    "given_alias": "given name is the other's alias", "family_same": "same surname", "family_sound": "surname sounds alike",
    "family_alike": "surname alike", "family_part": "part of the surname the same", "alias_same": "same alias",
    "phone_same": "same phone", "phone_slip": "phone one digit off", "address_same": "same address",
    "street_same": "same street", "town_same": "same town and postcode", "through": "both like a third record",
    "name_a_little": "name a little alike",
    "given_other": "another given name", "family_other": "another surname", "born_other": "another date of birth",
    "identifier_other": "another identifier", "suffix_other": "one is junior, one is senior",
}  # fmt: skip


def codes(answers: Answers) -> list[str]:
    """What speaks for one person, as codes."""
    given = {code for code, _ in answers}
    return list(dict.fromkeys(REASONS[code] for code in REASONS if code in given))


def against(answers: Answers) -> list[str]:
    """What speaks for two people, as codes."""
    given = {code for code, _ in answers}
    return list(dict.fromkeys(AGAINST[code] for code in AGAINST if code in given))


def shared_aliases(one: Entry, other: Entry) -> tuple[str, ...]:
    """The names besides their own that both go by."""
    return tuple(alias for alias in one.others if alias in other.others)


def words(reasons: list[str], *, aliases: tuple[str, ...] = ()) -> list[str]:
    """The reasons as people say them, an alias with its name where it is known."""
    found = []
    for reason in reasons:
        if reason == "alias_same" and aliases:
            found += [f"alias {alias.title()}" for alias in aliases]
        else:
            found.append(WORDS[reason])
    return found
