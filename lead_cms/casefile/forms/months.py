"""One person's month, changed in place: each answer a code of its list."""

from django import forms

from lead_cms.core.crispy import Choice, helper
from lead_cms.core.forms import Form
from participants.actions.months import LISTS, SOURCES, Picture
from participants.codes import EMPLOYMENT, GROUPS, LIVING, NO, NOT_COLLECTED, YES, YES_NO

# The order in which a case manager answers; what nobody asked stands last.
ANSWERS = [(code, YES_NO[code]) for code in (YES, NO, "8", "9", NOT_COLLECTED)]
ASKED = {"income": "Income?", "benefits": "Benefits that are not cash?", "insurance": "Health insurance?"}
FROM = {"income": "From where", "benefits": "Which", "insurance": "Which one"}


def _grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (title, [(one.code, one.words) for one in LIVING.options if one.says["group"] == group])
        for group, title in GROUPS.items()
    ]


class MonthForm(Form):
    living = forms.ChoiceField(label="Where did they stay, most of all?", choices=_grouped)
    employment = forms.ChoiceField(label="Work", choices=EMPLOYMENT.choices)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rest = []
        for name, listed in LISTS.items():
            self.fields[name] = forms.ChoiceField(label=ASKED[name], choices=ANSWERS, widget=forms.RadioSelect)
            self.fields[SOURCES[name]] = forms.MultipleChoiceField(
                label=FROM[name], choices=listed.choices, required=False, widget=forms.CheckboxSelectMultiple
            )
            rest += [Choice(name), Choice(SOURCES[name])]
        # What changes most often stands first; the rest behind one tap.
        self.first, self.rest = helper("living", "employment", submit=""), helper(*rest, submit="")

    def clean(self):
        """Who names a source has said yes."""
        data = super().clean()
        for name, sources in SOURCES.items():
            if data.get(sources) and data.get(name) == NOT_COLLECTED:
                data[name] = YES
            elif data.get(sources) and data.get(name) != YES:
                self.add_error(name, "A source is chosen below. Say yes, or take it away.")
        return data

    @property
    def has_more(self) -> bool:
        """Whether something of the rest must be looked at again."""
        return any(name in self.errors for name in (*SOURCES, *SOURCES.values())) if self.is_bound else False

    def picture(self) -> Picture:
        given = dict(self.cleaned_data)
        return Picture(**given | {name: tuple(given[name]) for name in SOURCES.values()})
