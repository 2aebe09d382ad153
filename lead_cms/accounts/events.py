"""What happened to a sign-in, written once for each site that it opens, so that the auditor of each may read it.

A person with a role at two sites has one sign-in; one who has no role in force has none, and the event no site. Of a name that
nobody has, nothing that was typed is kept: people type passwords into the wrong box.

API
    note(action, user=, at=, **details)            by the person, before anybody is anybody
    note_elsewhere(action, user=, by=, at=)        an administrator's deed, for the other sites of the person
    note_unknown(action)                           of a name that nobody has
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lead_cms.access.principals import Principal, acting_as
from lead_cms.accounts.models import Membership, User
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.middleware import request_id_var

NOBODY = "a name that nobody has"
OF_ANOTHER_SITE = "an administrator of another site"


@transaction.atomic
def note(action: AuditAction, *, user: User, at: datetime, **details) -> None:
    with acting_as(_application(user.username, user.pk)):
        sites = _sites_of(user, at)
    for site in sites or [None]:
        with acting_as(_application(user.username, user.pk, site)):
            record(action, target=user, **details)


@transaction.atomic
def note_elsewhere(action: AuditAction, *, user: User, by: Membership, at: datetime) -> None:
    """Who it was stays with the administrator's own site, where `record` has written it."""
    with acting_as(_application(OF_ANOTHER_SITE, by.user_id)):
        sites = _sites_of(user, at)
    for site in sites:
        if site != by.site_id:
            with acting_as(_application(OF_ANOTHER_SITE, None, site)):
                record(action, target=user)


@transaction.atomic
def note_unknown(action: AuditAction) -> None:
    with acting_as(_application(NOBODY, None)):
        record(action)


def _application(label: str, user_id: UUID | None, site_id: UUID | None = None) -> Principal:
    """The web process itself, which may write an event for a site without being anybody there."""
    return Principal(db_role="lead_app", label=label, user_id=user_id, site_id=site_id, request_id=request_id_var.get())


def _sites_of(user: User, at: datetime) -> list[UUID]:
    found = Membership.objects.current(at).filter(user_id=user.pk)
    return sorted(set(found.values_list("site_id", flat=True)))
