"""Looking for a service, and keeping its entry."""

from django import forms

from lead_cms.accounts.models import Organisation, OrganisationKind
from lead_cms.core.crispy import Section, Short, StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.core.templatetags.dates import say_phone, tel_number
from services.enums import Capacity, Need, Weekday
from services.hours import BadHours, said, typed
from services.languages import CHOICES
from services.models import Service

DAY = {"type": "date"}
MOST_PHONES = 6
FIELDS = ("name", "description", "needs", "languages", "eligibility", "how_to_apply", "fees", "notes",
          "hours_in_words", "capacity", "is_confidential", "is_listed")  # fmt: skip


class SearchForm(Form):
    """Nothing asked is everything, by name."""

    words = forms.CharField(label="Words", max_length=80, required=False, help_text="A name, a need, part of either.")
    need = forms.ChoiceField(label="Need", required=False, choices=[("", "Any need"), *Need.choices])
    near = forms.CharField(
        label="Near", max_length=80, required=False, help_text="A street, a place or a neighborhood of the directory."
    )
    language = forms.ChoiceField(label="Language", required=False, choices=[("", "Any language"), *CHOICES])
    open = forms.BooleanField(label="Open now", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("words", "need", "near", "language", "open", submit="")


class VerifyForm(Form):
    capacity = forms.ChoiceField(
        label="Is there room?", choices=Capacity.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose whether there is room."},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(StackedChoice("capacity"), submit="")


def area(label: str, most: int, rows: int = 3, **more) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class ServiceForm(Form):
    name = forms.CharField(label="Name of the service", max_length=400)
    description = area("What it offers", 4000, 4)
    needs = forms.MultipleChoiceField(
        label="For which needs", choices=Need.choices, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one need."},
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label="Languages spoken", choices=CHOICES, required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    eligibility = area("Who can come", 2000)
    how_to_apply = area("How to come to it", 2000)
    fees = forms.CharField(label="What it costs", max_length=400, required=False)
    notes = area("Good to know", 4000)
    hours_in_words = forms.CharField(
        label="Hours in words", max_length=600, required=False, help_text="What a weekly schedule cannot say."
    )
    phones = area(
        "Telephone numbers", 600, help_text="One a line: the number, a comma, what it is for. (415) 555-0111, Intake"
    )
    capacity = forms.ChoiceField(label="Is there room?", choices=Capacity.choices, widget=forms.RadioSelect)
    is_confidential = forms.BooleanField(
        label="For survivors of violence", required=False, help_text="No address of it is kept; people call."
    )
    is_listed = forms.BooleanField(label="Shown in the directory", required=False, initial=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            Section("The service", "name", "description", "needs", "languages"),
            Section("Coming to it", "eligibility", "how_to_apply", "fees", "phones", "hours_in_words"),
            Section("Now", StackedChoice("capacity"), "notes"),
            Section("Who finds it", "is_confidential", "is_listed"),
            submit="",
        )

    def clean_phones(self) -> list[tuple[str, str]]:
        found = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["phones"].splitlines())):
            number, _, label = line.partition(",")
            dialed = tel_number(number)
            if not dialed or len(dialed.lstrip("+").partition(";")[0]) < 3 or len(number) > 30:
                raise forms.ValidationError(f"“{line[:40]}” does not begin with a telephone number.")
            found.append((number.strip(), label.strip()[:120]))
        if len(found) > MOST_PHONES:
            raise forms.ValidationError(f"At most {MOST_PHONES} numbers fit.")
        return found

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in FIELDS}


def asked_of(service: Service) -> dict:
    """What stands in the form for a service that is there."""
    phones = [
        f"{say_phone(one.phone)}, {one.label}".rstrip(", ") for one in service.contacts.order_by("position", "pk")
    ]
    return {name: getattr(service, name) for name in FIELDS} | {"phones": "\n".join(phones)}


class HoursForm(Form):
    """One line a day. A period of its own, such as the winter, has its first and last day."""

    valid_from = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    valid_to = forms.DateField(label="Until", required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for day in Weekday:
            self.fields[f"day_{day}"] = forms.CharField(label=day.label, max_length=120, required=False)
        self.helper = helper(
            Section("The week", *(f"day_{day}" for day in Weekday)),
            Section("Only for a time", Short("valid_from"), Short("valid_to")),
            submit="",
        )

    def clean(self):
        data = super().clean()
        self.spans = []
        for day in Weekday:
            try:
                self.spans += [(int(day), *span) for span in typed(data.get(f"day_{day}", ""))]
            except BadHours as error:
                self.add_error(f"day_{day}", str(error))
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "The last day lies before the first.")
        return data


def hours_asked(spans, valid_from, valid_to) -> dict:
    """What stands in the form for the hours of one period."""
    days: dict[str, str] = {}
    for span in spans:
        if (span.valid_from, span.valid_to) == (valid_from, valid_to):
            before = days.get(f"day_{span.weekday}")
            says = said(span.opens, span.closes)
            days[f"day_{span.weekday}"] = f"{before}, {says}" if before else says
    return days | {"valid_from": valid_from, "valid_to": valid_to}


class LocationForm(Form):
    is_hidden = forms.BooleanField(
        label="The address is not shown", required=False, help_text="Then none is kept: people call."
    )
    name = forms.CharField(label="Name of the place", max_length=200, required=False)
    address = forms.CharField(label="Street and number", max_length=300, required=False)
    city = forms.CharField(label="City", max_length=80, required=False)
    postal_code = forms.CharField(label="ZIP code", max_length=12, required=False)
    neighborhood = forms.CharField(label="Neighborhood", max_length=80, required=False)
    access_notes = forms.CharField(label="Entrance, steps, bus", max_length=400, required=False)
    latitude = forms.FloatField(label="Latitude", required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(label="Longitude", required=False, min_value=-180, max_value=180)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            "is_hidden", "name", "address", "city", Short("postal_code"), "neighborhood", "access_notes",
            Short("latitude"), Short("longitude"), submit="",
        )  # fmt: skip


class ProviderForm(Form):
    name = forms.CharField(label="Name of the organization", max_length=400)
    description = area("What it does", 4000)
    website = forms.CharField(label="Website", max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("name", "description", "website", submit="")


class LinkProviderForm(Form):
    organisation = forms.ModelChoiceField(
        label="Whose staff sign in and answer for it", queryset=Organisation.objects.none(), required=False,
        empty_label="Nobody signs in for it",
    )  # fmt: skip

    def __init__(self, *args, site_id, **kwargs):
        super().__init__(*args, **kwargs)
        kind = OrganisationKind.PROVIDER
        self.fields["organisation"].queryset = Organisation.objects.filter(site_id=site_id, kind=kind).order_by("name")
        self.helper = helper("organisation", submit="")
