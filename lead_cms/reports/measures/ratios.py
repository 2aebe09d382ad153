"""The equity ratio of a stage and its interval.

API
    nested(passed, reached, all_passed, all_reached) -> Ratio | None     both stages are of the same people
    apart(here, before, all_here, all_before) -> Ratio | None            the stages come from different sources
"""

from dataclasses import dataclass
from math import exp, log, sqrt

Z = 1.96


@dataclass(frozen=True)
class Ratio:
    value: float
    low: float | None
    high: float | None


def nested(passed: int, reached: int, all_passed: int, all_reached: int) -> Ratio | None:
    """Share of those who passed ÷ share of those who were reached; the rest of the people vary on their own."""
    if not (reached and all_passed and all_reached):
        return None
    value = (passed / all_passed) / (reached / all_reached)
    rest, rest_passed = all_reached - reached, all_passed - passed
    if not passed or not rest:
        return Ratio(value, None, None)
    mine, others = passed / reached, rest_passed / rest
    variance = (1 / passed - 1 / all_passed) ** 2 * reached * mine * (1 - mine)
    variance += (1 / all_passed) ** 2 * rest * others * (1 - others)
    return _around(value, variance)


def apart(here: int, before: int, all_here: int, all_before: int) -> Ratio | None:
    """Share here ÷ share before, of two counts that are independent of each other."""
    if not (before and all_here and all_before):
        return None
    value = (here / all_here) / (before / all_before)
    if not here:
        return Ratio(value, None, None)
    return _around(value, 1 / here - 1 / all_here + 1 / before - 1 / all_before)


def _around(value: float, variance: float) -> Ratio:
    spread = Z * sqrt(max(variance, 0.0))
    return Ratio(value, exp(log(value) - spread), exp(log(value) + spread))
