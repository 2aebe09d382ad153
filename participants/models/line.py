"""A line to the next shift: the team's for some days, then gone."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedTextField

LONGEST_DAYS = 366


class ShiftLine(SiteRow):
    """What whoever comes next should know, in a line or two, of nobody in particular."""

    text = EncryptedTextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()  # erased then, not hidden

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset({"id", "site", "written_at", "written_by", "expires_at"})

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shiftline_expires",
                condition=Q(expires_at__gt=F("written_at"))
                & Q(expires_at__lte=F("written_at") + timedelta(days=LONGEST_DAYS)),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "-written_at", "-id"], name="shiftline_of_site"),
            models.Index(fields=["expires_at"], name="shiftline_expires_at"),
        ]

    def __str__(self):
        return f"line of {self.written_at}"
