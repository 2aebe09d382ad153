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
from lead_cms.programs.schema import Fault

PUBLISHED = Path(__file__).parent / "files"
DEMO = Path(__file__).parent.parent / "demo" / "rules"
MOST_CHARACTERS = 2_000_000


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
    """The document as text, indented, in its own order."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def document_hash(document: Mapping[str, Any]) -> str:
    """The same for the same rules, however the file is spaced."""
    plain = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def shipped(slug: str) -> dict[str, Any]:
    """The published rules of a site, with its gaps: files/<slug>.json."""
    return _load(PUBLISHED / f"{slug}.json")


def demo(slug: str) -> dict[str, Any]:
    """The published rules with every gap filled by values marked "invented for the demo" (PRACTICE.md 26)."""
    return merge(shipped(slug), _load(DEMO / f"{slug}.json"))


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
