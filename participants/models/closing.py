"""To whom a record is shut or opened by name, who must not meet, and what was opened in an emergency."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from participants.enums import AccessKind, AccessReason, ApartReason, Emergency
from participants.models.person import Participant


def _pair(prefix: str) -> Q:
    """`<prefix>_at` and `<prefix>_by` stand together or not at all."""
    none, both = {f"{prefix}_at": None, f"{prefix}_by": None}, {}
    for name in ("at", "by"):
        both[f"{prefix}_{name}__isnull"] = False
    return Q(**none) | Q(**both)


class RecordAccess(SiteRow):
    """One member of staff to whom one record is opened although it is restricted, or shut although it is not."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AccessKind.choices)
    reason = models.CharField(max_length=20, choices=AccessReason.choices)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"reason"})
    PLAIN = frozenset({"id", "site", "participant", "membership", "kind", "set_at", "set_by", "ended_at", "ended_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="recordaccess_kind_known", condition=Q(kind__in=AccessKind.values)),
            models.CheckConstraint(name="recordaccess_reason_known", condition=Q(reason__in=AccessReason.values)),
            models.CheckConstraint(name="recordaccess_ended_at_and_by", condition=_pair("ended")),
            models.UniqueConstraint(
                fields=["participant", "membership"], condition=Q(ended_at=None), name="recordaccess_one_at_a_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["membership", "kind"], include=["participant"], condition=Q(ended_at=None),
                name="recordaccess_mine",
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.kind} {self.participant_id} {self.membership_id}"


class NeverTogether(SiteRow):
    """Two people who must not share worker, place, time or ride. Others hear no more than "ask your supervisor"."""

    first = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=ApartReason.choices)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"reason"})
    PLAIN = frozenset({"id", "site", "first", "second", "set_at", "set_by", "lifted_at", "lifted_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="nevertogether_reason_known", condition=Q(reason__in=ApartReason.values)),
            # A pair is written one way only, and nobody is kept apart from themselves.
            models.CheckConstraint(name="nevertogether_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(name="nevertogether_lifted_at_and_by", condition=_pair("lifted")),
            models.UniqueConstraint(fields=["first", "second"], condition=Q(lifted_at=None), name="nevertogether_once"),
        ]
        indexes = [
            models.Index(
                fields=["second"], include=["first"], condition=Q(lifted_at=None), name="nevertogether_second"
            )
        ]  # fmt: skip

    def __str__(self):
        return f"{self.first_id} apart from {self.second_id}"


class EmergencyAccess(SiteRow):
    """A restricted record opened in an emergency (42 CFR 2.51): by whom, why, to tell whom; it ends by the clock."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    emergency = models.CharField(max_length=20, choices=Emergency.choices)
    reason = models.CharField(max_length=200)
    told_whom = models.CharField(max_length=160, blank=True)  # medical personnel and where they work
    granted_at = models.DateTimeField()
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"reason", "told_whom"})
    PLAIN = frozenset(
        {"id", "site", "participant", "membership", "emergency", "granted_at", "until_at", "ended_at", "ended_by"}
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="emergencyaccess_known", condition=Q(emergency__in=Emergency.values)),
            models.CheckConstraint(name="emergencyaccess_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="emergencyaccess_ends",
                condition=Q(until_at__gt=F("granted_at"), until_at__lte=F("granted_at") + timedelta(days=1)),
            ),
            models.CheckConstraint(name="emergencyaccess_ended_at_and_by", condition=_pair("ended")),
        ]
        indexes = [
            models.Index(
                fields=["membership", "until_at"], include=["participant"], name="emergencyaccess_mine"
            ),
            models.Index(fields=["site", "-granted_at", "-id"], name="emergencyaccess_site"),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.membership_id} until {self.until_at}"
