"""The intake window: its clock, what it needs, what happened inside it, and its reminders. Casework's alone."""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.keys import time_ordered
from lead_cms.programs.models import RuleSet
from referrals.enums import Item, WindowEventKind, WindowState
from referrals.models.referral import Referral


class IntakeWindowQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state=WindowState.OPEN)

    def for_site(self, site_id):
        return self.filter(site_id=site_id)


class IntakeWindow(SiteRow):
    """From day 0 (`starts_on`) to the end of `due_on` in the site's time zone. Dates, never hours."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="window")
    rules = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=WindowState.choices, default=WindowState.OPEN)
    opened_at = models.DateTimeField()
    starts_on = models.DateField()
    due_on = models.DateField()
    first_due_on = models.DateField()
    required_items = models.JSONField()
    extension_count = models.PositiveSmallIntegerField(default=0)
    met_on = models.DateField(null=True, blank=True)  # the day the last item was done
    state_changed_at = models.DateTimeField()
    # As on the casework of the referral, kept by the database: the list of one's own windows comes in its index's order.
    case_manager = models.ForeignKey(
        Membership, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = IntakeWindowQuerySet.as_manager()

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "referral", "rules", "state", "opened_at", "starts_on", "due_on", "first_due_on",
            "required_items", "extension_count", "met_on", "state_changed_at", "case_manager",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="window_state_known", condition=Q(state__in=WindowState.values)),
            models.CheckConstraint(
                name="window_met_has_day", condition=~Q(state=WindowState.MET) | Q(met_on__isnull=False)
            ),
            models.CheckConstraint(name="window_due_after_start", condition=Q(due_on__gte=models.F("starts_on"))),
        ]
        indexes = [
            models.Index(fields=["site", "due_on", "id"], condition=Q(state="open"), name="window_open_due"),
            models.Index(
                fields=["site", "case_manager", "due_on", "id"], condition=Q(state="open"), name="window_open_mine"
            ),
            models.Index(fields=["site", "state"], name="window_site_state"),
            models.Index(fields=["site", "-state_changed_at"], name="window_site_since"),
        ]

    def __str__(self):
        return f"window of {self.referral_id} to {self.due_on}"


class WindowItem(SiteRow):
    """One required item. It counts on the day it was done; when it was typed is kept beside it."""

    window = models.ForeignKey(IntakeWindow, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=20, choices=Item.choices)
    done_on = models.DateField()
    typed_at = models.DateTimeField()
    typed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    # Typed after the due day: it counts once somebody else has confirmed it.
    needs_confirmation = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {"id", "site", "window", "kind", "done_on", "typed_at", "typed_by", "needs_confirmation", "confirmed_at",
         "confirmed_by"}
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["window", "kind"], name="windowitem_once"),
            models.CheckConstraint(name="windowitem_kind_known", condition=Q(kind__in=Item.values)),
            models.CheckConstraint(
                name="windowitem_confirmed_at_and_by",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="windowitem_confirmed_by_another",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("typed_by")),
                violation_error_message="Somebody else confirms it.",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.done_on}"

    def counts(self) -> bool:
        return not self.needs_confirmation or self.confirmed_at is not None


class WindowEvent(SiteRow):
    """Custody, hospital, detox, a new arrest, a death: events inside the window, never states of the referral."""

    window = models.ForeignKey(IntakeWindow, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=WindowEventKind.choices)
    happened_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    new_referral = models.ForeignKey(Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"kind", "happened_on", "until_on"})
    PLAIN = frozenset({"id", "site", "window", "new_referral", "recorded_at", "recorded_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="windowevent_kind_known", condition=Q(kind__in=WindowEventKind.values))
        ]

    def __str__(self):
        return f"{self.kind} {self.happened_on}"


class Reminder(SiteRow):
    """One reminder to one kind of recipient, written when its cause is and delivered when it is due.

    It belongs to a window (casework's) or to a referral's held charges (`window` empty: the prosecutor's and the
    liaison's, which no result of a window may move).
    """

    id = models.UUIDField(primary_key=True, default=time_ordered, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="reminders")
    window = models.ForeignKey(IntakeWindow, null=True, blank=True, on_delete=models.PROTECT, related_name="reminders")
    schedule = models.PositiveSmallIntegerField(default=0)  # the number of extensions when it was written
    step = models.CharField(max_length=40)
    recipient = models.CharField(
        max_length=20
    )  # a code: case_manager, outreach, supervisor, coordinator, prosecutor, liaison
    channel = models.CharField(max_length=10)  # in_app or email
    path = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "referral", "window", "schedule", "step", "recipient", "channel", "path", "due_at",
            "delivered_at", "cancelled_at",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "window", "schedule", "step", "recipient", "channel"],
                name="reminder_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="reminder_channel_known", condition=Q(channel__in=["in_app", "email"])),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(delivered_at=None, cancelled_at=None), name="reminder_waiting")
        ]

    def __str__(self):
        return f"{self.step} to {self.recipient} at {self.due_at}"
