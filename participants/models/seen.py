"""Where somebody was last seen: for those who look for them, and gone when its days are over."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedTextField
from participants.models.person import Participant

LONGEST_DAYS = 366


class LastSeenQuerySet(models.QuerySet):
    def standing(self, at):
        """Those whose days are not over; row security says the same of its own clock."""
        return self.filter(expires_at__gt=at)


class LastSeen(SiteRow):
    """One sighting in words. A newer one takes the place of the older: no trail of where a person goes is kept.

    Of two records that were put together the newer is shown, and the other waits to be the other record's again.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="seen")
    place = EncryptedTextField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # erased then, not hidden
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = LastSeenQuerySet.as_manager()

    PERSONAL = frozenset({"place"})
    PLAIN = frozenset({"id", "site", "participant", "seen_at", "expires_at", "recorded_at", "recorded_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lastseen_expires",
                condition=Q(expires_at__gt=F("seen_at"))
                & Q(expires_at__lte=F("seen_at") + timedelta(days=LONGEST_DAYS)),
            ),
        ]
        indexes = [
            models.Index(fields=["participant", "-seen_at", "-id"], name="lastseen_of_person"),
            models.Index(fields=["expires_at"], name="lastseen_expires_at"),
        ]

    def __str__(self):
        return f"seen {self.seen_at}"
