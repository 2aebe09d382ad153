"""Showing what a consent opens, and writing down that it was shown: one call does both, for any class and recipient.

API
    disclose(what=, by=, purpose=, participant_id= or referral_id=, target=) -> Told | None
Call it on opening one referral, never for a list; what it gives is shown with the notice (`part2_notice told.scope`). None
reads the same never signed, taken back, replaced or ended. The fact itself is read by row security, in its own query.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, models, transaction
from django.db.utils import ProgrammingError

from lead_cms.access.permissions import POLICE
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.part2 import NOTICE_VERSION
from participants.matrix_texts import scope_for
from participants.models import Disclosure


@dataclass(frozen=True)
class Told:
    """Under which consent a thing is shown now, and what the consent opens to this organisation."""

    consent_id: UUID
    scope: str
    signed_at: datetime
    ends_at: datetime | None


@transaction.atomic
def disclose(
    *,
    what: str,
    by: Membership,
    purpose: str,
    participant_id: UUID | None = None,
    referral_id: UUID | None = None,
    target: models.Model | None = None,
) -> Told | None:
    """Whether `by` may be told `what` at this moment; if so, the disclosure is written and the scope given.

    `what` is an information class, or "sentence". The person is named by `participant_id`, or by `referral_id` where the
    reader does not know participants. Row security decides both times: a consent that ends in between writes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from app.told_under(%s, %s, %s)", [what, participant_id, referral_id])
        found = cursor.fetchone()
    if found is None:
        return None
    consent_id, kind, scope, classes, signed_at, ends_at, ends_with = found
    if not _written(consent_id, what, purpose, by):
        return None
    record(AuditAction.DISCLOSED, target=target, what=what, consent=str(consent_id), notice_version=NOTICE_VERSION)
    if classes:
        scope = scope_for(
            kind=kind,
            classes=classes,
            organisation=by.organisation.name,
            ends_at=ends_at,
            ends_with=ends_with,
            tz=by.site.tz,
        )
    return Told(consent_id=consent_id, scope=scope, signed_at=signed_at, ends_at=ends_at)


def _written(consent_id: UUID, what: str, purpose: str, by: Membership) -> bool:
    """The row; False when the consent was taken back or ended since it was asked about."""
    row = Disclosure(
        site_id=by.site_id, consent_id=consent_id, what=what, to_membership=by, to_organisation_id=by.organisation_id,
        purpose=purpose, notice_version=NOTICE_VERSION,
    )  # fmt: skip
    try:
        with transaction.atomic():
            if by.role in POLICE:
                # Police have no right on these tables: intake writes it, in their name.
                with acting_as(Duty.INTAKE):
                    row.save(force_insert=True)
            else:
                row.save(force_insert=True)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != "42501":
            raise
        return False
    return True
