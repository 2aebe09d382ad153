"""What reaches a person, and when: their own choice for one kind of alert.

API
    choose(kind=, in_app=, email=, quiet_from=, quiet_until=, for_all=, by=, at=) -> list[AlertPreference]
"""

from datetime import datetime, time

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.notify.kinds import KINDS, LOCKED, AlertKind, kinds_for
from lead_cms.notify.models import AlertPreference, EmailChoice

QUIET = ["quiet_from", "quiet_until", "changed_at"]


@transaction.atomic
def choose(
    *,
    kind: str,
    in_app: bool,
    email: str,
    quiet_from: time | None,
    quiet_until: time | None,
    by: Membership,
    at: datetime,
    for_all: bool = False,
) -> list[AlertPreference]:
    """Keep the choice. With `for_all` the quiet hours, and nothing else, are those of every kind that may reach `by`."""
    if kind not in kinds_for(by.role):
        raise DomainError("No alert of this kind reaches your role.")
    if kind in LOCKED and not in_app:
        raise DomainError(f"This always stands here. {KINDS[kind].always_because}", field="in_app")
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_until" if quiet_until is None else "quiet_from"
        raise DomainError("Quiet hours need a beginning and an end. Leave both empty for none.", field=missing)
    if quiet_from is not None and quiet_from == quiet_until:
        raise DomainError("They begin and end at the same time. Choose another end.", field="quiet_until")
    quiet = {"quiet_from": quiet_from, "quiet_until": quiet_until, "changed_at": at}
    rows = [AlertPreference(membership=by, kind=kind, in_app=in_app, email=email, **quiet)]
    _write(rows, ["in_app", "email", *QUIET])
    if for_all:
        others = [
            AlertPreference(membership=by, kind=other, email=EmailChoice.RULES, **quiet)
            for other in kinds_for(by.role)
            if other != kind
        ]
        _write(others, QUIET)
        rows += others
    record(AuditAction.ALERTS_CHOSEN, kind=AlertKind(kind).value, in_app=in_app, email=email, for_all=for_all)
    return rows


def _write(rows: list[AlertPreference], columns: list[str]) -> None:
    AlertPreference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["membership", "kind"], update_fields=columns
    )
