"""The tags that write the fields of forms, for templates/bootstrap5 alone."""

from django import template

from lead_cms.core.formrow import form_row as written
from lead_cms.core.formrow import option_marks as marked

register = template.Library()


@register.simple_tag(takes_context=True)
def form_row(context, field):
    """{% form_row field %}: a bound field with one control, its label, errors and help."""
    return written(field, context.get("wrapper_class", ""))


@register.simple_tag
def option_marks(field, tap):
    """{% option_marks field tap=True %}: every answer of a bound field with several, as one-tap buttons or plain marks."""
    return marked(field, is_tap=tap)
