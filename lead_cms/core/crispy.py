"""Forms as the look has them: label, error, control, help. The only place that makes a FormHelper.

    self.helper = helper("name", Choice("door"), StackedChoice("offense"), Section("The person", "age"))

The page wraps it: `<form method="post" novalidate>{% csrf_token %}{% error_summary form %}{% crispy form %}</form>`.
A field of at most six answers is asked by radio buttons (`forms.RadioSelect`), never by a select.
"""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Fieldset, Layout, Submit
from crispy_forms.utils import TEMPLATE_PACK, render_field
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from lead_cms.core.formrow import question, written


class Written:
    """A part of a layout whose fields are written in Python (see formrow.py), each of them once."""

    def get_rendered_fields(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        return SafeString("".join(self.one(one, form, context, template_pack) for one in self.fields))

    def one(self, name, form, context, template_pack) -> str:
        if not isinstance(name, str):
            return name.render(form, context, template_pack=template_pack)
        html = self.row(form[name])
        if html is None or name in form.rendered_fields:  # which refuses to show a field twice
            return render_field(name, form, context, template_pack=template_pack)
        form.rendered_fields.add(name)
        return html

    def row(self, field) -> SafeString | None:
        return written(field)


class Rows(Written, Layout):
    """A whole layout."""


class Part(Written, Field):
    """Fields that look otherwise than by themselves."""

    def __init__(self, *fields):
        super().__init__(*fields)

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        return self.get_rendered_fields(form, context, template_pack)


class Choice(Part):
    """An answer in one tap, side by side: two to four short answers of a RadioSelect or CheckboxSelectMultiple."""

    def row(self, field):
        return question(field, is_tap=True)


class StackedChoice(Part):
    """An answer in one tap, one under the other: long answers, or more than four."""

    def row(self, field):
        return question(field, is_tap=True, is_stacked=True)


class Short(Part):
    """A field for a few characters: an age, a number, a time."""

    def row(self, field):
        return written(field, "field--short")


class Section(Written, Fieldset):
    """A titled part of a long form; its fields stay their own groups, so it is a heading and not a fieldset."""

    template = "bootstrap5/section.html"

    def render(self, form, context, template_pack=TEMPLATE_PACK, **kwargs):
        fields = self.get_rendered_fields(form, context, template_pack)
        return render_to_string(self.template, {"legend": self.legend, "id": self.css_id, "fields": fields})


def helper(*layout, submit: str = "Save", form_tag: bool = False) -> FormHelper:
    """A helper without a form tag and without crispy's own error box. submit="" leaves the button to the page."""
    made = FormHelper()
    made.form_tag = form_tag
    made.disable_csrf = not form_tag
    made.form_show_errors = True
    made.attrs = {"novalidate": ""}
    if layout:
        made.layout = Rows(*layout)
    if layout and not form_tag:
        made.template = "bootstrap5/fields.html"
    if submit:
        made.add_input(Submit("submit", submit))
    return made


class DayAndTime(forms.SplitDateTimeWidget):
    """A moment as the device's own day and time fields, each with a spoken label; for a SplitDateTimeField."""

    def __init__(self, attrs=None):
        super().__init__(
            attrs,
            date_format="%Y-%m-%d",
            time_format="%H:%M",
            date_attrs={"type": "date", "aria-label": "Day"},
            time_attrs={"type": "time", "aria-label": "Time"},
        )
