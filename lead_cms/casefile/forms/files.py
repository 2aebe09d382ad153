"""A paper to keep: what it is, what to call it, the file."""

from uuid import uuid4

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from lead_cms.core.crispy import StackedChoice, helper
from lead_cms.core.forms import Form
from lead_cms.core.papers import ACCEPT
from participants.actions.files import LONGEST_TITLE, Sent, title_from
from participants.enums import FileGone, FileKind
from referrals.forms.officer_fields import Line

HELP = "Take a photo of it, or choose a PDF, JPEG or PNG of at most {most}. Never a photo of a person."


class FileForm(Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label="The paper",
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": "This file is empty.", "invalid": "Choose the file again."},
    )
    kind = forms.ChoiceField(label="What is it?", choices=FileKind.choices, widget=forms.RadioSelect)
    title = Line(
        label="What to call it",
        required=False,
        max_length=LONGEST_TITLE,
        help_text="Such as “Letter from housing, September”. Without it, the file’s own name.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"key": uuid4()}, **kwargs)
        self.fields["file"].help_text = HELP.format(most=filesizeformat(settings.FILES_MOST_BYTES))
        self.helper = helper("file", StackedChoice("kind"), "title", submit="")

    def clean_file(self):
        sent = self.cleaned_data["file"]
        if sent.size > settings.FILES_MOST_BYTES:
            most = filesizeformat(settings.FILES_MOST_BYTES)
            raise forms.ValidationError(f"This file has {filesizeformat(sent.size)}; at most {most} fit.")
        return sent

    def sent(self) -> Sent:
        file, title = self.cleaned_data["file"], self.cleaned_data["title"]
        return Sent(
            kind=self.cleaned_data["kind"],
            title=title or title_from(file.name.rpartition(".")[0] or file.name),
            content=file.read(),
        )


class RemoveForm(Form):
    why = forms.ChoiceField(label="Why?", choices=FileGone.choices, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(StackedChoice("why"), submit="")
