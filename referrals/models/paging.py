"""Who is paged when an officer waits, one after the other, and shifts that change hands."""

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership, Organisation
from lead_cms.accounts.rows import SiteRow
from referrals.models.handoff import OnCallShift
from referrals.models.referral import Referral


class Paging(SiteRow):
    """The chain of pages of one handoff. It is locked to page the next and to stop it, so that no page slips between.

    `next_at` is when the next is paged: empty when nobody further is. `minutes` is the rule it began under.
    """

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="paging")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    next_step = models.PositiveSmallIntegerField(default=1)
    next_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_why = models.CharField(max_length=20, blank=True)

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {"id", "site", "referral", "officer", "agency", "begun_at", "minutes", "next_step", "next_at", "stopped_at",
         "stopped_why"}
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="paging_stopped_at_and_why",
                condition=Q(stopped_at=None, stopped_why="") | Q(stopped_at__isnull=False) & ~Q(stopped_why=""),
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(stopped_at=None, next_at__isnull=False), name="paging_waiting")
        ]

    def __str__(self):
        return f"paging of {self.referral_id}"


class PageKind(models.TextChoices):
    ON_CALL = "on_call", "On call"
    LAST = "last", "Told because nobody answered"


class Page(SiteRow):
    """One person paged at one step; nobody twice as the one on call."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="pages")
    officer = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=PageKind.choices)
    person = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    paged_at = models.DateTimeField()

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "referral", "officer", "agency", "step", "kind", "person", "paged_at"})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "step", "person"], name="page_once_a_step"),
            models.UniqueConstraint(
                fields=["referral", "person"], condition=Q(kind="on_call"), name="page_once_a_person"
            ),
            models.CheckConstraint(name="page_kind_known", condition=Q(kind__in=PageKind.values)),
        ]
        indexes = [models.Index(fields=["person", "-paged_at"], name="page_person_time")]

    def __str__(self):
        return f"{self.referral_id} {self.step} {self.person_id}"


class OfferState(models.TextChoices):
    OPEN = "open", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Taken back"


class ShiftOffer(SiteRow):
    """A shift offered to a colleague, perhaps for one of theirs; it changes hands when the colleague accepts."""

    shift = models.ForeignKey(OnCallShift, on_delete=models.PROTECT, related_name="offers")
    in_return = models.ForeignKey(OnCallShift, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    offered_to = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=OfferState.choices, default=OfferState.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {"id", "site", "shift", "in_return", "offered_at", "offered_by", "offered_to", "state", "answered_at"}
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift"], condition=Q(state="open"), name="shiftoffer_one_open"),
            models.CheckConstraint(name="shiftoffer_state_known", condition=Q(state__in=OfferState.values)),
            models.CheckConstraint(
                name="shiftoffer_answered",
                condition=Q(state="open", answered_at=None) | ~Q(state="open") & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(name="shiftoffer_to_another", condition=~Q(offered_to=F("offered_by"))),
        ]
        indexes = [
            models.Index(fields=["offered_to"], condition=Q(state="open"), name="shiftoffer_to_answer"),
            models.Index(fields=["in_return"], name="shiftoffer_in_return"),
        ]

    def __str__(self):
        return f"{self.shift_id} to {self.offered_to_id}"
