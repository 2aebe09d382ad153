"""The line of words by which a service or a place is found, lower case; the only place that makes it."""

from services.enums import Need

LONGEST = 2000


def service_words(provider: str, *, name: str, terms=(), needs=(), description: str = "", **_others) -> str:
    labels = [Need(code).label for code in needs]
    return _line(name, provider, *terms, *labels, description[:600])


def location_words(
    *, is_hidden: bool = False, name: str = "", address: str = "", neighborhood: str = "", city: str = "", **_others
) -> str:
    """A hidden place is found by nothing."""
    return "" if is_hidden else _line(name, address, neighborhood, city)


def _line(*parts: str) -> str:
    known: dict[str, None] = {}
    for part in parts:
        if part:
            known.setdefault(" ".join(part.lower().split()))
    return " ".join(known)[:LONGEST]
