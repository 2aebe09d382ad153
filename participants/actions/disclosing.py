"""Showing what a consent opens, and writing down that it was shown: one call does both, for any class and recipient.

API
    disclose(what=, by=, purpose=, participant_id= or referral_id=, target=) -> Told | None
    disclose_each(whats, by=, …) -> {what: Told}        several classes of one page at once, of which the first opens it
    disclose_apart({what: purpose}, by=, …) -> {what: Told}     the same, each for a purpose and standing on its own
Call it on opening one referral, never for a list; what it gives is shown with the notice (`part2_notice told.scope`). None
reads the same never signed, taken back, replaced or ended. The fact itself is read by row security, in its own query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, models, transaction
from django.db.utils import ProgrammingError

from lead_cms.access.permissions import POLICE
from lead_cms.access.principals import Duty, acting_as, current_principal
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record_each
from lead_cms.core.inserting import insert
from lead_cms.core.part2 import NOTICE_VERSION
from participants.matrix_texts import scope_for
from participants.models import Disclosure

TOLD = """select wanted.what, t.* from unnest(%s::text[]) with ordinality wanted(what, number)
          cross join lateral app.told_under(wanted.what, %s, %s) t order by wanted.number"""


@dataclass(frozen=True)
class Told:
    """Under which consent a thing is shown now, and what the consent opens to this organisation."""

    consent_id: UUID
    scope: str
    signed_at: datetime
    ends_at: datetime | None


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
    told = disclose_each(
        [what], by=by, purpose=purpose, participant_id=participant_id, referral_id=referral_id, target=target
    )
    return told.get(what)


@transaction.atomic
def disclose_each(
    whats: Sequence[str],
    *,
    by: Membership,
    purpose: str,
    participant_id: UUID | None = None,
    referral_id: UUID | None = None,
    target: models.Model | None = None,
) -> dict[str, Told]:
    """The same of several classes that one page shows, asked and written together; what may not be told is left out.

    The first opens the page: where it may not be told, neither are the others, and nothing is written.
    """
    asked = dict.fromkeys(whats, purpose)
    return _disclosed(asked, by, participant_id, referral_id, target, opens=whats[0])


@transaction.atomic
def disclose_apart(
    purposes: Mapping[str, str],
    *,
    by: Membership,
    participant_id: UUID | None = None,
    referral_id: UUID | None = None,
    target: models.Model | None = None,
) -> dict[str, Told]:
    """Several classes of one page, of which each may be told or not, whatever the others are."""
    return _disclosed(purposes, by, participant_id, referral_id, target) if purposes else {}


def _disclosed(
    purposes: Mapping[str, str], by: Membership, participant_id: UUID | None, referral_id: UUID | None,
    target: models.Model | None, opens: str = "",
) -> dict[str, Told]:  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [list(purposes), participant_id, referral_id])
        found = cursor.fetchall()
    may = {what: consent_id for what, consent_id, *_ in found}
    if not may or (opens and opens not in may):
        return {}
    consents = _written(may, purposes, by)
    record_each(
        AuditAction.DISCLOSED,
        target,
        [{"what": what, "consent": str(key), "notice_version": NOTICE_VERSION} for what, key in consents.items()],
    )
    return {what: _told(by, *rest) for what, *rest in found if what in consents}


def _told(by: Membership, consent_id, kind, scope, classes, signed_at, ends_at, ends_with) -> Told:
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


def _written(consents: dict[str, UUID], purposes: Mapping[str, str], by: Membership) -> dict[str, UUID]:
    """Those of which the row could be written, by class; the others were taken back or ended since they were asked about."""
    rows = [
        Disclosure(
            site_id=by.site_id, consent_id=consent_id, what=what, to_membership=by, to_organisation_id=by.organisation_id,
            purpose=purposes[what], notice_version=NOTICE_VERSION,
        )
        for what, consent_id in consents.items()
    ]  # fmt: skip
    if _inserted(rows, by):
        return consents
    first, *others = rows
    if not others or not _inserted([first], by):
        return {}
    return {row.what: row.consent_id for row in (first, *(other for other in others if _inserted([other], by)))}


def _inserted(rows: list[Disclosure], by: Membership) -> bool:
    """All of them, or none: False when row security refused one."""
    try:
        # Police have no right on these tables: intake writes it, in their name.
        with transaction.atomic(), acting_as(Duty.INTAKE if by.role in POLICE else current_principal()):
            insert(rows)
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != "42501":
            raise
        return False
    return True
