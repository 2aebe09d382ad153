"""The only way to write an audit event."""

import uuid
from collections.abc import Sequence

from django.db import models, transaction

from lead_cms.access.principals import current_principal
from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent
from lead_cms.core.inserting import insert
from lead_cms.core.keys import time_ordered


def record(action: AuditAction, *, target: models.Model | None = None, **details) -> uuid.UUID:
    """Write one event in the caller's transaction, so that the deed and its record commit together; its key.

    The actor is the principal, never an argument; row security refuses any other. Nothing is read back: the writer may
    not read the table. Raises TransactionManagementError outside a transaction, NoPrincipal without a principal.
    """
    return record_each(action, target, [details])[0]


def record_each(action: AuditAction, target: models.Model | None, each: Sequence[dict]) -> list[uuid.UUID]:
    """Several events of one kind about one thing, one for each dict of details, in one statement; their keys."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record() outside a transaction")
    principal = current_principal()
    events = [
        AuditEvent(
            id=time_ordered(),
            action=action,
            user_id=principal.user_id,
            membership_id=principal.membership_id,
            site_id=principal.site_id,
            actor_label=principal.label,
            request_id=principal.request_id,
            target_model=target._meta.label_lower if target is not None else "",
            target_id=str(target.pk) if target is not None else "",
            details=details,
        )
        for details in each
    ]
    insert(events)
    return [event.id for event in events]
