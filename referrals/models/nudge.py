"""That a supervisor asked a case manager to look at something: once a day for each thing, and by whom."""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from referrals.enums import NudgeAbout


class Nudge(SiteRow):
    """`subject` is the key of a referral or, about a note, of the note: plain, so that an unsigned one can still go."""

    about = models.CharField(max_length=10, choices=NudgeAbout.choices)
    subject = models.UUIDField()
    to = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    nudged_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    nudged_at = models.DateTimeField()
    nudged_on = models.DateField()  # at the site

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "about", "subject", "to", "nudged_by", "nudged_at", "nudged_on"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="nudge_about_known", condition=Q(about__in=NudgeAbout.values)),
            models.UniqueConstraint(fields=["about", "subject", "nudged_on"], name="nudge_once_a_day"),
        ]
        indexes = [models.Index(fields=["site", "nudged_on"], name="nudge_of_day")]

    def __str__(self):
        return f"{self.about} {self.nudged_on}"
