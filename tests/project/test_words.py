"""The words of docs/practice.md and those the field avoids, searched for in everything that a person may read.

A site's rules are not searched: they quote statutes and published policies, and name charges as the law does.
"""

import ast
import re

import pytest

from tests.project.files import CODE, ROOT, line_of, name_of, python_files, templates, without_comments

# What is not said: the pattern, and what is said instead.
WORDS = {
    "booking packet": (r"booking[ -]packets?", "report packet"),
    "hard stop": (r"hard[ -]stops?", "LEAD cannot be offered here, because …"),
    "refused": (r"refus(?:ed|es|als?|ing)", "declined; not now"),
    "lapsed": (r"laps(?:ed|es|ing)", "the window has ended"),
    "overdue": (r"overdue", "the window has ended; due"),
    "withdrawn": (r"withdr(?:awn|ew|aws?|awing|awals?)", "cancels (officer); steps back (person)"),
    "re-arrest": (r"re-?arrest(?:ed|s)?", "new arrest"),
    "outreach sweep": (r"(?:outreach )?sweeps?", "outreach round"),
    "throughput": (r"throughput", "people reached, people served"),
    "in the wind": (r"in the wind", "we have lost touch"),
    "prostitution": (r"prostitut\w*", "sex work, outside the charge field"),
    "offender": (r"(?:re-?)?offenders?", "person; participant"),
    "defendant": (r"defendants?", "person; participant"),
    "suspect": (r"suspects?", "person"),
    "addict": (r"addict(?:s|ed|ion|ions)?", "substance use; person who uses drugs"),
    "abuse": (r"(?:substance|drug|alcohol) abuse\w*", "substance use"),
    "junkie": (r"junk(?:ie|y|ies)", "person who uses drugs"),
    "frequent flier": (r"frequent fl[iy]ers?", "person"),
    "failed": (r"fail(?:ed|s|ing|ures?)", "say what happened, and what to do"),
    "non-compliant": (r"non-?complian(?:t|ce)|compliance", "active, inactive; door open"),
    "absconded": (r"abscond\w*", "we have lost touch"),
    "terminated": (r"terminat(?:ed|es|ion|ions)", "door open"),
    "client": (r"clients?", "participant; person referred"),
    "clean, dirty": (r"clean|dirty", "tested negative, tested positive"),
    "relapse": (r"relaps\w*", "return to use"),
    "voluntary arrest": (r"voluntary arrests?", "social contact referral"),
    "treatment plan": (r"treatment plans?", "service plan"),
    "waiver": (r"waivers?", "consent; release of information"),
    "vagrant": (r"vagran\w*|the homeless", "unhoused"),
    "felon": (r"felons?|convicts?|inmates?|parolees?", "person with a conviction; person on parole"),
    "dealer": (r"dealers?", "person"),
    "readmitted": (r"readmi\w+", "re-engaged"),
    "enforce, violate": (r"(?<!law )enforc\w+|violat\w+", "offer, invite, reach"),
}
# Where a word stands all the same, and why: (file, word).
ALLOWED: dict[tuple[str, str], str] = {
    ("lead_cms/accounts/adapter.py", "failed"): "five failures of a sign-in, not of a person",
    ("templates/people/person.html", "failed"): "the same, for the administrator",
    ("templates/today/auditor.html", "failed"): "the same, for the auditor",
    ("lead_cms/casefile/views/operations.py", "prostitution"): "a kind of charge, as the incident records name it",
}
PATTERNS = {word: re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.I) for word, (pattern, _) in WORDS.items()}
# What a browser or a template engine reads and no person does.
MARKUP = re.compile(
    r"""\{%\s*(?:url|load|include|extends|block|endblock|with|if|elif|for|static|csrf_token)\b[^%]*%\}
      | \{\{[^}]*\}\} | </?[a-z][\w-]*
      | \b(?:class|id|name|for|href|src|type|method|action|autocomplete|data-[\w-]+)\s*=\s*"[^"]*"
      | \baria-(?:labelledby|describedby|controls)\s*=\s*"[^"]*" """,
    re.X,
)  # fmt: skip
SAID_IN = ("views", "forms", "actions", "today", "templatetags", "questions", "management", "urls")
ALSO_SAID_IN = {"enums.py", "models.py", "permissions.py", "recipients.py", "emails.py", "components.py", "part2.py",
                "errors.py", "views.py", "adapter.py", "locks.py", "middleware.py", "second_step.py", "crispy.py",
                "frame.py", "eligibility.py", "actions.py", "inviting.py", "urgency.py", "dates.py"}  # fmt: skip


def sources():
    """Files whose texts reach a page, a message or an e-mail."""
    for path in python_files(*CODE):
        parts = set(path.parts)
        if "demo" in parts or "embedded" in parts or "settings" in parts:
            continue
        if parts & set(SAID_IN) or path.name in ALSO_SAID_IN or path.parent.name in {"models", "forms", "views"}:
            yield path


def texts_of(path) -> list[tuple[int, str]]:
    """What a person may read of a Python file: strings with a space or a capital, without docstrings."""
    tree = ast.parse(path.read_text())
    silent = {id(part) for node in ast.walk(tree) for part in _silent(node)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
        and (" " in node.value.strip() or node.value[:1].isupper())
    ]  # fmt: skip


def _silent(node: ast.AST):
    """Docstrings, and what goes to the log and not to a person."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
        yield node.body[0].value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id == "logger":
            yield from ast.walk(node)


def said_in_templates() -> list[tuple[str, int, str]]:
    found = []
    for path in templates():
        text = MARKUP.sub(lambda m: "\n" * m[0].count("\n"), without_comments(path.read_text()))
        found += [(name_of(path), number, line) for number, line in enumerate(text.splitlines(), 1)]
    return found


def said_in_code() -> list[tuple[str, int, str]]:
    return [(name_of(path), line, text) for path in sources() for line, text in texts_of(path)]


def said_in_scripts() -> list[tuple[str, int, str]]:
    """The texts in quotes of the pages' own scripts."""
    found = []
    for path in sorted((ROOT / "static" / "js").glob("*.js")):
        source = path.read_text()
        quoted = re.finditer(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1""", source)
        found += [(name_of(path), line_of(source, m.start()), m[2]) for m in quoted if " " in m[2]]
    return found


SAID = {"templates": said_in_templates, "code": said_in_code, "scripts": said_in_scripts}


@pytest.mark.parametrize("where", SAID)
def test_words_that_are_not_said(where):
    found = [
        f"{name}:{line} {match[0]!r} – say: {WORDS[word][1]} – {text.strip()[:90]}"
        for name, line, text in SAID[where]()
        for word, pattern in PATTERNS.items()
        for match in [pattern.search(text)]
        if match and (name, word) not in ALLOWED
    ]
    assert found == [], "\n".join(found)


def test_each_exception_is_still_needed():
    said = {
        (name, word)
        for where in SAID.values()
        for name, _, text in where()
        for word, pattern in PATTERNS.items()
        if pattern.search(text)
    }
    assert set(ALLOWED) - said == set()


@pytest.mark.parametrize(
    ("text", "word"),
    [("The person refused.", "refused"), ("3 clients", "client"), ("Re-arrest", "re-arrest"), ("OVERDUE", "overdue")],
)
def test_the_search_finds(text, word):
    assert PATTERNS[word].search(text)
    assert not PATTERNS[word].search("client-side cleaner suspected")
