"""Who a transaction is for. The database reads it; nothing else decides whose rows are whose."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import connection
from psycopg.pq import PipelineStatus, TransactionStatus

from lead_cms.core.middleware import request_id_var


class Duty(StrEnum):
    """Work that is nobody's own: a database role each. APP_DUTIES may be taken by the web process as well."""

    INTAKE = "intake"  # insert only: what an officer's or referrer's POST causes and may not see
    CLOCKWORK = "clockwork"  # rewrites the unsent reminders and the length of a window after a decision
    SCHEDULER = "scheduler"  # turns due reminders into notices and e-mails
    NOTIFIER = "notifier"  # sends e-mails
    OPERATOR = "operator"  # commands: rules, imports, seeding
    MATCHER = "matcher"  # looks for two records of one person
    INVITER = "inviter"  # writes an account's first message


APP_DUTIES = frozenset({Duty.INTAKE, Duty.CLOCKWORK, Duty.INVITER})


@dataclass(frozen=True)
class Principal:
    """As whom: a database role and the ids that policies compare rows with."""

    db_role: str
    label: str
    user_id: UUID | None = None
    membership_id: UUID | None = None
    site_id: UUID | None = None
    organisation_id: UUID | None = None
    request_id: str = "-"


_principal: ContextVar[Principal | None] = ContextVar("principal", default=None)
STATE = """select set_config('role', %s, true), set_config('app.user_id', %s, true),
 set_config('app.membership_id', %s, true), set_config('app.site_id', %s, true),
 set_config('app.organisation_id', %s, true), set_config('app.request_id', %s, true)"""


class NoPrincipal(RuntimeError):
    """Code that needs to know who it works for ran outside `acting_as`."""


def current_principal() -> Principal:
    principal = _principal.get()
    if principal is None:
        raise NoPrincipal("no principal: wrap the call in acting_as(...)")
    return principal


def principal_of(membership) -> Principal:
    """The principal of a person acting under one of their memberships."""
    return Principal(
        db_role=f"lead_{membership.role}",
        label=f"{membership.name} ({membership.get_role_display()})",
        user_id=membership.user_id,
        membership_id=membership.pk,
        site_id=membership.site_id,
        organisation_id=membership.organisation_id,
        request_id=request_id_var.get(),
    )


def principal_for_duty(duty: Duty, site=None) -> Principal:
    """A duty. Taken by a person's request it keeps that person's ids, so that the record says who caused it."""
    role, caused_by = f"lead_{duty.value}", _principal.get()
    if caused_by is not None and site is None:
        return replace(caused_by, db_role=role)
    return Principal(
        db_role=role,
        label=duty.value,
        site_id=getattr(site, "pk", site),
        request_id=request_id_var.get(),
    )


def state(conn) -> None:
    """State the principal to the database, for the open transaction only."""
    principal = _principal.get()
    if principal is None:
        values = (settings.ACCESS_BASE_ROLE, "", "", "", "", "")
    else:
        ids = (principal.user_id, principal.membership_id, principal.site_id, principal.organisation_id)
        values = (principal.db_role, *("" if value is None else str(value) for value in ids), principal.request_id)
    with conn.connection.cursor() as cursor:
        cursor.execute(STATE, values)


@contextmanager
def acting_as(who, *, site=None):
    """Run the block for `who`: a Principal, a Duty (for `site`, an instance or id) or a membership.

    Inside an open transaction the database is told at once and told again of the former principal afterwards; otherwise
    it is told when the next transaction opens. Raises what the database raises when the login may not become the role.
    """
    if isinstance(who, Duty):
        who = principal_for_duty(who, site)
    elif not isinstance(who, Principal):
        who = principal_of(who)
    is_said = who == _principal.get()  # the database knows already: nothing to tell it, before or after
    if (
        not is_said
        and connection.in_atomic_block
        and connection.connection.pgconn.pipeline_status != PipelineStatus.OFF
    ):
        raise RuntimeError("state who acts before a pipeline begins")
    token = _principal.set(who)
    try:
        if connection.in_atomic_block and not is_said:
            state(connection)
        yield who
    finally:
        _principal.reset(token)
        # Only a usable transaction can be told; otherwise the real error would be hidden by a second one.
        usable = connection.in_atomic_block and not is_said
        if usable and connection.connection.info.transaction_status == TransactionStatus.INTRANS:
            state(connection)
