"""The consents that carry a matrix, and one sentence to the officer: what is chosen, answered, taken back."""

import uuid

from django import forms

from lead_cms.casefile.forms.casework import DATE
from lead_cms.casefile.forms.consent import ConsentForm
from lead_cms.core.crispy import Choice, StackedChoice, helper
from participants.enums import WRITTEN, ConsentKind, EndsWith, HowRevoked
from referrals.actions.consenting import Wish, classes_for
from referrals.forms.officer_fields import Line

ALL, SOME = "all", "some"


class WishForm(forms.Form):
    """To whom, what, until when: nothing is ticked beforehand but what stands now."""

    language = forms.ChoiceField(
        label="Language of the words", choices=list(WRITTEN.items()), initial="en", widget=forms.RadioSelect
    )
    ends_on = forms.DateField(
        label="Last day", required=False, widget=DATE, help_text="It is good through this day, and ends by itself."
    )
    ends_with = forms.ChoiceField(
        label="Does it also end when they stop taking part?",
        choices=[(EndsWith.TAKING_PART.value, "Yes"), ("", "No, only on the last day")],
        required=False,
        initial=EndsWith.TAKING_PART.value,
        widget=forms.RadioSelect,
    )
    # A rule's word about the whole matrix stands beside the first organization.
    cells = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, kind: str, organisations=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.organisations = kind, list(organisations)
        if kind == ConsentKind.SENTENCE:
            self.fields["sentence"] = Line(
                label="The sentence, in their own words", max_length=140,
                help_text="Only what they want this officer to read. Nothing about health, substance use or where they "
                "are: the officer, the defense and a court may read it.",
            )  # fmt: skip
        for one in self.organisations:
            self.fields[name_of(one.pk)] = forms.MultipleChoiceField(
                label=f"May {one.name} be told", choices=classes_for(one.kind), required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        first = ["sentence"] if kind == ConsentKind.SENTENCE else []
        self.helper = helper(*first, Choice("language"), "ends_on", StackedChoice("ends_with"), submit="")

    @property
    def cards(self):
        """One organisation a card: its field, and how many classes are ticked now."""
        found = []
        for one in self.organisations:
            bound = self[name_of(one.pk)]
            chosen = {str(value) for value in bound.value() or ()}
            boxes = [{"box": box, "on": str(box.data["value"]) in chosen} for box in bound]
            found.append({"organisation": one, "boxes": boxes, "count": len(chosen), "errors": bound.errors})
        return found

    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(
            kind=self.kind, language=given["language"], ends_on=given["ends_on"], ends_with=given["ends_with"],
            sentence=given.get("sentence", ""),
            classes={one.pk: tuple(given[name_of(one.pk)]) for one in self.organisations if given[name_of(one.pk)]},
        )  # fmt: skip

    def hidden(self) -> list[tuple[str, str]]:
        """What was chosen, to be sent along with the answer."""
        names = [name for name in self.fields if name != "cells"]
        return [(name, value) for name in names for value in self.data.getlist(name)]


def name_of(organisation_id: uuid.UUID) -> str:
    return f"to_{organisation_id.hex}"


class AnswerForm(ConsentForm):
    """As for the prosecutor's consent, with the one that stood beside the words."""

    replaces_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(
            "seen_digest", "replaces_id", StackedChoice("how_read"), "interpreter", StackedChoice("answer"), "signed_name",
            submit="",
        )  # fmt: skip


class TakeBackForm(forms.Form):
    """All of it, or what is ticked; in writing or by word of mouth."""

    what = forms.ChoiceField(
        label="What do they take back?", choices=[(ALL, "All of it"), (SOME, "Only what is ticked here")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    cells = forms.MultipleChoiceField(
        label="Tick what nobody may tell any more", required=False, widget=forms.CheckboxSelectMultiple
    )
    how = forms.ChoiceField(label="How did they take it back?", choices=HowRevoked.choices, widget=forms.RadioSelect)

    def __init__(self, *args, cells=(), **kwargs):
        super().__init__(*args, **kwargs)
        choices = [
            (str(cell.pk), f"{cell.organisation.name}: {cell.get_information_class_display()}") for cell in cells
        ]
        self.fields["cells"].choices = choices
        if not choices:
            del self.fields["what"], self.fields["cells"]
        kept = [StackedChoice("what"), StackedChoice("cells")] if choices else []
        self.helper = helper(*kept, StackedChoice("how"), submit="")

    @property
    def is_all(self) -> bool:
        return self.cleaned_data.get("what", ALL) == ALL
