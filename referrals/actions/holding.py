"""Whoever changes a case holds it first, with the person's other cases, in the database's one order."""

from uuid import UUID

from django.db import connection

from referrals.models import Casework


def hold_case(referral_id: UUID) -> Casework:
    """The case of this referral, held until the transaction ends. Call it before any other row of it is held.

    How a case stands is kept on every case of the person: two who began with a case each would wait for each other for ever.
    """
    with connection.cursor() as cursor:
        cursor.execute("select app.hold_case(%s)", [referral_id])
    return Casework.objects.select_for_update(of=("self",), no_key=True).get(referral_id=referral_id)
