"""One sentence that a participant sends to the officer who referred them, under a consent of its own."""

from django.db import models

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from participants.models import Consent
from referrals.models.referral import Referral


class OfficerSentence(SiteRow):
    """Their own words, read by that officer on opening that referral, as long as the consent stands; in no list."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="+")
    sentence = models.CharField(max_length=140)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"sentence"})
    PLAIN = frozenset({"id", "site", "referral", "officer", "consent", "written_at", "written_by"})

    class Meta:
        constraints = [models.CheckConstraint(name="officersentence_says_something", condition=~models.Q(sentence=""))]

    def __str__(self):
        return f"sentence of {self.referral_id}"
