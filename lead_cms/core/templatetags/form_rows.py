"""The tags that write the fields of forms, for templates/bootstrap5 alone."""

from django import template

from lead_cms.core import formrow

register = template.Library()


@register.simple_tag(takes_context=True)
def form_row(context, field):
    """{% form_row field %}: a bound field with one control, its label, errors and help."""
    return formrow.form_row(field, context.get("wrapper_class", ""))


@register.simple_tag(takes_context=True)
def question(context, field, tap=False, stacked=False):
    """{% question field tap=True %}: a bound field with several answers, its label, errors and help."""
    return formrow.question(field, context.get("wrapper_class", ""), is_tap=tap, is_stacked=stacked)


@register.simple_tag
def option_marks(field, tap):
    """{% option_marks field tap=True %}: every answer of a bound field with several, as one-tap buttons or plain marks."""
    return formrow.option_marks(field, is_tap=tap)
