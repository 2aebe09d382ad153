"""The rules that the tests run under: the shipped files with the demo's gaps filled."""

import json
from functools import cache
from pathlib import Path

from lead_cms.programs.merge import merge

ROOT = Path(__file__).resolve().parents[1]


@cache
def demo_document(slug: str) -> dict:
    base = json.loads((ROOT / f"lead_cms/programs/files/{slug}.json").read_text())
    overlay = json.loads((ROOT / f"lead_cms/demo/rules/{slug}.json").read_text())
    return merge(base, overlay)
