"""Loaded dice."""

import random


def pick(rng: random.Random, weighted):
    """One of the things, as often as its weight says."""
    return rng.choices([what for what, _ in weighted], [weight for _, weight in weighted])[0]
