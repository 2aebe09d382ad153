"""What people are told: notices inside the application, and e-mails that name nobody and state nothing."""

import uuid

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership, Site, User
from lead_cms.notify.kinds import LOCKED, AlertKind


class NoticeQuerySet(models.QuerySet):
    def mine(self, membership):
        return self.filter(recipient=membership)

    def unread(self):
        return self.filter(read_at=None)


class Notice(models.Model):
    """One line on a person's Today. The same cause never tells one person twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)  # the cause
    recipient = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="notices")
    text = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    PERSONAL = frozenset({"text"})
    PLAIN = frozenset({"id", "site", "key", "recipient", "path", "created_at", "read_at"})

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "recipient"], name="notice_once_per_cause")]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notice_recipient_time"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self):
        return f"{self.key} to {self.recipient_id}"


class EmailKind(models.TextChoices):
    """Subjects and bodies stand in emails.py: whoever writes a row chooses a text and cannot add to it."""

    ATTENTION = "attention", "Something needs you"
    HANDOFF = "handoff", "A handoff is waiting"
    INVITATION = "invitation", "First password"
    RESET = "reset", "New password"


class OutboxEmail(models.Model):
    """An e-mail to be sent, written with the change that caused it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=EmailKind.choices)
    path = models.CharField(max_length=200, blank=True)  # the page it points to, or the link of a first password
    created_at = models.DateTimeField()
    # Whose choice of quiet hours it keeps to; none for what belongs to the sign-in (a first password, a new one).
    membership = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=20, choices=AlertKind.choices, blank=True)
    # A page to somebody who was on call when it was written: it does not wait.
    is_page = models.BooleanField(default=False)
    next_try_at = models.DateTimeField()
    # When it was put off for quiet hours: a later choice of its reader has it looked at again.
    put_off_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    gave_up_at = models.DateTimeField(null=True, blank=True)

    PERSONAL = frozenset({"path"})
    PLAIN = frozenset(
        {
            "id", "key", "user", "kind", "created_at", "membership", "about", "is_page", "next_try_at", "put_off_at",
            "attempts", "sent_at", "gave_up_at",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "user"], name="outboxemail_once_per_cause"),
            models.CheckConstraint(name="outboxemail_kind_known", condition=Q(kind__in=EmailKind.values)),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(sent_at=None, gave_up_at=None), name="outboxemail_unsent"),
            models.Index(
                fields=["membership", "about"], include=["put_off_at"], name="outboxemail_put_off",
                condition=Q(sent_at=None, gave_up_at=None, put_off_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.kind} {self.key}"


class EmailChoice(models.TextChoices):
    RULES = "rules", "When my site’s rules send one"
    ALWAYS = "always", "Always"
    NEVER = "never", "Never"


class AlertPreference(models.Model):
    """What one person under one role chose for one kind of alert. Without a row: here, and e-mail as the rules say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="alert_preferences")
    kind = models.CharField(max_length=20, choices=AlertKind.choices)
    in_app = models.BooleanField(default=True)
    email = models.CharField(max_length=10, choices=EmailChoice.choices, default=EmailChoice.RULES)
    # Local times of the membership's site; `quiet_from` after `quiet_until` spans midnight.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "membership", "kind", "in_app", "email", "quiet_from", "quiet_until", "changed_at"})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "kind"], name="alertpreference_once"),
            models.CheckConstraint(name="alertpreference_kind_known", condition=Q(kind__in=AlertKind.values)),
            models.CheckConstraint(name="alertpreference_email_known", condition=Q(email__in=EmailChoice.values)),
            models.CheckConstraint(
                name="alertpreference_not_to_be_missed",
                condition=Q(in_app=True) | ~Q(kind__in=sorted(LOCKED)),
                violation_error_message="This alert always stands in the application.",
            ),
            models.CheckConstraint(
                name="alertpreference_quiet_from_and_until",
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=models.F("quiet_until")),
                violation_error_message="Quiet hours need a beginning and another end.",
            ),
        ]

    def __str__(self):
        return f"{self.kind} for {self.membership_id}"


class Heartbeat(models.Model):
    """When a poke last ran. One row a poke; readiness reads it, so that a dead worker is seen and not guessed."""

    id = models.CharField(primary_key=True, max_length=40)
    ran_at = models.DateTimeField()
    handled = models.PositiveIntegerField(default=0)

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "ran_at", "handled"})

    def __str__(self):
        return f"{self.id} {self.ran_at}"
