"""Notices are their reader's alone; e-mails are the outbox's alone; whoever causes one may add it and not read it."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, APP, DEFINER, Policy, Rows, mine, my_site
from lead_cms.notify.models import AlertPreference, Heartbeat, Notice, OutboxEmail

POLICIES = [
    Policy(
        Notice,
        select={role: mine("recipient_id") for role in Role},
        insert={Duty.INTAKE: my_site(), Duty.SCHEDULER: ANYTHING, Duty.OPERATOR: ANYTHING},
        update={role: Rows(mine("recipient_id"), columns=("read_at",)) for role in Role},
        audited=("key", "recipient_id", "read_at"),
    ),
    Policy(
        OutboxEmail,
        select={Duty.NOTIFIER: ANYTHING, DEFINER: ANYTHING},
        insert={
            Duty.INTAKE: "kind in ('attention', 'handoff')",
            Duty.SCHEDULER: "kind in ('attention', 'handoff')",
            Duty.INVITER: "kind = 'invitation'",
            APP: "kind = 'reset'",
        },
        update={
            Duty.NOTIFIER: Rows(ANYTHING, columns=("attempts", "next_try_at", "put_off_at", "sent_at", "gave_up_at"))
        },
        audited=("key", "user_id", "kind", "attempts", "sent_at", "gave_up_at"),
    ),
    # Everybody's own. Whoever turns a reminder into alerts reads what was chosen; whoever sends, the quiet hours.
    Policy(
        AlertPreference,
        select={role: mine("membership_id") for role in Role} | {Duty.SCHEDULER: ANYTHING, Duty.NOTIFIER: ANYTHING},
        insert={role: mine("membership_id") for role in Role},
        update={
            role: Rows(mine("membership_id"), columns=("in_app", "email", "quiet_from", "quiet_until", "changed_at"))
            for role in Role
        },
        audited=("membership_id", "kind", "in_app", "email", "quiet_from", "quiet_until"),
    ),
    Policy(
        Heartbeat,
        select={APP: ANYTHING, Duty.SCHEDULER: ANYTHING, Duty.NOTIFIER: ANYTHING},
        insert={Duty.SCHEDULER: ANYTHING, Duty.NOTIFIER: ANYTHING},
        update={Duty.SCHEDULER: ANYTHING, Duty.NOTIFIER: ANYTHING},
        audit=False,  # it tells of the machine, once a minute, and of nobody
    ),
]
