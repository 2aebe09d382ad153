"""`.env.example` names every variable that the settings and the compose file read, and no other; each has its comment."""

import ast
import re

from tests.project.files import ROOT, name_of

EXAMPLE = ROOT / ".env.example"
READERS = [*sorted((ROOT / "lead_cms" / "settings").glob("*.py")),
           ROOT / "lead_cms" / "access" / "management" / "commands" / "setup_roles.py"]  # fmt: skip
# `env.<method>("NAME")`, `database(env, "NAME")`, `os.environ.get("NAME")` and `os.environ["NAME"]`.
METHODS = {"str", "list", "bool", "int", "float", "db", "email_url", "url", "json", "path", "get"}
ENTRY = re.compile(r"^#?\s?([A-Z][A-Z0-9_]*)=(.*)$", re.M)


def read_by_python(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            of = ast.unparse(node.func)
            owner, _, method = of.rpartition(".")
            if owner in {"env", "os.environ"} and method in METHODS:
                found |= _names(node.args[:1])
            elif of == "database":
                found |= _names(node.args[1:2])
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            found |= _names([node.slice])
    return found


def _names(nodes: list[ast.expr]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def read_by_compose() -> set[str]:
    lines = (ROOT / "docker-compose.yml").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    return set(re.findall(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)", text))


def read() -> set[str]:
    return read_by_compose().union(*(read_by_python(path.read_text()) for path in READERS))


def test_every_variable_is_named():
    named = {name for name, _ in ENTRY.findall(EXAMPLE.read_text())}
    assert read() - named == set(), "read by the settings or the compose file, and not in .env.example"
    assert named - read() == set(), "in .env.example, and read by nothing"


def test_every_variable_is_named_once():
    names = [name for name, _ in ENTRY.findall(EXAMPLE.read_text())]
    assert sorted(names) == sorted(set(names))


def test_every_variable_has_its_comment():
    """A line of words right above it, or above the lines that it stands together with."""
    lines, bare, explained = EXAMPLE.read_text().splitlines(), [], False
    for line in lines:
        if ENTRY.match(line):
            bare += [] if explained else [line]
        else:
            explained = line.startswith("# ")
    assert bare == []


def test_no_secret_is_given():
    """What must be secret is empty: nobody goes into production with a value that everybody can read here."""
    secrets = re.compile(r"SECRET|PASSWORD|KEYS")
    assert [name for name, value in ENTRY.findall(EXAMPLE.read_text()) if secrets.search(name) and value.strip()] == []


def test_the_settings_are_read_where_this_test_looks():
    """Elsewhere in the code no setting is taken from the environment, so that there is one list of them."""
    allowed = {name_of(path) for path in READERS} | {
        "lead_cms/celery.py",  # names the settings module
        "lead_cms/wsgi.py",  # the same
    }
    found = []
    for app in ("access", "accounts", "audit", "casefile", "core", "notify", "programs"):
        for path in (ROOT / "lead_cms" / app).rglob("*.py"):
            if name_of(path) not in allowed and re.search(r"\bos\.environ\b|\benviron\.Env\b", path.read_text()):
                found.append(name_of(path))
    assert found == []


def test_the_reader_finds_each_way_of_reading():
    source = (
        'env.str("A")\nenv.bool("B", True)\ndatabase(env, "C")\nos.environ.get("D")\nos.environ["E"]\nenv.list(name)'
    )
    assert read_by_python(source) == {"A", "B", "C", "D", "E"}
