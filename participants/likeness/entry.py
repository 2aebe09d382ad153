"""One record as it is compared, and how often each name, date and number stands among all of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from participants.likeness import names


@dataclass(slots=True, frozen=True)
class Entry:
    """What is known of one person, made ready to compare. Every part may be empty."""

    key: str
    given: str = ""
    family: str = ""
    others: tuple[str, ...] = ()  # aliases, the name they chose, middle names
    suffix: str = ""
    born: str = ""
    phones: frozenset[str] = frozenset()
    identifiers: tuple[tuple[str, str], ...] = ()  # kind and number
    number: str = ""
    streets: tuple[str, ...] = ()
    town: str = ""
    postcode: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing by which a person could be told."""
        return not (self.given or self.family or self.others or self.phones or self.identifiers)

    @property
    def home(self) -> tuple[str, str] | None:
        return (self.number, self.streets[0]) if self.streets and self.number else None


def entry(key: str, *, given: str = "", family: str = "", others: Iterable[str] = (), **rest) -> Entry:
    """An entry with its names folded and what follows them taken off."""
    given, after_given = names.name_of(given)
    family, after_family = names.name_of(family)
    kept = dict.fromkeys(name for text in others if (name := names.name_of(text)[0]))
    suffix = names.SUFFIXES.get(names.folded(rest.pop("suffix", "")), "") or after_family or after_given
    return Entry(key, given, family, tuple(kept), suffix, **rest)


@dataclass(slots=True)
class Frequencies:
    """How many of the records have each value. A rare surname that agrees says more than a common one."""

    total: int = 0
    given: Counter = field(default_factory=Counter)
    family: Counter = field(default_factory=Counter)
    born: Counter = field(default_factory=Counter)
    phone: Counter = field(default_factory=Counter)
    identifier: Counter = field(default_factory=Counter)
    street: Counter = field(default_factory=Counter)
    home: Counter = field(default_factory=Counter)
    town: Counter = field(default_factory=Counter)
    postcode: Counter = field(default_factory=Counter)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Frequencies":
        found = cls()
        for one in entries:
            found.add(one)
        return found

    def add(self, one: Entry) -> None:
        self.total += 1
        for name in {one.given, *one.others} - {""}:
            self.given[name] += 1
        for counter, value in (
            (self.family, one.family), (self.born, one.born), (self.town, one.town), (self.postcode, one.postcode),
            (self.home, one.home),
        ):  # fmt: skip
            if value:
                counter[value] += 1
        self.phone.update(one.phones)
        self.identifier.update(number for _, number in one.identifiers)
        self.street.update(one.streets)
