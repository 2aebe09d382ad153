"""Where a person is found, and whom they trust to take word: what they said themselves, gone when they take it back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedTextField
from participants.enums import MaySay
from participants.models.person import Participant


class ReachPlace(SiteRow):
    """A place where they can be found, on which days (0 is Monday, none is any day), and when."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="places")
    place = models.CharField(max_length=120)
    days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    hours = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=160, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"place", "days", "hours", "note"})
    PLAIN = frozenset({"id", "site", "participant", "saved_at", "saved_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="reachplace_days_known", condition=Q(days__contained_by=list(range(7)))),
        ]
        indexes = [models.Index(fields=["participant", "saved_at"], name="reachplace_of_person")]

    def __str__(self):
        return f"place of {self.participant_id}"


class TrustedPerson(SiteRow):
    """Somebody who may be asked to pass word on, and exactly how much the person allowed to be said to them."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="trusted_people")
    name = EncryptedTextField()
    how_known = EncryptedTextField(blank=True)
    phone = EncryptedTextField(blank=True)
    may_say = models.CharField(max_length=10, choices=MaySay.choices, default=MaySay.NOTHING)
    agreed_on = models.DateField()  # the day the person said so
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"name", "how_known", "phone", "may_say", "agreed_on"})
    PLAIN = frozenset({"id", "site", "participant", "saved_at", "saved_by"})

    class Meta:
        constraints = [models.CheckConstraint(name="trustedperson_say_known", condition=Q(may_say__in=MaySay.values))]
        indexes = [models.Index(fields=["participant", "saved_at"], name="trustedperson_of_person")]

    def __str__(self):
        return f"trusted by {self.participant_id}"
