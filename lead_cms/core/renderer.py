"""How form fields become HTML: the framework's templates, but for the plain fields that every form is made of."""

from collections.abc import Mapping
from html import escape

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString

from lead_cms.core.markup import escaped

FOLDER = "django/forms/widgets/"
INPUTS = ("input", "text", "number", "email", "url", "password", "hidden", "date", "time", "datetime", "checkbox")


class Renderer(DjangoTemplates):
    def render(self, template_name, context, request=None):
        write = PLAIN.get(template_name)
        return SafeString(write(context["widget"])) if write else super().render(template_name, context, request)


def _attributes(widget: Mapping) -> str:
    given = [(name, value) for name, value in widget["attrs"].items() if value is not False]
    return "".join(f" {escaped(name)}" + ("" if value is True else f'="{escape(str(value))}"') for name, value in given)


def _input(widget: Mapping) -> str:
    value = "" if widget["value"] is None else f' value="{escape(str(widget["value"]))}"'
    return f'<input type="{escaped(widget["type"])}" name="{escaped(widget["name"])}"{value}{_attributes(widget)}>\n'


def _option(option: Mapping) -> str:
    return f'<option value="{escape(str(option["value"]))}"{_attributes(option)}>{escaped(option["label"])}</option>\n'


def _select(widget: Mapping) -> str:
    parts = [f'<select name="{escaped(widget["name"])}"{_attributes(widget)}>\n']
    for group, options, _ in widget["optgroups"]:
        inside = "".join(map(_option, options))
        parts.append(f'<optgroup label="{escaped(group)}">{inside}</optgroup>\n' if group else inside)
    return "".join([*parts, "</select>\n"])


def _textarea(widget: Mapping) -> str:
    value = "" if widget["value"] is None else escape(str(widget["value"]))
    return f'<textarea name="{escaped(widget["name"])}"{_attributes(widget)}>\n{value}</textarea>\n'


def _several(widget: Mapping) -> str:
    return "".join(PLAIN[part["template_name"]](part) for part in widget["subwidgets"])


PLAIN = {f"{FOLDER}{name}.html": _input for name in INPUTS} | {
    f"{FOLDER}select.html": _select, f"{FOLDER}textarea.html": _textarea, f"{FOLDER}splitdatetime.html": _several,
}  # fmt: skip
