"""Markers: a word, a day or a number of its own in every restricted column of every row, to be known wherever it is read.

Whoever reads a marker anywhere knows the row and the field it stood in.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models

from lead_cms.core.crypto import EncryptedJSONField, EncryptedTextField
from referrals.questions import FORMS
from tests.access.rows import SHEET, Row, Rows
from tests.factories import SiteWorld

PART = "zq0"  # what a search asks for: the beginning of them all
# Restricted columns that hold one code of a list, where a marker cannot stand; what is derived; yes or no.
CODED = {
    "accounts_user.password", "notify_outboxemail.path", "participants_consent.answer", "participants_nevertogether.reason",
    "participants_contactnote.kind", "participants_contactnote.place",
    "participants_goal.state", "participants_goalstep.who", "participants_goalstep.state", "participants_goalreview.state",
    "participants_legalevent.kind", "participants_legalevent.source", "participants_legalevent.state",
    "participants_legalevent.charge_class", "participants_legalevent.told_others",
    "participants_participant.match_keys", "participants_likelypair.score", "participants_likelypair.reasons",
    "participants_personfile.kind", "participants_personfile.removed_why", "participants_personfile.sha256",
    "participants_trustedperson.may_say",
    "participants_personmonth.living", "participants_personmonth.employment", "participants_personmonth.income",
    "participants_personmonth.benefits", "participants_personmonth.insurance", "participants_personmonth.sheltered",
    "participants_personmonth.permanent", "participants_personmonth.continuum",
    "participants_demographics.race", "participants_demographics.gender",
    "participants_demographics.sex", "participants_demographics.veteran", "participants_demographics.disabling",
    "participants_demographics.disabilities",
    "participants_participant.may_leave_message", "participants_participant.may_text",
    "participants_participant.search_names", "participants_participation.reason",
    "participants_recordaccess.reason", "referrals_attempt.outcome",
    "referrals_casehandover.why", "referrals_eligibilityanswer.answer",
    "referrals_outreachentry.state",
    "referrals_windowevent.kind", "services_servicegap.need",
    "services_servicegap.reason",
}  # fmt: skip
# A code of casework's as the pages say it, wherever the rows hold it; no page of anybody else's has these words in a list.
IN_WORDS = {
    "participants_nevertogether.reason": "One of them asked",
    "participants_recordaccess.reason": "Stands in for the case manager",
    "referrals_attempt.outcome": "Reached, talked",
    "referrals_casehandover.why": "Nobody looked after them yet",
    "referrals_windowevent.kind": "In custody",
}
# What its model does not call personal, and yet is not for everybody.
ALSO = {
    "accounts_membership": {"unit"},
    "accounts_organisation": {"name", "phone"},
    "participants_consent": {"purpose", "scope"},
    "participants_disclosure": {"purpose"},
    "referrals_approvalstep": {"whom", "phone"},
    "referrals_eligibilityanswer": {"rule_text"},
    "referrals_heldcharge": {"title"},
    "referrals_incidentrecord": {"incident_number", "place"},
    "referrals_intakewindow": {"met_on"},
    "referrals_record": {"done_on"},
    "referrals_referral": {"reference"},
    "referrals_referraloffence": {"title"},
    "referrals_slip": {"phone", "code"},
    "referrals_windowitem": {"done_on"},
    "reports_publishedreport": {"sheet"},
    "reports_suppliedcount": {"precinct"},
    "reports_suppliedfile": {"name"},
    "services_contact": {"phone"},
    "services_location": {"address", "access_notes", "neighborhood"},
    "services_provider": {"name", "description"},
    "services_service": {"name", "description", "notes", "how_to_apply"},
    "services_servicereferral": {"reference"},
}
# A column that stands for another state of the record when it is filled: only here, so that the rest stays as it is.
ONLY_IN = {
    "participants_participant.died_on": {"coordinated"},
    "participants_participant.age_about": {"telephoned", "supervised"},  # of whom no birth date is known
    "referrals_referredperson.age_about": {"telephoned", "supervised"},
    "reports_gettingalong.ended_on": {"past"},
}
NOT_IN = {
    "participants_participant.birth_date": {"telephoned", "supervised"},
    "referrals_referredperson.birth_date": {"telephoned", "supervised"},
}
TEXT = (models.CharField, models.TextField, models.JSONField, EncryptedJSONField, EncryptedTextField)
DAYS, NUMBERS = (models.DateField,), (models.IntegerField,)
LAST_DAY, FIRST_NUMBER = date(1949, 12, 31), 20001  # days and numbers that nothing else holds
SECTION = "about"  # of the intake: where the answers of the rows stand


def planted_in(model: type[models.Model]) -> list[models.Field]:
    """The restricted columns of a model that take a marker: texts, in clear or encrypted, days and numbers."""
    table = model._meta.db_table
    names = sorted(getattr(model, "PERSONAL", set()) | ALSO.get(table, set()))
    fields = [model._meta.get_field(name) for name in names if f"{table}.{name}" not in CODED]
    return [field for field in fields if isinstance(field, TEXT + DAYS + NUMBERS)]


@dataclass(frozen=True)
class Place:
    """Where a marker stands."""

    row: Row
    field: str

    @property
    def column(self) -> str:
        return f"{self.row.table}.{self.field}"


class Marked(Rows):
    """Rows whose every restricted text is a marker."""

    def __init__(self, using: str):
        super().__init__(using)
        self.places: dict[str, Place] = {}
        self.refused: set[str] = set()  # addresses that answered 403 through the whole stack
        for column, words in IN_WORDS.items():
            table, _, name = column.partition(".")
            self.places[words.lower()] = Place(Row(table, "", "san-francisco", 0), name)
        self._count, self._day, self._number = 0, LAST_DAY, FIRST_NUMBER

    def add(self, instance, where: SiteWorld, n: int, flavour: str = "plain", role: str = ""):
        planted = self.plant(instance, flavour)
        made = super().add(instance, where, n, flavour, role)
        row = self.by_table[instance._meta.db_table][-1]
        self.places |= {marker: Place(row, name) for marker, name in planted}
        return made

    def plant(self, instance, flavour: str) -> list[tuple[str, str]]:
        planted = []
        for field in planted_in(type(instance)):
            column = f"{instance._meta.db_table}.{field.name}"
            if flavour in NOT_IN.get(column, ()) or flavour not in ONLY_IN.get(column, {flavour}):
                setattr(instance, field.name, None)
                continue
            marker, value = self._next(instance, field)
            setattr(instance, field.name, value)
            planted.append((marker, field.name))
        return planted

    def plant_existing(self, instance, row: Row) -> None:
        """In a row that was there before: a sign-in, a membership."""
        planted = self.plant(instance, row.flavour)
        instance.save(using=self.using, update_fields=[name for _, name in planted])
        self.places |= {marker: Place(row, name) for marker, name in planted}

    def _next(self, instance, field: models.Field) -> tuple[str, object]:
        """A marker and what holds it. Days go backwards, so that what ended ended after it began."""
        self._count += 1
        if isinstance(field, DAYS):
            self._day -= timedelta(days=1)
            return self._day.isoformat(), self._day
        if isinstance(field, NUMBERS):
            self._number += 1
            return str(self._number), self._number
        marker = f"zq{self._count:05d}q"
        return marker, _value(instance, field, marker)


def _value(instance, field: models.Field, marker: str):
    table = instance._meta.db_table
    if table == "referrals_recordsection":
        instance.section = SECTION
        questions = FORMS["intake"].section(SECTION).questions
        return {
            question.key: {"text": marker} for question in questions if question.codes is None and not question.is_count
        }
    if table == "reports_publishedreport":
        return SHEET | {"title": marker}
    if isinstance(field, EncryptedJSONField):
        return {"name": marker, "greeting": marker, "words": marker}
    if isinstance(field, models.JSONField):
        return [marker]
    if isinstance(field, models.EmailField):
        return f"{marker}@example.org"
    return marker
