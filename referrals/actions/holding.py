"""Whoever changes a case holds the person first, then every case of theirs, then what hangs on it (docs/architecture.md)."""

from uuid import UUID

from django.db import connection

from lead_cms.core.held import still_there
from referrals.models import Casework


def hold(referral_id: UUID) -> None:
    """Person and cases of this referral, held until the transaction ends. Call it before any other row of it is held.

    How a case stands is kept on every case of the person: two who began with a case each would wait for each other for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute("select app.hold_case(%s)", [referral_id])


def hold_case(referral_id: UUID) -> Casework:
    """The same, for whoever reads the case: it as it is now."""
    hold(referral_id)
    return still_there(Casework.objects.select_for_update(of=("self",), no_key=True), referral_id=referral_id)
