"""Plain inputs and selects are written in Python, and say what the framework's templates say."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

from lead_cms.core.renderer import Renderer

CHOICES = [("", "—"), ("1", "One <b>"), ("A group", [("2", 'Two "2"'), ("3", SafeString("<i>3</i>"))])]


class Every(forms.Form):
    text = forms.CharField(
        initial="x\"<&'", widget=forms.TextInput(attrs={"data-x": 'a"b', "required": True, "disabled": False})
    )
    one = forms.ChoiceField(choices=CHOICES, initial="2")
    several = forms.MultipleChoiceField(choices=CHOICES[:2], initial=["1"])
    number = forms.IntegerField(initial=0)
    tick = forms.BooleanField(initial=True)
    day = forms.DateField(initial="2026-10-16")
    moment = forms.SplitDateTimeField()
    address = forms.EmailField()
    secret = forms.CharField(widget=forms.PasswordInput)
    hidden = forms.CharField(widget=forms.HiddenInput, initial="<h>")
    radio = forms.ChoiceField(choices=CHOICES[:2], widget=forms.RadioSelect)
    long = forms.CharField(widget=forms.Textarea, initial="<p>")


@pytest.mark.parametrize("name", Every.base_fields)
def test_a_field_is_written_as_the_templates_write_it(name):
    ours, theirs = (
        re.sub(r"\s+(?=<)|(?<=>)\s+", "", str(Every(renderer=renderer())[name]))
        for renderer in (Renderer, DjangoTemplates)
    )
    assert ours == theirs
