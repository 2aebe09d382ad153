"""Who may touch which rows of a referral, its charge, its window and its casework. Applied after migrate."""

from referrals.row_security import casework, charge, counts, handoff, referral, standing, window
from referrals.row_security.functions import FUNCTIONS as OF_REFERRALS
from referrals.row_security.standing import completed

FUNCTIONS = [*OF_REFERRALS, *standing.FUNCTIONS]

POLICIES = [
    *referral.POLICIES,
    *handoff.POLICIES,
    *charge.POLICIES,
    *window.POLICIES,
    *casework.POLICIES,
    *counts.POLICIES,
]

__all__ = ["FUNCTIONS", "POLICIES", "completed"]
