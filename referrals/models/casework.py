"""The casework side of a referral: no police, prosecutor or referrer role has any right here."""

from django.db import models
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from lead_cms.core.crypto import EncryptedJSONField
from participants.models import Participant
from referrals.enums import AppointmentState, AttemptKind, AttemptOutcome, OutreachState, RecordKind, Standing
from referrals.models.referral import Referral


class CaseworkQuerySet(models.QuerySet):
    def mine(self, membership):
        return self.filter(case_manager=membership)

    def for_site(self, site_id):
        return self.filter(site_id=site_id)


class Casework(SiteRow):
    """Who looks after a referral, whom it turned out to be, and what was last tried."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="casework")
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.PROTECT, related_name="caseworks"
    )
    case_manager = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="caseworks"
    )
    is_restricted = models.BooleanField(default=False)
    is_sealed = models.BooleanField(default=False)  # found to be under age: closed at once
    attempts = models.PositiveIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    last_outcome = models.CharField(max_length=20, choices=AttemptOutcome.choices, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    # Kept by the database (referrals/row_security/standing.py), the same on every case of a person: whether somebody looks
    # after them now, the last contact both ways, and of what was promised the first. Of each case, since when it is looked for.
    standing = models.CharField(
        max_length=10, choices=Standing.choices, default=Standing.ACTIVE, blank=True, editable=False
    )
    met_at = models.DateTimeField(null=True, blank=True, editable=False)
    promised_at = models.DateTimeField(null=True, blank=True, editable=False)
    to_find_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CaseworkQuerySet.as_manager()

    PERSONAL = frozenset({"last_outcome"})
    PLAIN = frozenset(
        {
            "id", "site", "referral", "participant", "case_manager", "is_restricted", "is_sealed", "attempts",
            "last_attempt_at", "next_try_at", "standing", "met_at", "promised_at", "to_find_since",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="casework_standing_known", condition=Q(standing__in=Standing.values)),
        ]
        indexes = [
            # Whose people: row security asks it of texts, and never from the table.
            models.Index(fields=["case_manager", "participant"], name="casework_people_of"),
            models.Index(fields=["site", "participant"], name="casework_participant"),
            # What row security asks of nearly every statement of casework: few rows, and never from the table.
            models.Index(
                fields=["site"],
                include=["referral", "case_manager", "participant", "is_restricted", "is_sealed"],
                condition=Q(is_restricted=True) | Q(is_sealed=True),
                name="casework_closed_rows",
            ),
            # Whose records are shut to every case manager: asked with every statement that says a person's name, nearly none.
            models.Index(
                fields=["site"], include=["participant"], condition=Q(is_sealed=True), name="casework_sealed_people"
            ),
            models.Index(fields=["site", "next_try_at"], name="casework_next_try"),
            # Everybody whom the team looks after, from the index alone.
            models.Index(
                fields=["site", "case_manager"],
                include=["referral", "participant", "is_restricted", "is_sealed", "standing", "met_at"],
                condition=~Q(standing=""),
                name="casework_looked_after",
            ),
            models.Index(fields=["case_manager", "met_at"], condition=Q(standing="active"), name="casework_met"),
            models.Index(
                fields=["case_manager", "promised_at"], condition=Q(promised_at__isnull=False), name="casework_promised"
            ),
            models.Index(
                fields=["case_manager", "to_find_since"],
                condition=Q(to_find_since__isnull=False),
                name="casework_to_find",
            ),
            models.Index(
                fields=["site", "to_find_since"],
                condition=Q(to_find_since__isnull=False),
                name="casework_to_find_here",
            ),
        ]

    def __str__(self):
        return f"casework of {self.referral_id}"


class PrivateTalk(SiteRow):
    """ "We are talking in private": officer and cameras are out of hearing. Before it, screening and consent stay shut."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="private_talk")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    others_present = models.CharField(max_length=40, blank=True)  # a code: nobody, friend, family, interpreter, other

    PERSONAL = frozenset({"others_present"})
    PLAIN = frozenset({"id", "site", "referral", "started_at", "started_by"})

    def __str__(self):
        return f"talk of {self.referral_id}"


