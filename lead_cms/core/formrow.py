"""One field of a form as HTML, label to help, and the answers of a question with several (see markup.py)."""

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


def option_marks(field: BoundField, *, is_tap: bool) -> SafeString:
    """Each answer of a question with several: a native mark and a word, as one-tap buttons or one under the other."""
    state = (' aria-invalid="true"' if field.errors else "") + (" disabled" if field.field.disabled else "")
    own, of = ("btn-check", "btn") if is_tap else ("form-check-input", "form-check-label")
    marks = []
    for option in field.subwidgets:
        data = option.data
        key, checked = escaped(data["attrs"]["id"]), " checked" if data["selected"] else ""
        mark = (
            f'<input class="{own}" type="{escaped(data["type"])}" name="{escaped(data["name"])}" '
            f'value="{escaped(data["value"])}" id="{key}"{checked}{state}>'
            f'<label class="{of}" for="{key}">{escaped(data["label"])}</label>'
        )
        marks.append(mark if is_tap else f'<div class="form-check">{mark}</div>')
    return SafeString("".join(marks))


def _is_select(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.Select)


def _label(field: BoundField, of: str, *, says_optional: bool) -> str:
    if not field.label and says_optional:
        return ""
    is_open = says_optional and not field.field.required and not getattr(field.field, "unmarked", False)
    return f'<label class="{of}" for="{escaped(field.id_for_label)}">{escaped(field.label)}{OPTIONAL if is_open else ""}</label>'
