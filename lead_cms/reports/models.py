"""Counts that an agency supplies, reports as they were published, and who gets along without LEAD."""

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership, Organisation
from lead_cms.accounts.rows import SiteRow
from lead_cms.reports.enums import Dimension
from participants.models import Participant


class SuppliedFile(SiteRow):
    """One file of counts as an agency gave it. The same file is taken once; a later one overrides what it repeats."""

    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=160)
    content_hash = models.CharField(max_length=64)
    good_rows = models.PositiveIntegerField()
    bad_rows = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    taken_from = models.CharField(max_length=160)  # who brought it: a colleague's name, or the command

    PERSONAL = frozenset({"taken_from"})
    PLAIN = frozenset(
        {"id", "site", "agency", "version", "name", "content_hash", "good_rows", "bad_rows", "taken_at"}
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="suppliedfile_version_once"),
            models.UniqueConstraint(fields=["site", "agency", "content_hash"], name="suppliedfile_same_once"),
        ]

    def __str__(self):
        return f"{self.name}, version {self.version}"


class SuppliedCount(SiteRow):
    """People of one group, in one month and precinct, as the agency counted them: a number and nobody's row."""

    file = models.ForeignKey(SuppliedFile, on_delete=models.PROTECT, related_name="counts")
    agency = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    month = models.DateField()  # its first day
    precinct = models.CharField(max_length=60, blank=True)  # a code of the site's rules; empty: not given
    dimension = models.CharField(max_length=10, choices=Dimension.choices)
    group = models.CharField(max_length=20)
    count = models.PositiveIntegerField()

    PERSONAL = frozenset()
    PLAIN = frozenset({"id", "site", "file", "agency", "version", "month", "precinct", "dimension", "group", "count"})

    class Meta:
        constraints = [
            models.CheckConstraint(name="suppliedcount_dimension_known", condition=Q(dimension__in=Dimension.values)),
            models.CheckConstraint(name="suppliedcount_first_of_month", condition=Q(month__day=1)),
            models.UniqueConstraint(
                fields=["file", "month", "precinct", "dimension", "group"], name="suppliedcount_once_a_file"
            ),
        ]
        indexes = [models.Index(fields=["site", "month"], name="suppliedcount_site_month")]

    def __str__(self):
        return f"{self.month:%Y-%m} {self.precinct} {self.group}: {self.count}"


class PublishedReport(SiteRow):
    """A report as the coordinator published it: figures with small cells hidden, frozen with their definition."""

    report = models.CharField(max_length=20)
    begins_on = models.DateField()
    ends_on = models.DateField()  # the first day after the period
    sheet = models.JSONField()
    data_at = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "site", "report", "begins_on", "ends_on", "sheet", "data_at", "published_at", "published_by",
            "withdrawn_at", "withdrawn_by",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="publishedreport_period", condition=Q(ends_on__gt=F("begins_on"))),
            models.CheckConstraint(
                name="publishedreport_withdrawn_at_and_by",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["site", "report", "begins_on", "ends_on"],
                condition=Q(withdrawn_at=None),
                name="publishedreport_one_in_force",
            ),
        ]
        indexes = [models.Index(fields=["site", "-published_at", "-id"], name="publishedreport_site_time")]

    def __str__(self):
        return f"{self.report} {self.begins_on} to {self.ends_on}"


class LeftFigures(SiteRow):
    """The figures of one report as they left the team, in a file or published: what the next ones are compared with.

    The team reads every figure on its pages; those that were hidden are kept, because what follows depends on them.
    """

    report = models.CharField(max_length=20)
    begins_on = models.DateField()
    ends_on = models.DateField()
    counts = models.JSONField()
    hidden = models.JSONField(default=list)
    is_published = models.BooleanField(default=False)
    left_at = models.DateTimeField()
    # Empty: whoever runs the machine, by the command.
    exported_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {"id", "site", "report", "begins_on", "ends_on", "counts", "hidden", "is_published", "left_at", "exported_by"}
    )

    class Meta:
        constraints = [models.CheckConstraint(name="leftfigures_period", condition=Q(ends_on__gt=F("begins_on")))]
        indexes = [models.Index(fields=["site", "report", "-left_at", "-id"], name="leftfigures_report_time")]

    def __str__(self):
        return f"{self.report} {self.begins_on} to {self.ends_on}"


class GettingAlong(SiteRow):
    """A participant who gets along without LEAD, as their case manager knows; it ends when they come back."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    since_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset({"since_on", "ended_on"})
    PLAIN = frozenset({"id", "site", "participant", "noted_at", "noted_by"})

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gettingalong_ends_after", condition=Q(ended_on=None) | Q(ended_on__gte=F("since_on"))
            ),
            models.UniqueConstraint(fields=["participant"], condition=Q(ended_on=None), name="gettingalong_one_open"),
        ]

    def __str__(self):
        return f"{self.participant_id} since {self.since_on}"
