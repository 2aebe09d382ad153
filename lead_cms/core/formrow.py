"""One field of a form as HTML, label to help: every plain field of every form comes through here (see markup.py)."""

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

from lead_cms.core.components import said_errors
from lead_cms.core.markup import escaped

OPTIONAL = ' <span class="optional">optional</span>'


def form_row(field: BoundField, wrapper_class: str = "") -> SafeString:
    """A field with one control: label, error in the summary's words, control, help. Help texts are ours and may hold HTML."""
    errors = field.errors
    wrapper = "field" + (" field--bad" if errors else "") + (f" {wrapper_class}" if wrapper_class else "")
    is_check = isinstance(field.field.widget, forms.CheckboxInput)
    own = field.field.widget.attrs.get("class", "")
    given = "form-check-input" if is_check else "form-select" if _is_select(field) else "form-control"
    control = field.as_widget(attrs={"class": " ".join(filter(None, (own, given, "is-invalid" if errors else "")))})
    label = _label(field, "form-check-label" if is_check else "form-label", says_optional=not is_check)
    key = escaped(field.auto_id)
    error = (
        f'<p class="invalid-feedback" id="{key}_error">{escaped(" ".join(said_errors(field)))}</p>' if errors else ""
    )
    help_text = f'<p class="form-text" id="{key}_helptext">{field.help_text}</p>' if field.help_text else ""
    inside = f'{error}<div class="form-check">{control}{label}</div>' if is_check else f"{label}{error}{control}"
    return SafeString(f'<div class="{escaped(wrapper)}" id="div_{key}">\n{inside}{help_text}</div>\n')


def _is_select(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.Select)


def _label(field: BoundField, of: str, *, says_optional: bool) -> str:
    if not field.label and says_optional:
        return ""
    is_open = says_optional and not field.field.required and not getattr(field.field, "unmarked", False)
    return f'<label class="{of}" for="{escaped(field.id_for_label)}">{escaped(field.label)}{OPTIONAL if is_open else ""}</label>'
