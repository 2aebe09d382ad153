"""Rules documents as files: strict reading, one way of writing, and the hash that tells versions apart.

API
    read(text) -> (document, faults)     a key that stands twice is a fault, JSON's NaN too
    write(document) -> text              as `rules export` prints it
    document_hash(document) -> str       SHA-256 of the document, whatever its spacing and order of keys
    shipped(slug), demo(slug) -> document     the published file; with the demo's decisions laid over it
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lead_cms.programs.merge import merge
from lead_cms.programs.schema import LEAVES, Fault

PUBLISHED = Path(__file__).parent / "files"
DEMO = Path(__file__).parent.parent / "demo" / "rules"
MOST_CHARACTERS = 2_000_000

# The order in which a file reads best. PostgreSQL keeps none, so that every file is written in this one.
SECTIONS = [key for leaf in LEAVES for key in leaf.path.split(".")]
SECTIONS.insert(SECTIONS.index("offense_kinds"), "offenses")
SECTIONS.insert(SECTIONS.index("approval"), "exclusions")
DOCUMENT_ORDER = ["format", "site", "title", *SECTIONS]
RECORD_ORDER = """
    value source field_sources kind citation url quote summary note code step system version title words text effect
    group class amount_limit condition nibrs table_code amount unit exempt doors lookback_years when_not_known override_roles
    approver whom because days from until relative_to hour recipients channels country subdivision name address hours
    open phone places outreach_hours
""".split()  # noqa: SIM905 (forty short words read best as words)


def read(text: str) -> tuple[Any, list[Fault]]:
    """The document in a file's text, and what is wrong with the file as JSON."""
    twice: list[Fault] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in found]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            twice.append(Fault(key, "stands twice in the same record."))
        return dict(found)

    def constant(word: str) -> None:
        twice.append(Fault(word, "is not a number that can be used."))

    if len(text) > MOST_CHARACTERS:
        return None, [Fault("file", "is far too long for a rules file.")]
    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        return None, [Fault(f"line {error.lineno}, column {error.colno}", f"this is not JSON: {error.msg}.")]
    except (RecursionError, ValueError) as error:
        return None, [Fault("file", f"this is not JSON that can be read: {error}.")]
    return document, twice


def write(document: Mapping[str, Any]) -> str:
    """The document as text, indented, its rules in the order of docs/rules.md."""
    return json.dumps(_in_order(document, DOCUMENT_ORDER), indent=2, ensure_ascii=False) + "\n"


def document_hash(document: Mapping[str, Any]) -> str:
    """The same for the same rules, however the file is spaced."""
    plain = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def shipped(slug: str) -> dict[str, Any]:
    """The published rules of a site, with its gaps: files/<slug>.json."""
    return _load(PUBLISHED / f"{slug}.json")


def demo(slug: str) -> dict[str, Any]:
    """The published rules with every gap filled by values marked "invented for the demo" (docs/practice.md 26)."""
    return merge(shipped(slug), _load(DEMO / f"{slug}.json"))


def _in_order(node: Any, order: list[str]) -> Any:
    if isinstance(node, list):
        return [_in_order(entry, RECORD_ORDER) for entry in node]
    if not isinstance(node, Mapping):
        return node
    known = RECORD_ORDER if "value" in node or "kind" in node or "code" in node else order
    ranked = sorted(node, key=lambda key: (known.index(key) if key in known else len(known), key))
    return {key: _in_order(node[key], RECORD_ORDER if key in ("value", "source") else order) for key in ranked}


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
