"""How the code is cut: budgets of files, pairs of moment and person, one place that changes a status."""

import ast
import re
import tomllib

import pytest
from django.apps import apps
from django.db.models import CheckConstraint, Q
from django.db.models.expressions import CombinedExpression

from tests.project.files import CODE, ROOT, line_of, name_of, python_files, templates, without_comments

MODELS = sorted(
    (model for model in apps.get_models() if model.__module__.split(".")[0] in CODE), key=lambda m: m._meta.label
)
PYTHON_LINES, TEST_LINES, FUNCTION_LINES, TEMPLATE_LINES, DEPENDENCIES = 400, 600, 50, 150, 30
# Longer than its budget, and why.
LONGER: dict[str, str] = {}
# Who assigns the status of a referral, and why.
CHANGING = {
    "referrals/actions/changing.py": "the one place where a status changes",
    "referrals/actions/referring.py": "the status that a new referral starts with",
    "services/actions/changing.py": "the one place where the status of what a service is asked changes",
}


def lines(path) -> int:
    return len(path.read_text().splitlines())


def test_python_files_keep_to_their_budget():
    long = {name_of(path): lines(path) for path in python_files(*CODE, "bench") if lines(path) > PYTHON_LINES}
    assert set(long) <= set(LONGER), {name: count for name, count in long.items() if name not in LONGER}
    assert set(LONGER) <= set(long), "no longer longer: take it off the list"


def test_test_files_keep_to_their_budget():
    assert {name_of(path): lines(path) for path in python_files("tests") if lines(path) > TEST_LINES} == {}


def test_functions_keep_to_their_budget():
    found = []
    for path in python_files(*CODE):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= FUNCTION_LINES:
                found.append(f"{name_of(path)}:{node.lineno} {node.name}")
    assert found == []


def test_templates_keep_to_their_budget():
    assert {name_of(path): lines(path) for path in templates() if lines(path) > TEMPLATE_LINES} == {}


def test_dependencies_are_few_and_each_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    assert len(tomllib.loads(text)["project"]["dependencies"]) <= DEPENDENCIES
    block = text.split("\ndependencies = [\n")[1].split("\n]\n")[0]
    assert [line.strip() for line in block.splitlines() if "#" not in line] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_list_says_its_own_order(model):
    """An order of the model's own is paid for by every query and hides that a list has no unique tail."""
    assert not model._meta.ordering


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_moment_and_its_person_come_together(model):
    """`decided_at` without `decided_by` would be a deed of nobody, and the other way round a deed at no time."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    checked = [_names(c.condition) for c in model._meta.constraints if isinstance(c, CheckConstraint)]
    loose = []
    for name, moment in fields.items():
        person = fields.get(f"{name.removesuffix('_at')}_by") if name.endswith("_at") else None
        if person is None or not (moment.null or person.null):
            continue
        if not any({name, person.name} <= names for names in checked):
            loose.append((name, person.name))
    assert loose == []


def _names(condition) -> set[str]:
    """The columns that a condition looks at."""
    if isinstance(condition, Q):
        return set().union(*map(_names, condition.children)) if condition.children else set()
    if isinstance(condition, tuple):
        return {condition[0].split("__")[0]}
    if isinstance(condition, CombinedExpression):
        return _names(condition.lhs) | _names(condition.rhs)
    return set()


INLINE = {
    "a script in the page": r"<script(?![^>]*\b(?:src=|type=\"application/json\"))",
    "a style in the page": r"<style\b",
    "a style attribute": r"<[a-z][^<>]*\sstyle\s*=",
    "a handler attribute": r"<[a-z][^<>]*\son[a-z]+\s*=",
    "an address that is a script": r"javascript:",
    "another host": r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//",
}


def test_templates_hold_no_script_no_style_and_no_other_host():
    """The content security policy would stop them; here they are found before anybody sees a broken page."""
    found = []
    for path in templates():
        text = without_comments(path.read_text())
        for what, pattern in INLINE.items():
            found += [f"{name_of(path)}:{line_of(text, m.start())} {what}" for m in re.finditer(pattern, text, re.I)]
    assert found == []


def test_only_one_file_changes_a_status():
    """Elsewhere it is read."""
    found = []
    for path in python_files(*CODE):
        if name_of(path) not in CHANGING:
            found += [f"{name_of(path)}:{line}" for line in _assigned(ast.parse(path.read_text()))]
    assert found == []


def _assigned(tree: ast.AST):
    """Lines that assign `.status`, or that update a queryset of referrals with one."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(part, ast.Attribute) and part.attr == "status":
                    yield node.lineno
        called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        if called in {"update", "bulk_update"} and any(keyword.arg == "status" for keyword in node.keywords):
            yield node.lineno
