"""From answers to a score: one person, two of a household, or strangers (Fellegi and Sunter, with a third class).

Relatives share surname, address and telephone; twins share the birth date, and a son may have his father's name. So whatever
they share says nothing against them being two, and what tells them apart counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, log

from participants.likeness.dates import Born
from participants.likeness.evidence import (
    ALIAS_OTHER,
    ALIAS_SAME,
    BORN,
    BY_ALIAS,
    FAMILY,
    GIVEN,
    IDENTIFIER,
    PHONE,
    QUESTION,
    STREET,
    SUFFIX_OTHER,
    SUFFIX_SAME,
    SWAPPED,
    TOWN,
    Answers,
)  # fmt: skip
from participants.likeness.names import Like
from participants.likeness.places import Number, Street, Town


def _table(question: int, of: type, shares: tuple[float, ...]) -> dict[int, float]:
    return {question + like: share for like, share in zip(of, shares, strict=True)}


# Of two records of one person, how many answer so: where to begin, before the records themselves are asked.
SAME_PERSON = {
    **_table(GIVEN, Like, (0.74, 0.06, 0.03, 0.06, 0.02, 0.025, 0.01, 0.015)),
    GIVEN + BY_ALIAS: 0.02, GIVEN + BY_ALIAS + 1: 0.01, GIVEN + SWAPPED: 0.02, FAMILY + SWAPPED: 1.0,
    **_table(FAMILY, Like, (0.82, 0.003, 0.03, 0.07, 0.02, 0.025, 0.005, 0.025)),
    **_table(BORN, Born, (0.85, 0.03, 0.01, 0.05, 0.02, 0.02, 0.01, 0.01, 0.005)),
    **_table(STREET, Street, (0.6, 0.1, 0.3)),
    **_table(TOWN, Town, (0.5, 0.3, 0.2)),
    **_table(PHONE, Number, (0.6, 0.05, 0.01, 0.34)),
    **_table(IDENTIFIER, Number, (0.85, 0.08, 0.02, 0.05)),
    SUFFIX_SAME: 0.98, SUFFIX_OTHER: 0.02, ALIAS_SAME: 0.6, ALIAS_OTHER: 0.4,
}  # fmt: skip
# Of two people of one household: what they share more than strangers do. What is not here, they share by chance.
SAME_HOME = {
    **_table(FAMILY, Like, (0.75, 0.002, 0.02, 0.04, 0.03, 0.015, 0.005, 0.14)),
    **_table(STREET, Street, (0.7, 0.08, 0.22)),
    **_table(TOWN, Town, (0.6, 0.25, 0.15)),
    **_table(PHONE, Number, (0.35, 0.02, 0.01, 0.62)),
    SUFFIX_OTHER: 0.6,
}  # fmt: skip
# And what some of them share: twins the day of birth, a son his father's name.
SOME_SHARE = {BORN + Born.SAME: 0.1, GIVEN + Like.SAME: 0.1, GIVEN + Like.NICKNAME: 0.01}
# Two of one person are seldom so unlike, and twins, or a father and his son, would teach the opposite. Only where surnames too
# are another more often than by marriage, and no relatives are about, do the records mix up whole fields.
AT_MOST = {GIVEN + Like.OTHER: 0.005, BORN + Born.OTHER: 0.006}
BY_MARRIAGE, MIXED_UP, RELATIVES = 0.03, 2.0, 0.015
APART = frozenset({GIVEN + Like.OTHER, BORN + Born.OTHER})
UNDER_ONE_ROOF = frozenset({STREET + Street.SAME, PHONE + Number.SAME})
STEADINESS = 40  # so many pairs the beginning counts as, against what the records say
ROUNDS = 25


@dataclass(slots=True)
class Weights:
    """What answers are worth. `learn` fits them to a collection of pairs."""

    pairs: float  # how many pairs there are in all
    same: float  # of them one person
    home: float  # of them two of a household
    share: dict[int, float] = field(default_factory=lambda: dict(SAME_PERSON))
    logs: dict[int, float] = field(default_factory=dict)
    relatives: int = 0  # pairs of a household and a surname that are surely two

    def __post_init__(self):
        self._settle()

    @classmethod
    def beginning(cls, people: int) -> "Weights":
        """For so many records, of which one in ten has a second one."""
        return cls(pairs=max(people * (people - 1) / 2, 1), same=max(0.1 * people, 1), home=max(0.04 * people, 0.4))

    @classmethod
    def cautious(cls, people: int) -> "Weights":
        """For one person asked for among so many, with nothing to learn from: another given name is another person."""
        found = cls.beginning(people)
        found.share |= AT_MOST
        found._settle()
        return found

    def _settle(self) -> None:
        self.logs = {code: log(share) for code, share in self.share.items()}

    def for_same(self, answers: Answers) -> float:
        """How much likelier the answers are of one person than of strangers, as a log."""
        logs = self.logs
        return sum(logs[code] - chance for code, chance in answers)

    def score(self, answers: Answers, home: float | None = None) -> float:
        """How sure it is one person, from 0 to 1."""
        return self._score(self.for_same(answers), for_home(answers) if home is None else home)

    def _score(self, same: float, home: float) -> float:
        same = min(600.0, same + log(self.same / self.pairs))
        home = min(600.0, home + log(self.home / self.pairs))
        return 1 / (1 + exp(min(700.0, -same)) + exp(max(-700.0, min(700.0, home - same))))

    def learn(self, compared: Iterable[Answers]) -> None:
        """Fit the shares and the two sizes to the pairs: expectation and maximisation."""
        known = [(answers, for_home(answers)) for answers in compared]
        self.relatives = sum(are_relatives(answers) for answers, _ in known)
        for _ in range(ROUNDS):
            counted = dict.fromkeys(self.share, 0.0)
            same, others = 0.0, 0.0
            for answers, home in known:
                ours = self.for_same(answers)
                sure = self._score(ours, home)
                same += sure
                others += self._home_score(ours, home)
                if sure > 1e-4:
                    for code, _ in answers:
                        counted[code] += sure
            before = self.same
            self.same = max(same + 0.5, 0.5)
            self.home = max(others + 0.1 * self.same, 0.2)
            self._fit(counted)
            if abs(self.same - before) < 0.001 * before:
                break

    def _home_score(self, same: float, home: float) -> float:
        same, home = same + log(self.same / self.pairs), home + log(self.home / self.pairs)
        return 1 / (1 + exp(min(700.0, -home)) + exp(max(-700.0, min(700.0, same - home))))

    @property
    def mixed_up(self) -> float:
        """How often whole fields are another's, beyond what people do."""
        others = max(0.0, self.share[FAMILY + Like.OTHER] - BY_MARRIAGE)
        return MIXED_UP * others * max(0.0, 1 - self.relatives / (RELATIVES * self.same))

    def _fit(self, counted: dict[int, float]) -> None:
        mixed_up = self.mixed_up
        for question in range(0, max(self.share) + 1, QUESTION):
            codes = [code for code in self.share if question <= code < question + QUESTION and code != FAMILY + SWAPPED]
            total = sum(counted[code] for code in codes)
            for code in codes:
                learnt = (counted[code] + STEADINESS * SAME_PERSON[code]) / (total + STEADINESS)
                self.share[code] = min(learnt, AT_MOST.get(code, 1.0) + mixed_up)
        self._settle()


def for_home(answers: Answers) -> float:
    """How much likelier the answers are of two people of a household than of strangers, as a log."""
    total = 0.0
    for code, chance in answers:
        if code in SAME_HOME:
            total += log(SAME_HOME[code]) - chance
        elif code in SOME_SHARE:
            total += log(exp(chance) + SOME_SHARE[code]) - chance
    return total


def are_relatives(answers: Answers) -> bool:
    """One surname under one roof, other given names, other dates of birth."""
    codes = {code for code, _ in answers}
    return FAMILY + Like.SAME in codes and codes >= APART and bool(codes & UNDER_ONE_ROOF)
