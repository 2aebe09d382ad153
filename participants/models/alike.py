"""Two records that may be one person, until somebody says that they are two, or puts them together."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from participants.enums import PairState
from participants.models.person import Participant


class LikelyPairs(models.QuerySet):
    def still_open(self, site_id):
        """Nobody has answered yet; with both people, likeliest first."""
        return (
            self.filter(site_id=site_id, state=PairState.OPEN)
            .select_related("first", "second")
            .order_by("-score", "-pk")
        )  # fmt: skip


class LikelyPair(SiteRow):
    """Found in the background. `reasons` are codes, never names; `first` is the lower key, so that a pair stands once."""

    first = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    score = models.FloatField(validators=[MinValueValidator(0), MaxValueValidator(1)])
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = LikelyPairs.as_manager()

    PERSONAL = frozenset({"score", "reasons"})
    PLAIN = frozenset({"id", "site", "first", "second", "state", "found_at", "answered_at", "answered_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="likelypair_in_order", condition=Q(first__lt=F("second"))),
            models.UniqueConstraint(fields=["first", "second"], name="likelypair_stands_once"),
            models.CheckConstraint(name="likelypair_state_known", condition=Q(state__in=PairState.values)),
            models.CheckConstraint(
                name="likelypair_answered_at_has_answered_by",
                condition=Q(answered_at=None, answered_by=None, state=PairState.OPEN)
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(state=PairState.OPEN),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "-score", "-id"], condition=Q(state=PairState.OPEN), name="likelypair_open")
        ]

    def __str__(self):
        return f"{self.first_id} {self.second_id} {self.state}"
