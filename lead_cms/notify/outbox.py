"""The only way to tell somebody something: rows written in the transaction of their cause."""

from collections.abc import Iterable

from lead_cms.accounts.models import Membership
from lead_cms.notify.models import EmailKind, Notice, OutboxEmail


def tell(recipients: Iterable[Membership], *, key: str, text: str, path: str, at) -> None:
    """Write one notice each; the same cause twice tells nobody twice. Call it inside acting_as(Duty.INTAKE)."""
    Notice.objects.bulk_create(
        [Notice(site_id=m.site_id, key=key, recipient=m, text=text, path=path, created_at=at) for m in recipients],
        ignore_conflicts=True,
    )


def email(
    user_ids: Iterable, *, key: str, kind: EmailKind, path: str = "", at, membership_id=None, about: str = ""
) -> None:
    """Write one e-mail each. It carries no name and no fact: the kind is its whole text.

    With `membership_id` and `about` (an AlertKind) it keeps to that person's quiet hours.
    """
    OutboxEmail.objects.bulk_create(
        [
            OutboxEmail(
                key=key, user_id=pk, kind=kind, path=path, created_at=at, next_try_at=at, membership_id=membership_id,
                about=about,
            )
            for pk in user_ids
        ],
        ignore_conflicts=True,
    )  # fmt: skip
