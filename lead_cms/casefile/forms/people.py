"""What an administrator enters about people, roles and organisations."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Organisation, OrganisationKind
from lead_cms.core.crispy import Section, Short, helper
from lead_cms.core.forms import Form
from referrals.forms.officer_fields import Line

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TEL = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
LATEST_YEARS = 50


def phone_field(**more):
    return forms.CharField(label="Phone", max_length=30, widget=TEL, **{"required": False} | more)


def clean_phone(value: str) -> str:
    plain = all(letter.isdigit() or letter in " +-.()x" for letter in value)
    if value and not (plain and 3 <= sum(letter.isdigit() for letter in value) <= 20):
        raise forms.ValidationError("Enter a telephone number, such as (415) 555-0142.")
    return value


class NumberLine(Line):
    """A telephone number in a form of a person; a phone shows its digits to type it with."""

    widget = TEL

    def clean(self, value) -> str:
        return clean_phone(super().clean(value))


class RoleForm(Form):
    """One role of a person, for an organisation, from a day to a day of the site."""

    name = forms.CharField(label="Name, as colleagues see it", max_length=120)
    role = forms.ChoiceField(label="Role", choices=[("", "Choose a role"), *Role.choices])
    organisation = forms.ModelChoiceField(
        label="Organization", queryset=Organisation.objects.none(), empty_label="Choose an organization"
    )
    badge = forms.CharField(label="Badge", max_length=30, required=False, help_text="Of an officer.")
    unit = forms.CharField(label="Unit or team", max_length=80, required=False)
    phone = phone_field(help_text="The number that others of the site may call.")
    starts_on = forms.DateField(label="First day", required=False, widget=DAY, help_text="Empty: now.")
    ends_on = forms.DateField(label="Last day", required=False, widget=DAY, help_text="Empty: no end is known.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.order_by("name", "pk")
        self.helper = helper(*self.layout(), submit="")

    def layout(self):
        return (
            Section("Role", "name", "role", "organisation", Short("badge"), "unit", "phone"),
            Section("From when to when", Short("starts_on"), Short("ends_on")),
        )

    def clean_phone(self):
        return clean_phone(self.cleaned_data["phone"])

    def clean_starts_on(self):
        return self._near(self.cleaned_data["starts_on"])

    def clean_ends_on(self):
        return self._near(self.cleaned_data["ends_on"])

    def _near(self, day):
        today = timezone.localdate()
        if day is not None and day < today:
            raise forms.ValidationError("This day is past. Enter today or a later day.")
        if day is not None and day.year > today.year + LATEST_YEARS:
            raise forms.ValidationError("This day is too far away. Check the year.")
        return day

    def given(self, at: datetime) -> dict:
        """The answers as the action takes them; days of the site become moments."""
        data = dict(self.cleaned_data)
        first, last = data.pop("starts_on"), data.pop("ends_on")
        begins = start_of(first) if first else at
        return data | {"starts_at": max(begins, at), "ends_at": start_of(last + timedelta(days=1)) if last else None}


class InviteForm(RoleForm):
    """A new person: a sign-in besides the first role."""

    username = forms.CharField(
        label="Sign-in name", max_length=80, help_text="It cannot be changed later.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    email = forms.EmailField(
        label="E-mail", max_length=254, help_text="The first password is chosen by a link sent here."
    )

    def layout(self):
        return (Section("Sign-in", "username", "email"), *super().layout())

    def clean_username(self):
        name = self.cleaned_data["username"]
        if not all(letter.isalnum() or letter in ".-_@+" for letter in name):
            raise forms.ValidationError("Letters, digits, and . - _ @ + only.")
        return name


class ReachForm(Form):
    phone = phone_field()
    unit = forms.CharField(label="Unit or team", max_length=80, required=False)
    badge = forms.CharField(label="Badge", max_length=30, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("phone", "unit", Short("badge"), submit="Save")

    def clean_phone(self):
        return clean_phone(self.cleaned_data["phone"])


class EmailForm(Form):
    email = forms.EmailField(label="E-mail", max_length=254)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("email", submit="")


class EndForm(Form):
    """Now, or at the end of a day."""

    ends_on = forms.DateField(label="Last day", required=False, widget=DAY, help_text="Empty: the role ends now.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(Short("ends_on"), submit="")

    def moment(self, at: datetime) -> datetime:
        last = self.cleaned_data["ends_on"]
        return start_of(last + timedelta(days=1)) if last else at


class OrganisationForm(Form):
    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="Kind", choices=OrganisationKind.choices, widget=forms.RadioSelect)
    phone = phone_field()

    def __init__(self, *args, new=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not new:
            del self.fields["kind"]
        self.helper = helper(submit="Add the organization" if new else "Save")

    def clean_phone(self):
        return clean_phone(self.cleaned_data["phone"])


def start_of(day) -> datetime:
    """The first moment of a day of the site."""
    return timezone.make_aware(datetime.combine(day, time()))
