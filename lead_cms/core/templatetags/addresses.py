"""Addresses in templates: {% address "casefile:since" %} where {% url %} would be resolved anew for each link. A builtin."""

from django import template

from lead_cms.core.addresses import plain_address

register = template.Library()


@register.simple_tag
def address(name):
    """{% address "casefile:since" %}: a page without parameters."""
    return plain_address(name)
