"""Two records beside each other: one question for each field in which they differ."""

from django import forms

from lead_cms.core.forms import Form
from participants.actions.merging import Field

NOT_CHOSEN = {"required": "Choose which of the two is right."}


class MergeForm(Form):
    """`fields` as `fields_of` gives them; `words` are what a question is called, by field."""

    def __init__(self, *args, asked: list[Field], words: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        for one in asked:
            choices = [("one", "Older record"), ("other", "Newer record")]
            choices = [("both", "Both"), *choices] if one.is_list else choices
            self.fields[one.name] = forms.ChoiceField(
                label=words[one.name],
                choices=choices,
                initial=one.first,
                widget=forms.RadioSelect,
                error_messages=NOT_CHOSEN,
            )
