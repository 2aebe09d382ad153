"""The monthly picture: how one person lived in one calendar month, as their case manager confirmed it.

What a page guesses from the month before is never a row: a row is what somebody said is so. Nothing of it is written again;
what is corrected stays, marked with who put something else in its place and when.
"""

from django.db import models
from django.db.models import F, Q

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from participants.codes import NOT_COLLECTED, VERSION, YES, YES_NO
from participants.enums import Known
from participants.models.person import Participant

ANSWERS = tuple(YES_NO)


def _sources_of_a_yes(answer: str, sources: str) -> Q:
    return Q(**{answer: YES}) | Q(**{sources: []})


class PersonMonth(SiteRow):
    """Codes of participants/codes; `sheltered`, `permanent` and `continuum` follow from them and are kept for reports."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="months")
    month = models.DateField()  # its first day
    living = models.CharField(max_length=4, default=NOT_COLLECTED)
    employment = models.CharField(max_length=10, default=NOT_COLLECTED)
    income = models.CharField(max_length=2, default=NOT_COLLECTED)
    income_sources = models.JSONField(default=list, blank=True)
    benefits = models.CharField(max_length=2, default=NOT_COLLECTED)
    benefit_sources = models.JSONField(default=list, blank=True)
    insurance = models.CharField(max_length=2, default=NOT_COLLECTED)
    insurance_sources = models.JSONField(default=list, blank=True)
    sheltered = models.CharField(max_length=7, choices=Known.choices, default=Known.UNKNOWN)
    permanent = models.CharField(max_length=7, choices=Known.choices, default=Known.UNKNOWN)
    continuum = models.CharField(max_length=7, choices=Known.choices, default=Known.UNKNOWN)
    lists_version = models.CharField(max_length=40, default=VERSION)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset(
        {
            "living", "employment", "income", "income_sources", "benefits", "benefit_sources", "insurance",
            "insurance_sources", "sheltered", "permanent", "continuum",
        }
    )  # fmt: skip
    PLAIN = frozenset(
        {
            "id", "site", "participant", "month", "lists_version", "confirmed_at", "confirmed_by", "superseded_at",
            "superseded_by",
        }
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(name="personmonth_first_of_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="personmonth_answers_known",
                condition=Q(income__in=ANSWERS, benefits__in=ANSWERS, insurance__in=ANSWERS),
            ),
            models.CheckConstraint(
                name="personmonth_derived_known",
                condition=Q(sheltered__in=Known.values, permanent__in=Known.values, continuum__in=Known.values),
            ),
            models.CheckConstraint(
                name="personmonth_sources_of_a_yes",
                condition=_sources_of_a_yes("income", "income_sources")
                & _sources_of_a_yes("benefits", "benefit_sources")
                & _sources_of_a_yes("insurance", "insurance_sources"),
            ),
            # A place not meant for habitation is no shelter, although its code begins as those of shelters do.
            models.CheckConstraint(
                name="personmonth_116_is_unsheltered", condition=~Q(living="116") | Q(sheltered=Known.NO)
            ),
            models.CheckConstraint(
                name="personmonth_superseded_at_and_by",
                condition=Q(superseded_at=None, superseded_by=None)
                | Q(superseded_at__gte=F("confirmed_at"), superseded_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["participant", "month"], condition=Q(superseded_at=None), name="personmonth_once"
            ),
        ]
        indexes = [
            models.Index(fields=["site", "month"], condition=Q(superseded_at=None), name="personmonth_site_month"),
        ]

    def __str__(self):
        return f"{self.participant_id} {self.month:%Y-%m}"
