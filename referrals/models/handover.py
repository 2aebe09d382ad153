"""A case that goes from one case manager to another: who, from whom, why; the note stands in a table of its own."""

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedTextField
from referrals.enums import HandoverReason
from referrals.models.referral import Referral


class CaseHandover(SiteRow):
    """One change of case manager. `former` is empty when nobody looked after the case."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="handovers")
    to = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    former = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=20, choices=HandoverReason.choices)
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"why"})
    PLAIN = frozenset({"id", "site", "referral", "to", "former", "assigned_at", "assigned_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="casehandover_why_known", condition=Q(why__in=HandoverReason.values)),
            models.CheckConstraint(
                name="casehandover_to_another",
                condition=Q(former=None) | ~Q(former=F("to")),
                violation_error_message="Somebody else looks after it from now on.",
            ),
        ]
        indexes = [
            models.Index(fields=["referral", "-assigned_at"], name="casehandover_referral"),
            models.Index(fields=["site", "-assigned_at"], name="casehandover_site_since"),
        ]

    def __str__(self):
        return f"{self.referral_id} to {self.to_id}"


class HandoverNote(SiteRow):
    """What the new case manager should know. Restricted: theirs, while the case is, and the supervisors'."""

    handover = models.OneToOneField(CaseHandover, on_delete=models.PROTECT, related_name="note")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset({"id", "site", "handover", "referral", "to", "written_at", "written_by"})

    def __str__(self):
        return f"note of {self.handover_id}"
