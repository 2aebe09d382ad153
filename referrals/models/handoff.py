"""Who comes, who said yes, and how long it took."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership, Organisation
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.sql import AnyOf, Keys
from referrals.models.referral import Referral


class Handoff(SiteRow):
    """Called, acknowledged, arrived, handed over: true times, each marked when it was typed later."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="handoff")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Codes of the moments that were typed later with their true time: called, acknowledged, arrived, handed_over.
    typed_later = models.JSONField(default=list)
    nobody_came_at = models.DateTimeField(null=True, blank=True)
    nobody_came_why = models.CharField(max_length=20, blank=True)  # no_answer, too_long
    fallback = models.CharField(max_length=40, blank=True)  # which of the site's ways was taken
    fallback_note = models.CharField(max_length=200, blank=True)  # "your judgement; tell us what you did"

    PERSONAL = frozenset({"fallback_note"})
    PLAIN = frozenset(
        {
            "id", "site", "referral", "officer", "agency", "called_at", "acknowledged_at", "acknowledged_by",
            "arrived_at", "handed_over_at", "taken_by", "typed_later", "nobody_came_at", "nobody_came_why", "fallback",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="handoff_acknowledged_at_and_by",
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="handoff_order",
                condition=Q(arrived_at=None) | Q(called_at=None) | Q(arrived_at__gte=F("called_at")),
                violation_error_message="The arrival is not before the call.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["site", "-handed_over_at"], condition=Q(handed_over_at__isnull=False), name="handoff_site_since"
            ),
        ]

    def __str__(self):
        return f"handoff of {self.referral_id}"

    @property
    def minutes(self) -> int | None:
        """Whole minutes from call to arrival, against the site's target; None until both are known."""
        if self.called_at is None or self.arrived_at is None:
            return None
        return int((self.arrived_at - self.called_at).total_seconds() // 60)


MOST_STEPS = 100  # far more than wait at once


def _waits_for(role: str) -> Q:
    """Steps that a role gives its own word on: said by telephone already, or everybody before has said yes."""
    before = ApprovalStep.objects.filter(referral_id=OuterRef("referral_id"), number__lt=OuterRef("number"))
    return Q(role=role, answered="") & (Q(said__in=["yes", "no"]) | ~Exists(before.exclude(said="yes")))


class ApprovalQuerySet(models.QuerySet):
    def waiting_for(self, role: str, **whose):
        """Those that a role has yet to answer: its step of a chain that names roles, else the approval as a whole.

        `whose` are columns of both tables. Steps are found first, by their own index, and so are the approvals.
        """
        steps = ApprovalStep.objects.filter(**whose).waiting_for(role).order_by("pk")[:MOST_STEPS]
        with_roles = ApprovalStep.objects.filter(referral_id=OuterRef("referral_id")).exclude(role="")
        # Most name nobody: an index leaves those out, which a test of what they hold could not (row security comes first).
        named = (
            Q(roles__contains=[role]) | Q(roles=[])
            if role == Role.LIAISON
            else ~Q(roles=[]) & Q(roles__contains=[role])
        )
        whole = Q(answered="") & named & ~Exists(with_roles)
        return self.filter(Q(AnyOf(F("referral_id"), Keys(steps.values("referral_id")))) | whole, **whose)


class Approval(SiteRow):
    """Who said yes or no on the telephone, as the officer recorded it, and the approver's own word afterwards."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="approval")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    because = models.JSONField(default=list)  # codes of the rules that ask for it
    roles = models.JSONField(
        default=list
    )  # who answers it here, as the rules say; empty: the liaison or the coordinator
    asked_at = models.DateTimeField(null=True, blank=True)  # since when it waits
    asked_whom = models.CharField(max_length=120, blank=True)
    said = models.CharField(max_length=12, blank=True)  # yes, no, no_answer
    said_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered = models.CharField(max_length=12, blank=True)  # the approver's own: yes, no
    answered_because = models.CharField(max_length=20, blank=True)  # a code: why the answer was no
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ApprovalQuerySet.as_manager()

    PERSONAL = frozenset({"asked_whom"})
    PLAIN = frozenset(
        {"id", "site", "referral", "officer", "agency", "because", "roles", "asked_at", "said", "said_at", "recorded_by",
         "answered", "answered_because", "answered_at", "answered_by"}
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approval_answered_at_and_by",
                condition=Q(answered="", answered_at=None, answered_by=None)
                | ~Q(answered="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["agency"], condition=Q(answered=""), name="approval_unanswered"),
            models.Index(fields=["site"], condition=Q(answered=""), name="approval_unanswered_site"),
            models.Index(fields=["site"], condition=Q(answered="") & ~Q(roles=[]), name="approval_unanswered_named"),
        ]

    def __str__(self):
        return f"approval of {self.referral_id}"

    @property
    def minutes(self) -> int | None:
        """Whole minutes from asked to answered, by telephone or here, whichever came first; None until then."""
        ends = [at for at in (self.said_at if self.said != "no_answer" else None, self.answered_at) if at is not None]
        if self.asked_at is None or not ends:
            return None
        return max(0, int((min(ends) - self.asked_at).total_seconds() // 60))


class ApprovalStepQuerySet(models.QuerySet):
    def waiting_for(self, role: str):
        """Steps that this role gives its own word on now."""
        return self.filter(_waits_for(role))


class ApprovalStep(SiteRow):
    """One approver of several who say yes one after the other; the approval itself holds the outcome."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="approval_steps")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()  # 1 is asked first
    code = models.CharField(max_length=60)
    whom = models.CharField(max_length=120)  # an office, as the rules name it
    phone = models.CharField(max_length=30, blank=True)
    said = models.CharField(max_length=12, blank=True)  # yes, no, no_answer
    said_whom = models.CharField(max_length=120, blank=True)  # who it was
    said_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True)  # who may give this word here; empty: by telephone alone
    answered = models.CharField(max_length=12, blank=True)  # the approver's own: yes, no
    answered_because = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ApprovalStepQuerySet.as_manager()

    PERSONAL = frozenset({"said_whom"})
    PLAIN = frozenset(
        {"id", "site", "referral", "officer", "agency", "number", "code", "whom", "phone", "said", "said_at",
         "recorded_by", "role", "answered", "answered_because", "answered_at", "answered_by"}
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "number"], name="approvalstep_once"),
            models.CheckConstraint(
                name="approvalstep_said_at",
                condition=Q(said="", said_at=None) | ~Q(said="") & Q(said_at__isnull=False),
            ),
            models.CheckConstraint(
                name="approvalstep_answered_at_and_by",
                condition=Q(answered="", answered_at=None, answered_by=None)
                | ~Q(answered="") & Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "role"], condition=~Q(role="") & Q(answered=""), name="approvalstep_to_answer")
        ]

    def __str__(self):
        return f"{self.number} {self.whom}"


class OnCallShift(SiteRow):
    """Who comes when an officer calls, from when to when; `position` 1 is called first."""

    person = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    position = models.PositiveSmallIntegerField(default=1)

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "person", "starts_at", "ends_at", "position"})

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shift_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="A shift ends after it starts.",
            ),
            models.UniqueConstraint(fields=["person", "starts_at", "ends_at", "position"], name="shift_once"),
        ]
        indexes = [models.Index(fields=["site", "ends_at"], name="shift_site_end")]

    def __str__(self):
        return f"{self.person_id} {self.starts_at} to {self.ends_at}"
