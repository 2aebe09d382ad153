"""Who may touch which rows of a referral, its charge, its window and its casework. Applied after migrate."""

from referrals.row_security import casework, charge, counts, handoff, referral, window
from referrals.row_security.functions import FUNCTIONS

POLICIES = [
    *referral.POLICIES,
    *handoff.POLICIES,
    *charge.POLICIES,
    *window.POLICIES,
    *casework.POLICIES,
    *counts.POLICIES,
]

__all__ = ["FUNCTIONS", "POLICIES"]
