"""Lay one rules document over another: a published file below, a site's (or the demo's) decisions above.

API
    merge(base, overlay) -> a new document

A gap of the base is filled.  What the base decides stands, unless the overlay's source is of kind "site":
only a site's policy group decides against a published rule, and then the record says so.  Offenses and
exclusions are laid together by code; a field that the base leaves null is filled singly, with its own
source in "field_sources".
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from lead_cms.programs.rules import code_key
from lead_cms.programs.schema import ENTRIES

Document = dict[str, Any]


def merge(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> Document:
    """The base with its gaps filled from the overlay; neither argument is changed."""
    merged: Document = deepcopy(dict(base))
    for key, over in overlay.items():
        if key in ("format", "site"):
            continue
        if key in ENTRIES:
            merged[key] = _entries(merged.get(key), over)
        elif key == "title":
            merged[key] = over
        else:
            merged[key] = _node(merged.get(key), over)
    return merged


def _node(under: Any, over: Any) -> Any:
    if under is None or _is_leaf(under) or _is_leaf(over):
        return deepcopy(over) if under is None or _wins(under, over) else under
    return under | {key: _node(under.get(key), inner) for key, inner in over.items()}


def _is_leaf(node: Any) -> bool:
    return isinstance(node, Mapping) and "value" in node and "source" in node


def _wins(under: Mapping[str, Any], over: Mapping[str, Any]) -> bool:
    return under.get("value") is None or over["source"].get("kind") == "site"


def _entries(under: Any, over: Any) -> Any:
    if not isinstance(under, list):
        return deepcopy(over) if under is None or under.get("value") is None else under
    if not isinstance(over, list):
        return under
    found = list(under)
    places = {code_key(entry["value"]["code"]): number for number, entry in enumerate(found)}
    for entry in over:
        place = places.get(code_key(entry["value"]["code"]))
        if place is None:
            found.append(deepcopy(entry))
        else:
            found[place] = _entry(found[place], entry)
    return found


def _entry(under: Document, over: Mapping[str, Any]) -> Document:
    """One rule over another: each field by itself, so that an invented detail never borrows a published source."""
    value, sources = dict(under["value"]), dict(under.get("field_sources", {}))
    for field, plain in over["value"].items():
        if field == "code" or plain is None or plain == value.get(field):
            continue
        if value.get(field) is None or over["source"].get("kind") == "site":
            value[field] = deepcopy(plain)
            sources[field] = deepcopy(dict(over["source"]))
    return under | {"value": value} | ({"field_sources": sources} if sources else {})
