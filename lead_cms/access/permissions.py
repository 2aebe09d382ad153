"""The only place that says which role may do what. Which rows it may do it to is PostgreSQL's (row_security.py)."""

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    """What a membership makes of a person. Each is also a database role, `lead_<code>`."""

    OFFICER = "officer", "Officer"
    LIAISON = "liaison", "Police liaison"
    PROSECUTOR = "prosecutor", "Prosecutor"
    CASE_MANAGER = "case_manager", "Case manager"
    SUPERVISOR = "supervisor", "Supervisor"
    COORDINATOR = "coordinator", "Coordinator"
    PROVIDER = "provider", "Service provider"
    REFERRER = "referrer", "Referrer"
    LEGAL_AID = "legal_aid", "Legal aid"
    STAKEHOLDER = "stakeholder", "Stakeholder"
    ADMINISTRATOR = "administrator", "Administrator"
    AUDITOR = "auditor", "Auditor"


POLICE = frozenset({Role.OFFICER, Role.LIAISON})
CASEWORK = frozenset({Role.CASE_MANAGER, Role.SUPERVISOR})
# They work for somebody outside the site: of its people and organizations they see their own alone.
OUTSIDE = frozenset({Role.PROVIDER, Role.REFERRER, Role.LEGAL_AID, Role.STAKEHOLDER})


class Permission(StrEnum):
    """What a view asks for. The value is what the access matrix prints."""

    TODAY = "open Today"
    NOTICES = "read own notices"
    STYLEGUIDE = "see what the pages are made of"
    ON_CALL_VIEW = "see who is on call"
    ON_CALL_MANAGE = "keep the on-call list"
    ON_CALL_HAND_OVER = "hand over own shifts, take a colleague's"
    REFERRAL_CREATE = "refer a person as an officer"
    REFERRAL_TELEPHONE = "take a referral by telephone"
    REFERRAL_OWN = "see own referrals"
    REFERRAL_CORRECT = "correct, cancel or add to own referrals"
    REFERRAL_CONFIRM = "confirm a referral given by telephone"
    PACKET = "see and stamp report packets"
    APPROVAL_CONFIRM = "confirm an approval given by telephone"
    AGENCY_OVERVIEW = "see the agency's use of LEAD"
    COMMUNITY_CREATE = "refer a person without police"
    COMMUNITY_OWN = "see own community referrals"
    CASEWORK_VIEW = "see referrals, windows and people at the site"
    CASEWORK_WRITE = "take handoffs, log tries, record casework"
    CASEWORK_CONFIRM = "confirm an item typed after the due day"
    CASELOADS = "see who looks after how many"
    PRIVATE_TALK = "hold the private conversation, screening and consent"
    FILES = "keep, open and remove the papers of one's people"
    NOTES = "write contact notes, read those one may"
    OUTREACH = "work the list of referrals without a charge"
    CHARGE_VIEW = "see held charges"
    CHARGE_DECIDE = "decide on held charges"
    TRIAGE = "triage what an officer was not sure of"
    COUNTS = "see counts by door and window"
    REPORTS = "see and export the site's reports"
    SUPPLIED_COUNTS = "take in counts that an agency supplies"
    PUBLISH = "publish reports and take them back"
    PUBLISHED_VIEW = "read published reports"
    RULES_VIEW = "read the site's rules"
    DIRECTORY_VIEW = "search the directory of services"
    DIRECTORY_VERIFY = "say that a service's entry is right"
    DIRECTORY_EDIT = "edit services, hours and places"
    DIRECTORY_LINK = "link a provider to the organization that signs in"
    SERVICE_ASK = "refer a person to a service"
    SERVICE_ANSWER = "answer what the organization is asked"
    LEGAL_AID = "see the people given to oneself as legal aid, keep privileged notes"
    PEOPLE_MANAGE = "manage people, organizations and memberships"
    AUDIT_VIEW = "read the audit"


P = Permission
EVERYONE = frozenset({P.TODAY, P.NOTICES, P.STYLEGUIDE})
FIELD = frozenset(
    {
        P.CASEWORK_VIEW,
        P.CASEWORK_WRITE,
        P.PRIVATE_TALK,
        P.NOTES,
        P.FILES,
        P.OUTREACH,
        P.REFERRAL_TELEPHONE,
        P.RULES_VIEW,
    }
)

DIRECTORY = frozenset({P.DIRECTORY_VIEW, P.DIRECTORY_VERIFY})

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.OFFICER: EVERYONE
    | {P.ON_CALL_VIEW, P.REFERRAL_CREATE, P.REFERRAL_OWN, P.REFERRAL_CORRECT, P.REFERRAL_CONFIRM, P.PACKET},
    Role.LIAISON: EVERYONE
    | {P.ON_CALL_VIEW, P.REFERRAL_OWN, P.REFERRAL_CONFIRM, P.PACKET, P.APPROVAL_CONFIRM, P.AGENCY_OVERVIEW},
    Role.PROSECUTOR: EVERYONE | {P.CHARGE_VIEW, P.CHARGE_DECIDE},
    Role.CASE_MANAGER: EVERYONE | FIELD | DIRECTORY | {P.ON_CALL_VIEW, P.ON_CALL_HAND_OVER, P.SERVICE_ASK},
    Role.SUPERVISOR: EVERYONE
    | FIELD
    | DIRECTORY
    | {P.ON_CALL_VIEW, P.ON_CALL_HAND_OVER, P.CASEWORK_CONFIRM, P.CASELOADS, P.REPORTS, P.SERVICE_ASK},
    Role.COORDINATOR: EVERYONE
    | DIRECTORY
    | {P.DIRECTORY_EDIT, P.DIRECTORY_LINK}
    | {P.ON_CALL_VIEW, P.ON_CALL_MANAGE, P.TRIAGE, P.COUNTS, P.RULES_VIEW, P.APPROVAL_CONFIRM, P.REFERRAL_TELEPHONE}
    | {P.REPORTS, P.SUPPLIED_COUNTS, P.PUBLISH, P.PUBLISHED_VIEW},
    Role.REFERRER: EVERYONE | {P.COMMUNITY_CREATE, P.COMMUNITY_OWN},
    Role.PROVIDER: EVERYONE | DIRECTORY | {P.DIRECTORY_EDIT, P.SERVICE_ANSWER},
    Role.LEGAL_AID: EVERYONE | {P.LEGAL_AID},
    Role.STAKEHOLDER: EVERYONE | {P.PUBLISHED_VIEW},
    Role.ADMINISTRATOR: EVERYONE | {P.PEOPLE_MANAGE},
    Role.AUDITOR: EVERYONE | {P.AUDIT_VIEW},
}


def has_permission(membership, permission: Permission) -> bool:
    """A superuser gets nothing extra: whoever runs the machine is not a reader of case files."""
    return membership is not None and permission in ROLE_PERMISSIONS.get(membership.role, frozenset())
