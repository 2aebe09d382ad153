"""The tag that writes a form's plain fields, for templates/bootstrap5/field.html alone."""

from django import template

from lead_cms.core.formrow import form_row as written

register = template.Library()


@register.simple_tag(takes_context=True)
def form_row(context, field):
    """{% form_row field %}: a bound field with one control, its label, errors and help."""
    return written(field, context.get("wrapper_class", ""))
