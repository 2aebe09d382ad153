"""What a person says of themselves for counting: coded, each answer with the version of its list. Never what police saw."""

from django.db import models

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedJSONField
from participants.models.person import Participant


class Demographics(SiteRow):
    """Self-reported alone. Each column is a list of {system, version, code, label}; an empty one was not asked yet.

    `participants.actions.demographics.QUESTIONS` says which list answers which column.
    """

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="demographics")
    race = models.JSONField(default=list, blank=True)
    race_words = models.CharField(max_length=120, blank=True)
    gender = models.JSONField(default=list, blank=True)
    gender_words = models.CharField(max_length=120, blank=True)
    sex = models.JSONField(default=list, blank=True)
    veteran = models.JSONField(default=list, blank=True)
    disabling = EncryptedJSONField(null=True, blank=True)
    disabilities = EncryptedJSONField(null=True, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset(
        {"race", "race_words", "gender", "gender_words", "sex", "veteran", "disabling", "disabilities"}
    )
    PLAIN = frozenset({"id", "site", "participant", "saved_at", "saved_by"})

    def __str__(self):
        return f"demographics of {self.participant_id}"
