"""The period of a report, and a file of counts."""

from django import forms

from lead_cms.accounts.models import Organisation, OrganisationKind
from lead_cms.core.crispy import Short, helper
from lead_cms.core.errors import DomainError
from lead_cms.core.forms import Form
from lead_cms.reports.period import PRESETS, Period, preset


def day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text=help_text,
        error_messages={"invalid": "Enter a day such as 2026-01-31."},
    )  # fmt: skip


class PeriodForm(Form):
    """From the first day to before another; without days, or by a preset's name, one of the presets."""

    def __init__(self, given, *, today):
        name = given.get("period", "")
        self.preset = name if name in PRESETS else ""
        days = preset(self.preset or "quarter", today)
        if self.preset or not {"from", "to"} & set(given):
            self.preset = self.preset or "quarter"
            given = {"from": days.begins_on.isoformat(), "to": days.ends_on.isoformat()}
        super().__init__(given, auto_id="id_%s")
        self.fields["from"] = day("From")
        self.fields["to"] = day("Up to, not including", "The first day that is no longer counted")
        self.helper = helper(Short("from"), Short("to"), submit="Show this period")
        self.period: Period | None = None

    def clean(self):
        data = super().clean()
        if data.get("from") and data.get("to"):
            try:
                self.period = Period(data["from"], data["to"])
            except DomainError as error:
                self.say_refusal(error)
        return data

    @property
    def query(self) -> str:
        """The period as it stands in an address."""
        return f"from={self.period.begins_on}&to={self.period.ends_on}"


class SuppliedForm(Form):
    agency = forms.ModelChoiceField(
        label="Whose counts", queryset=Organisation.objects.none(), empty_label="Choose an agency",
        error_messages={"invalid_choice": "Choose an agency of this site."},
    )  # fmt: skip
    file = forms.FileField(
        label="File", widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="CSV with the columns month, precinct, group, count", error_messages={"empty": "The file is empty."},
    )  # fmt: skip

    def __init__(self, *args, site_id, **kwargs):
        super().__init__(*args, **kwargs)
        agencies = Organisation.objects.filter(site_id=site_id, kind=OrganisationKind.POLICE)
        self.fields["agency"].queryset = agencies.order_by("name", "pk")
        self.helper = helper("agency", "file", submit="Take the counts")
