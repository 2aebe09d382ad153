"""Legal aid: to whom a person is given, and a lawyer's own note."""

from django import forms

from lead_cms.core.crispy import helper
from lead_cms.core.forms import Form
from participants.actions.legal_aid import LONGEST


class GiveForm(Form):
    lawyer = forms.ChoiceField(label="To whom?")

    def __init__(self, *args, lawyers, **kwargs):
        super().__init__(*args, **kwargs)
        self._lawyers = {str(one.pk): one for one in lawyers}
        said = [(key, f"{one.name}, {one.organisation.name}") for key, one in self._lawyers.items()]
        self.fields["lawyer"].choices = [("", "Choose"), *said]
        self.helper = helper("lawyer", submit="")

    def chosen(self):
        return self._lawyers.get(self.cleaned_data["lawyer"])


class NoteForm(Form):
    text = forms.CharField(
        label="A note of your own",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Privileged: nobody else reads it here. It is not changed afterwards; write another.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("text", submit="")