class Attempt(SiteRow):
    """One try to reach a person, with when to try next."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="attempts")
    tried_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    tried_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AttemptKind.choices)
    outcome = models.CharField(max_length=20, choices=AttemptOutcome.choices)
    next_try_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    # A place where somebody may be found is kept no longer than a last-seen one, then erased by the worker.
    place_until_at = models.DateTimeField(null=True, blank=True)

    PERSONAL = frozenset({"place", "outcome"})
    PLAIN = frozenset(
        {"id", "site", "referral", "tried_at", "entered_at", "tried_by", "kind", "next_try_at", "place_until_at"}
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="attempt_kind_known", condition=Q(kind__in=AttemptKind.values)),
            models.CheckConstraint(name="attempt_outcome_known", condition=Q(outcome__in=AttemptOutcome.values)),
            models.CheckConstraint(
                name="attempt_place_has_its_end", condition=Q(place="") | Q(place_until_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["referral", "-tried_at"], name="attempt_referral_time"),
            # What happened since somebody left is read from the newest on, as of the tables below.
            models.Index(fields=["site", "-entered_at"], name="attempt_site_since"),
            models.Index(fields=["place_until_at"], condition=~Q(place=""), name="attempt_place_over"),
        ]

    def __str__(self):
        return f"{self.kind} {self.tried_at}"


class Appointment(SiteRow):
    """The appointment for the intake. Missed is a fact about a day, not about a person."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="appointments")
    at = models.DateTimeField()
    place = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=AppointmentState.choices, default=AppointmentState.BOOKED)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    PERSONAL = frozenset({"place"})
    PLAIN = frozenset({"id", "site", "referral", "at", "state", "booked_at", "booked_by", "answered_at"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="appointment_state_known", condition=Q(state__in=AppointmentState.values)),
            models.UniqueConstraint(fields=["referral"], condition=Q(state="booked"), name="appointment_one_booked"),
        ]
        indexes = [
            models.Index(fields=["site", "at"], name="appointment_site_at"),
            models.Index(
                fields=["site", "-answered_at"], condition=Q(answered_at__isnull=False), name="appointment_site_since"
            ),
        ]

    def __str__(self):
        return f"{self.at} {self.state}"


class Slip(SiteRow):
    """What the person takes along: it names no LEAD, no police, no charge, no drug, no assessment."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="slips")
    name = models.CharField(max_length=80, blank=True)  # the one they chose
    at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=160)
    phone = models.CharField(max_length=30)
    code = models.CharField(max_length=12)
    language = models.CharField(max_length=10)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"name", "place"})
    PLAIN = frozenset({"id", "site", "referral", "at", "phone", "code", "language", "made_at", "made_by"})

    def __str__(self):
        return self.code


class OutreachEntry(SiteRow):
    """A referral without a charge, on the list of its own: a target for the first try, and no clock."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="outreach")
    state = models.CharField(max_length=20, choices=OutreachState.choices, default=OutreachState.TO_FIND)
    listed_at = models.DateTimeField()
    first_try_target_at = models.DateTimeField(null=True, blank=True)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    state_changed_at = models.DateTimeField()

    PERSONAL = frozenset({"state"})
    PLAIN = frozenset(
        {"id", "site", "referral", "listed_at", "first_try_target_at", "first_tried_at", "state_changed_at"}
    )

    class Meta:
        constraints = [models.CheckConstraint(name="outreach_state_known", condition=Q(state__in=OutreachState.values))]
        indexes = [
            models.Index(fields=["site", "state", "listed_at", "id"], name="outreach_site_state"),
            models.Index(fields=["site", "-state_changed_at"], name="outreach_site_since"),
            models.Index(
                fields=["site", "listed_at", "id"], include=["referral", "first_try_target_at"],
                condition=Q(first_tried_at=None, state__in=[OutreachState.WAITING, OutreachState.TO_FIND]),
                name="outreach_untried",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.state} {self.referral_id}"


class Record(SiteRow):
    """A screening, intake or assessment in progress or done; its answers stand in sections."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(max_length=20, choices=RecordKind.choices)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "referral", "kind", "begun_at", "begun_by", "done_on", "done_by"})

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind"], name="record_once"),
            models.CheckConstraint(name="record_kind_known", condition=Q(kind__in=RecordKind.values)),
        ]

    def __str__(self):
        return f"{self.kind} of {self.referral_id}"


class RecordSection(SiteRow):
    """The answers of one section, encrypted; a part can be saved and come back to."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="sections")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=40)
    answers = EncryptedJSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"answers"})
    PLAIN = frozenset({"id", "site", "record", "referral", "section", "saved_at", "saved_by"})

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "section"], name="recordsection_once")]

    def __str__(self):
        return self.section
