"""Names as they are looked for: their words without accents, and what else somebody of that name is called."""

import re
import unicodedata
from functools import cache
from pathlib import Path

MOST_WORDS = 6
WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a name, lower case and without accents, as `app.name_terms` takes them apart; each once."""
    return list(dict.fromkeys(WORD.findall(plain(text))))[:MOST_WORDS]


def plain(text: str) -> str:
    """Lower case and without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not "\u0300" <= c <= "\u036f")


def also_called(word: str) -> tuple[str, ...]:
    """Bill is William, and so is Will: every other word that stands for one of the same names."""
    return _groups().get(word, ())


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    """Of each word all the others of the lines it stands in; of a nickname the name itself comes first."""
    found: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "nicknames.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, nicknames = line.split(":")
            group = [name.strip(), *nicknames.split()]
            for word in group:
                found.setdefault(word, []).extend(other for other in group if other != word)
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}
