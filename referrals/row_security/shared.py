"""Predicates that several tables share, and the usual circles of readers and writers."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Rows, both, mine, my_organisation, my_site

OFFICER, LIAISON, PROSECUTOR = Role.OFFICER, Role.LIAISON, Role.PROSECUTOR
MANAGER, SUPERVISOR, COORDINATOR, REFERRER = Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR, Role.REFERRER

OPEN_REFERRAL = "referral_id <> all ((select app.closed_referrals())::uuid[])"
OPEN_ID = "id <> all ((select app.closed_referrals())::uuid[])"
MINE, AGENCY, HERE = mine("officer_id"), my_organisation("agency_id"), my_site()
MY_CASES = "referral_id = any (array(select app.my_referral_ids()))"
NOT_HIDDEN = "(hidden_at is null or hidden_at > now())"
# What an officer corrects before the handover reaches the copies that stand with the charge, unseen by the officer.
CORRECTED = Rows(HERE, columns=("id", "site_id", "referral_id"))


def police_and_casework(**more) -> dict:
    """The usual readers of what an officer typed: its officer, the agency's liaison, the site's casework."""
    return {
        OFFICER: MINE,
        LIAISON: AGENCY,
        MANAGER: both(HERE, OPEN_REFERRAL),
        SUPERVISOR: HERE,
        COORDINATOR: both(HERE, OPEN_REFERRAL),
    }


def takers_of_referrals() -> dict:
    """Who may write a referral's parts: its officer, or whoever is on call and takes it by telephone."""
    own = both(HERE, MINE)
    return {
        OFFICER: own,
        MANAGER: HERE,
        SUPERVISOR: HERE,
        COORDINATOR: HERE,
        Duty.OPERATOR: ANYTHING,
    }


def casework_only(insert_check: str | None = None, update_columns: tuple[str, ...] = (), **more) -> dict:
    """Select, insert and perhaps update for case managers and supervisors of the site."""
    rows = {MANAGER: both(HERE, OPEN_REFERRAL), SUPERVISOR: HERE}
    written = {role: both(rows[role], insert_check) if insert_check else rows[role] for role in rows}
    policy = {"select": rows, "insert": written | {Duty.OPERATOR: ANYTHING}}
    if update_columns:
        policy["update"] = {role: Rows(rows[role], columns=update_columns) for role in rows}
    return policy


def with_definer(policy: dict) -> dict:
    """The same, read by the definer functions as well."""
    return policy | {"select": policy["select"] | {DEFINER: ANYTHING}}
