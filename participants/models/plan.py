"""The plan: goals in the person's own words, small steps, and what they say of it each time it is looked at again."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedTextField
from participants.enums import GoalState, StepState, StepWho
from participants.models.person import Participant

MOST_ON_SCALE = 10  # 0 to 10, the person's own


class Goal(SiteRow):
    """What the person wants, why, and what would tell them that it went well. `scale` is their own 0 to 10."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="goals")
    words = EncryptedTextField()
    why = EncryptedTextField(blank=True)
    measure = EncryptedTextField(blank=True)
    baseline = EncryptedTextField(blank=True)
    domain = models.CharField(max_length=20, blank=True)  # of NOTE_DOMAINS
    scale = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MOST_ON_SCALE)])
    state = models.CharField(max_length=10, choices=GoalState.choices, default=GoalState.ACTIVE)
    begun_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"words", "why", "measure", "baseline", "domain", "scale", "state", "begun_on", "review_on"})
    PLAIN = frozenset({"id", "site", "participant", "recorded_at", "recorded_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="goal_state_known", condition=Q(state__in=GoalState.values)),
        ]
        indexes = [models.Index(fields=["participant", "-recorded_at", "-id"], name="goal_of_person")]

    def __str__(self):
        return f"goal {self.pk}"


class GoalStep(SiteRow):
    """A small step: who, and by when."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="steps")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField()
    who = models.CharField(max_length=10, choices=StepWho.choices)
    by_when = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"words", "who", "by_when", "state"})
    PLAIN = frozenset({"id", "site", "goal", "participant", "answered_at", "recorded_at", "recorded_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="goalstep_who_known", condition=Q(who__in=StepWho.values)),
            models.CheckConstraint(name="goalstep_state_known", condition=Q(state__in=StepState.values)),
        ]
        indexes = [
            models.Index(fields=["goal", "recorded_at"], name="goalstep_of_goal"),
            models.Index(
                fields=["site", "by_when"],
                condition=Q(state="open", by_when__isnull=False),
                name="goalstep_open_by_when",
            ),
        ]

    def __str__(self):
        return f"step of {self.goal_id}"


class GoalReview(SiteRow):
    """One conversation about a goal, in its order: what went well first. Using again is part of the story here."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="reviews")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    went_well = EncryptedTextField(blank=True)
    was_hard = EncryptedTextField(blank=True)
    what_next = EncryptedTextField(blank=True)
    scale = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MOST_ON_SCALE)])
    state = models.CharField(max_length=10, choices=GoalState.choices)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"went_well", "was_hard", "what_next", "scale", "state"})
    PLAIN = frozenset({"id", "site", "goal", "participant", "reviewed_at", "reviewed_by"})

    class Meta:
        constraints = [models.CheckConstraint(name="goalreview_state_known", condition=Q(state__in=GoalState.values))]
        indexes = [models.Index(fields=["goal", "-reviewed_at"], name="goalreview_of_goal")]

    def __str__(self):
        return f"review of {self.goal_id}"
