"""One field of a form as HTML, label to help, and the answers of a question with several (see markup.py)."""

from django import forms
from django.forms import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from lead_cms.core.components import said_errors
from lead_cms.core.markup import escaped

OPTIONAL = ' <span class="optional">optional</span>'


def written(field: BoundField, wrapper_class: str = "") -> SafeString | None:
    """A field as the look has it, or None for one of several parts, which its template writes."""
    if field.is_hidden:
        return SafeString(field)
    if isinstance(field.field.widget, forms.RadioSelect):
        return question(field, wrapper_class)
    return None if field.use_fieldset else form_row(field, wrapper_class)


def form_row(field: BoundField, wrapper_class: str = "") -> SafeString:
    """A field with one control: label, error in the summary's words, control, help: text, or HTML marked safe."""
    is_check = isinstance(field.field.widget, forms.CheckboxInput)
    own = field.field.widget.attrs.get("class", "")
    given = "form-check-input" if is_check else "form-select" if _is_select(field) else "form-control"
    control = field.as_widget(attrs={"class": _classes(own, given, field.errors and "is-invalid")})
    label = _label(field, "form-check-label" if is_check else "form-label", says_optional=not is_check)
    error = _error(field)
    inside = f'{error}<div class="form-check">{control}{label}</div>' if is_check else f"{label}{error}{control}"
    return SafeString(f"<div {_frame(field, wrapper_class)}>\n{inside}{_help(field)}</div>\n")


def question(
    field: BoundField, wrapper_class: str = "", *, is_tap: bool = False, is_stacked: bool = False
) -> SafeString:
    """A question with several answers, each a native mark and a word; `is_tap` makes them one-tap buttons."""
    legend = f"<legend>{escaped(field.label)}{_optional(field)}</legend>" if field.label else ""
    marks = option_marks(field, is_tap=is_tap)
    answers = f'<div class="{_classes("choice", is_stacked and "choice--stack")}">{marks}</div>' if is_tap else marks
    told = f' aria-describedby="{escaped(field.aria_describedby)}"' if field.aria_describedby else ""
    inside = f"{legend}{_error(field)}{answers}{_help(field)}"
    return SafeString(f"<fieldset {_frame(field, wrapper_class)}{told}>{inside}</fieldset>\n")


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


def _classes(*names: str | bool) -> str:
    return " ".join(str(name) for name in names if name)


def _frame(field: BoundField, wrapper_class: str) -> str:
    classes = _classes("field", bool(field.errors) and "field--bad", wrapper_class)
    return f'class="{escaped(classes)}" id="div_{escaped(field.auto_id)}"'


def _error(field: BoundField) -> str:
    if not field.errors:
        return ""
    says = escaped(" ".join(said_errors(field)))
    return f'<p class="invalid-feedback" id="{escaped(field.auto_id)}_error">{says}</p>'


def _help(field: BoundField) -> str:
    if not field.help_text:
        return ""
    return f'<p class="form-text" id="{escaped(field.auto_id)}_helptext">{conditional_escape(field.help_text)}</p>'


def _optional(field: BoundField) -> str:
    return "" if field.field.required or getattr(field.field, "unmarked", False) else OPTIONAL


def _label(field: BoundField, of: str, *, says_optional: bool) -> str:
    if not field.label and says_optional:
        return ""
    optional = _optional(field) if says_optional else ""
    return f'<label class="{of}" for="{escaped(field.id_for_label)}">{escaped(field.label)}{optional}</label>'
