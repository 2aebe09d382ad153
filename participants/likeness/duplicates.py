"""Pairs of records that are likely one person, with a score and reasons.

API
    find_duplicates(entries, at_least=AT_LEAST) -> list[Pair]       likeliest first
"""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from math import log

from participants.likeness.candidates import candidate_pairs
from participants.likeness.dates import Born
from participants.likeness.entry import Entry, Frequencies
from participants.likeness.evidence import (
    BORN,
    BY_CHANCE,
    FAMILY,
    GIVEN,
    IDENTIFIER,
    QUESTION,
    SUFFIX_OTHER,
    SWAPPED,
    Answers,
    Comparer,
)  # fmt: skip
from participants.likeness.names import Like
from participants.likeness.places import Number
from participants.likeness.weights import Weights

AT_LEAST = 0.7
SAMPLE = 40_000  # pairs of strangers that are looked at to learn what chance gives
STEADY = 4000  # so many pairs the common knowledge counts as, against the sample
KEPT_FROM = -9.0  # log odds below which a pair is forgotten at once
SURE = 0.9
SAME_NUMBER = frozenset({IDENTIFIER + Number.SAME, IDENTIFIER + Number.SLIP})
# What a third record cannot make good, unless an identifier is the same.
AGAINST = frozenset({GIVEN + Like.OTHER, BORN + Born.OTHER, SUFFIX_OTHER})
EVERY = 1000


@dataclass(frozen=True, slots=True)
class Pair:
    left: Entry
    right: Entry
    score: float
    answers: Answers
    through: str = ""  # the key of a third record that is both


def find_duplicates(
    entries: list[Entry], *, at_least: float = AT_LEAST, progress: Callable[[int], object] = lambda compared: None
) -> list[Pair]:
    """Likely pairs, likeliest first."""
    if len(entries) < 2:
        return []
    counts = Frequencies.of(entries)
    comparer = Comparer(counts, dict(BY_CHANCE))
    weights = Weights.beginning(len(entries))
    comparer.chance = _chance(entries, comparer, weights)
    kept: dict[tuple[int, int], Answers] = {}
    before = log(weights.same / weights.pairs)
    for compared, (i, j) in enumerate(candidate_pairs(entries), start=1):
        if not compared % EVERY:
            progress(EVERY)
        answers = comparer.compare(entries[i], entries[j])
        if weights.for_same(answers) + before > KEPT_FROM:
            kept[i, j] = answers
    weights.learn(kept.values())
    scores = {pair: weights.score(answers) for pair, answers in kept.items()}
    through = _through(entries, scores, comparer, weights)
    found = [
        Pair(entries[i], entries[j], score, kept[i, j])
        for (i, j), score in scores.items()
        if score >= at_least and (i, j) not in through
    ]
    found += [
        Pair(entries[i], entries[j], score, answers, entries[by].key)
        for (i, j), (score, answers, by) in through.items()
        if score >= at_least
    ]
    return sorted(found, key=lambda pair: (-pair.score, pair.left.key, pair.right.key))


def _chance(entries: list[Entry], comparer: Comparer, weights: Weights) -> dict[int, float]:
    """How often each answer comes between two records drawn at random, the pairs that look like one person left out."""
    draw = random.Random(len(entries))  # noqa: S311
    counted: dict[int, float] = defaultdict(float)
    for _ in range(min(SAMPLE, len(entries) * 20)):
        a, b = draw.choice(entries), draw.choice(entries)
        if a is b:
            continue
        answers = comparer.compare(a, b)
        if weights.for_same(answers) + log(weights.same / weights.pairs) < -3:
            for code, _ in answers:
                counted[code] += 1
    found = dict(BY_CHANCE)
    for question in range(0, max(BY_CHANCE) + 1, QUESTION):
        codes = [code for code in BY_CHANCE if question <= code < question + QUESTION and code != FAMILY + SWAPPED]
        total = sum(counted[code] for code in codes)
        for code in codes:
            found[code] = (counted[code] + STEADY * BY_CHANCE[code]) / (total + STEADY)
    return found


def _through(
    entries: list[Entry], scores: dict[tuple[int, int], float], comparer: Comparer, weights: Weights
) -> dict[tuple[int, int], tuple[float, Answers, int]]:
    """Pairs that a third record joins: both are surely it, and nothing speaks strongly against them."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for (i, j), score in scores.items():
        if score >= SURE:
            near[i][j] = near[j][i] = score
    found: dict[tuple[int, int], tuple[float, Answers, int]] = {}
    forgiven = 1 if weights.mixed_up > 0.01 else 0
    for middle, around in near.items():
        for i in around:
            for j in around:
                score = 0.99 * min(around[i], around[j])
                if i >= j or scores.get((i, j), 0.0) >= score or found.get((i, j), (0.0,))[0] >= score:
                    continue
                answers = comparer.compare(entries[i], entries[j])
                codes = {code for code, _ in answers}
                if len(codes & AGAINST) <= forgiven or codes & SAME_NUMBER:
                    found[i, j] = (score, answers, middle)
    return found
