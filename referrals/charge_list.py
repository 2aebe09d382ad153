"""Held charges as lists show them. Nothing here, its order or its times depends on what became of a window."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Subquery

from lead_cms.accounts.models import Site
from lead_cms.core.addresses import address
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, Keys, UpTo
from referrals.models import ChargeIdentity, Extension, HeldCharge, Packet, WindowResult

SOON_DAYS = 14  # how far ahead a prosecutor's week is planned on the page; no rule hangs on it
MOST_COUNTED = 500


@dataclass(frozen=True)
class ChargeRow:
    """One line: the charge, the name in the packet, and what is said of the packet; of a charge that `told` told."""

    charge: HeldCharge

    @property
    def name(self) -> str:
        return self.charge.name or "Name not given"

    @property
    def sent_at(self) -> datetime | None:
        return self.charge.packet_sent_at

    @property
    def received_at(self) -> datetime | None:
        return self.charge.packet_received_at

    @property
    def url(self) -> str:
        return address("referrals:charge", self.charge.pk)

    @property
    def short(self) -> str:
        return f"{self.name}, {self.charge.code}"

    @property
    def title(self) -> str:
        return f"{self.name}, {self.charge.code} {self.charge.title}"


def held(site_id: UUID):
    """Every charge that waits for a decision."""
    return HeldCharge.objects.for_site(site_id).undecided().filter(hidden_at=None)


def told(charges):
    """The same charges with the name and the packet's times, asked by the referral's key: a prosecutor may not join it."""
    identity, packet = _of_referral(ChargeIdentity), _of_referral(Packet)
    return charges.annotate(
        name=Subquery(identity.values("name")[:1]),
        packet_sent_at=Subquery(packet.values("sent_at")[:1]),
        packet_received_at=Subquery(packet.values("received_at")[:1]),
    )


def _of_referral(model):
    return model.objects.filter(referral_id=OuterRef("referral_id"))


def opened(pk: UUID) -> HeldCharge | None:
    """One charge with all that its page says of it; `has_result` where row security lets a result be read."""
    return next(iter(_opened(pk=pk)), None)


@prepared(pk=UUID)
def _opened(*, pk):
    packet, result = _of_referral(Packet), WindowResult.objects.filter(charge_id=OuterRef("pk"))
    return told(HeldCharge.objects.filter(pk=pk).select_related("decided_by", "agency")).annotate(
        birth_date=Subquery(_of_referral(ChargeIdentity).values("birth_date")[:1]),
        packet_received_by=Subquery(packet.values("received_by__name")[:1]),
        has_result=Exists(result),
    )


def held_with(charge: HeldCharge) -> list[HeldCharge]:
    """The other charges of the same referral, by code."""
    return _held_with(referral=charge.referral_id, pk=charge.pk)


@prepared(referral=UUID, pk=UUID)
def _held_with(*, referral, pk):
    return HeldCharge.objects.filter(referral_id=referral).exclude(pk=pk).order_by("code", "pk")


def extensions(charge: HeldCharge) -> list[Extension]:
    """Each time the charge was given more time, newest first."""
    if not charge.extension_count:
        return []
    return list(Extension.objects.filter(charge=charge).select_related("granted_by").order_by("-number"))


def counts(site_id: UUID, today: date) -> tuple[str, str]:
    """How many decisions wait and how many charges are held, each said no further than MOST_COUNTED."""
    due, every = _counted(site_id=site_id, today=today)[0]
    return _said(due), _said(every)


@prepared(site_id=UUID, today=date)
def _counted(*, site_id, today):
    every = held(site_id).order_by("due_on").values("due_on")
    due = every.filter(due_on__lte=today)
    row = Site.objects.filter(pk=site_id)
    return row.values_list(UpTo(due[: MOST_COUNTED + 1]), UpTo(every[: MOST_COUNTED + 1]))


def _said(count: int) -> str:
    return str(count) if count <= MOST_COUNTED else f"more than {MOST_COUNTED}"


def due_soon(site_id: UUID, today: date):
    """What is due, and what falls due within SOON_DAYS."""
    return held(site_id).filter(due_on__lte=today + timedelta(days=SOON_DAYS))


def packet_missing(site_id: UUID):
    """Charges whose packet nobody has received."""
    packets = Packet.objects.filter(site_id=site_id, received_at=None, hidden_at=None)
    return held(site_id).filter(Exists(packets.filter(referral_id=OuterRef("referral_id"))))


def packets_late(site_id: UUID, held_before: date, most: int) -> list[ChargeRow]:
    """One charge for each packet that was held before a day and not received, oldest first; by the packets' own index."""
    found: dict[UUID, ChargeRow] = {}
    for charge in _late(site_id=site_id, held_before=held_before, most=most):
        found.setdefault(charge.referral_id, ChargeRow(charge))
    return list(found.values())


@prepared(site_id=UUID, held_before=date)
def _late(*, site_id, held_before, most):
    late = Packet.objects.filter(site_id=site_id, received_at=None, hidden_at=None, held_on__lt=held_before)
    keys = Keys(late.order_by("held_on", "pk").values("referral_id")[:most])
    return told(held(site_id).filter(AnyOf(F("referral_id"), keys))).order_by("held_on", "referral_id", "code")


def soonest(site_id: UUID, today: date, most: int) -> list[ChargeRow]:
    """What is due and what falls due within SOON_DAYS, soonest first."""
    until = today + timedelta(days=SOON_DAYS)
    return described(_soonest(site_id=site_id, until=until, most=most))


@prepared(site_id=UUID, until=date)
def _soonest(*, site_id, until, most):
    return told(held(site_id).filter(due_on__lte=until)).order_by("due_on", "pk")[:most]


def newest_decided(site_id: UUID, most: int) -> list[ChargeRow]:
    """The newest decisions that still stand on the list."""
    return described(_decided(site_id=site_id, most=most))


@prepared(site_id=UUID)
def _decided(*, site_id, most):
    return told(HeldCharge.objects.for_site(site_id).decided()).order_by("-decided_at", "-pk")[:most]


def described(charges: Iterable[HeldCharge]) -> list[ChargeRow]:
    """Lines of charges that were told."""
    return [ChargeRow(one) for one in charges]
