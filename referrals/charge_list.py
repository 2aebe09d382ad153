"""Held charges as lists show them. Nothing here, its order or its times depends on what became of a window."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from referrals.models import ChargeIdentity, HeldCharge, Packet

SOON_DAYS = 14  # how far ahead a prosecutor's week is planned on the page; no rule hangs on it
MOST_COUNTED = 500


@dataclass(frozen=True)
class ChargeRow:
    """One line: the charge, the name in the packet, and when the packet came."""

    charge: HeldCharge
    name: str
    packet: Packet | None

    @property
    def short(self) -> str:
        return f"{self.name}, {self.charge.code}"

    @property
    def title(self) -> str:
        return f"{self.name}, {self.charge.code} {self.charge.title}"


def held(site_id: UUID):
    """Every charge that waits for a decision."""
    return HeldCharge.objects.for_site(site_id).undecided().filter(hidden_at=None)


def counts(site_id: UUID, today: date) -> tuple[str, str]:
    """How many decisions wait and how many charges are held, each said no further than MOST_COUNTED."""
    dates = list(held(site_id).order_by("due_on").values_list("due_on", flat=True)[: MOST_COUNTED + 1])
    return _said(sum(one <= today for one in dates)), _said(len(dates))


def _said(count: int) -> str:
    return str(count) if count <= MOST_COUNTED else f"more than {MOST_COUNTED}"


def due_soon(site_id: UUID, today: date):
    """What is due, and what falls due within SOON_DAYS."""
    return held(site_id).filter(due_on__lte=today + timedelta(days=SOON_DAYS))


def packet_missing(site_id: UUID):
    """Charges whose packet nobody has received."""
    packets = Packet.objects.filter(site_id=site_id, received_at=None, hidden_at=None)
    return held(site_id).filter(Exists(packets.filter(referral_id=OuterRef("referral_id"))))


def packets_late(site_id: UUID, held_before: date, most: int) -> list[HeldCharge]:
    """One charge for each packet that was held before a day and not received, oldest first; by the packets' own index."""
    late = Packet.objects.filter(site_id=site_id, received_at=None, hidden_at=None, held_on__lt=held_before)
    referrals = list(late.order_by("held_on", "pk").values_list("referral_id", flat=True)[:most])
    found = {one.referral_id: one for one in held(site_id).filter(referral_id__in=referrals).order_by("-code")}
    return [found[referral] for referral in referrals if referral in found]


def described(charges: Iterable[HeldCharge]) -> list[ChargeRow]:
    """Names and packets beside charges, with two queries for any number. A prosecutor may not join by the referral."""
    charges = list(charges)
    referrals = {charge.referral_id for charge in charges}
    if not referrals:
        return []
    names = dict(ChargeIdentity.objects.filter(referral_id__in=referrals).values_list("referral_id", "name"))
    packets = {packet.referral_id: packet for packet in Packet.objects.filter(referral_id__in=referrals)}
    return [
        ChargeRow(one, names.get(one.referral_id) or "Name not given", packets.get(one.referral_id)) for one in charges
    ]
