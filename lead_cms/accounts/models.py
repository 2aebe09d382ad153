"""Who may sign in, and as what: a person (User) acts under a Membership: one role at one LEAD site for one organisation."""

import uuid
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from lead_cms.access.permissions import Role
from lead_cms.core.crypto import EncryptedJSONField


class Site(models.Model):
    """A LEAD site: one county's or city's framework, with rules, people and a wall of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60)

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "slug", "name", "time_zone"})

    def __str__(self):
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class OrganisationKind(models.TextChoices):
    POLICE = "police", "Police"
    PROSECUTOR = "prosecutor", "Prosecutor's office"
    CASE_MANAGEMENT = "case_management", "Case management"
    PROJECT_MANAGEMENT = "project_management", "Project management"
    PARTNER = "partner", "Partner organization"
    PROVIDER = "provider", "Service provider"
    LEGAL_AID = "legal_aid", "Legal aid or public defender"
    PUBLIC_BODY = "public_body", "Funder, council or community body"


class Organisation(models.Model):
    """An agency or a partner at a site. Neither police nor prosecutor ever holds the database (README)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="organisations")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    phone = models.CharField(max_length=30, blank=True)

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "name", "kind", "phone"})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="organisation_once_per_site"),
            models.CheckConstraint(name="organisation_kind_known", condition=Q(kind__in=OrganisationKind.values)),
        ]

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A sign-in. It holds no name: that belongs to a membership, which is what colleagues may see."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=80, unique=True, error_messages={"unique": "This name is taken."})
    email = models.EmailField()
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = UserManager()

    PERSONAL = frozenset({"username", "email", "password"})
    PLAIN = frozenset({"id", "is_active", "last_login"})

    def __str__(self):
        return self.username


class MembershipQuerySet(models.QuerySet):
    def current(self, at):
        return self.filter(starts_at__lte=at).filter(Q(ends_at=None) | Q(ends_at__gt=at))

    def for_site(self, site):
        return self.filter(site=site)


class Membership(models.Model):
    """A person's role at a site, for an organisation, from one moment to another. All deeds are a membership's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    name = models.CharField(max_length=120)
    badge = models.CharField(max_length=30, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    PERSONAL = frozenset({"name", "badge", "phone"})
    PLAIN = frozenset({"id", "user", "site", "organisation", "role", "unit", "starts_at", "ends_at"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                violation_error_message="A membership ends after it starts.",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.get_role_display()}"

    def is_current(self, at) -> bool:
        return self.starts_at <= at and (self.ends_at is None or self.ends_at > at)


class AccountLock(models.Model):
    """Failures of one sign-in. At the limit the account is locked until an administrator releases it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="lock")
    failures = models.PositiveSmallIntegerField(default=0)
    first_failed_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "user", "failures", "first_failed_at", "locked_at"})

    def __str__(self):
        return f"{self.user_id}: {self.failures}"


class HeldForm(models.Model):
    """What a person was sending when their session ended: kept encrypted, offered back after the next sign-in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="held_form")
    membership = models.ForeignKey(Membership, null=True, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    fields = EncryptedJSONField()
    held_at = models.DateTimeField()

    PERSONAL = frozenset({"fields"})
    PLAIN = frozenset({"id", "user", "membership", "path", "held_at"})

    def __str__(self):
        return f"{self.user_id} {self.path}"
