"""Invented people, some of them recorded twice as it happens: slips of the keys, nicknames, names the other way round, wrong
dates, a new number, a new address – and people who are not the same and look it: twins, siblings, a father and his son, people
of one common name. Every row says in `person` whose it is."""

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from nicknames import NickNamer

NAMES = Path(__file__).with_name("names")
STREET_NAMES = (
    "Market Mission Folsom Howard Harrison Bryant Turk Eddy Ellis Geary Post Sutter Bush Pine Polk Larkin Hyde Leavenworth "
    "Jones Taylor Mason Powell Stockton Grant Kearny Sansome Battery Front Davis Drumm Spear Main Beale Fremont Valencia "
    "Guerrero Dolores Church Sanchez Noe Castro Diamond Douglass Cortland Ocean Geneva Alemany Lawton Moraga Noriega Ortega "
    "Pacheco Quintara Rivera Santiago Taraval Ulloa Vicente Wawona Judah Irving Lincoln Fulton Cabrillo Balboa Anza Clement"
)
WAYS = ["Street", "Avenue", "Court", "Place", "Road", "Circuit", "Lane", "Crescent"]
TOWN_NAMES = (
    "Ashby Belmont Carver Dunmore Eastlake Fairview Glenwood Harmon Irvington Juniper Kingsley Lakeside Maplewood"
)
STREETS, TOWNS = STREET_NAMES.split(), TOWN_NAMES.split()
KEYS = {
    "a": "sq",
    "e": "wr",
    "i": "uo",
    "o": "ip",
    "n": "mb",
    "m": "n",
    "s": "ad",
    "r": "et",
    "t": "ry",
    "l": "k",
    "c": "xv",
}
SOUNDS = [
    ("ph", "f"),
    ("ck", "k"),
    ("c", "k"),
    ("y", "ie"),
    ("ie", "y"),
    ("ee", "ea"),
    ("s", "z"),
    ("ll", "l"),
    ("tt", "t"),
    ("nn", "n"),
    ("h", ""),
]
SHELTER = ("100", "Shelter Way", "Ashby", "94101")
COLUMNS = [
    "id",
    "person",
    "given_name",
    "surname",
    "alias",
    "date_of_birth",
    "phone",
    "number",
    "street",
    "town",
    "postcode",
    "identifier",
]


@dataclass(frozen=True)
class Shape:
    """What a file is like: how many people, how many second records, how much is wrong in them, who looks alike."""

    people: int
    twice: float  # share of the people with more than one record
    most: int = 1  # further records of one person
    faults: tuple[int, int] = (1, 3)
    phone: float = 0.0
    address: float = 0.0
    identifier: float = 0.0
    alias: float = 0.0
    relatives: float = 0.0  # share of people with a twin, a brother or sister, or a father of the same name on file
    namesakes: float = 0.0  # share of people with somebody else of the same name and a date not far off
    moves: float = 0.1


SHAPES = {
    "linked": Shape(people=5000, twice=1.0, faults=(1, 4), address=0.97, identifier=1.0),
    "linked, heavy": Shape(people=5000, twice=1.0, faults=(2, 10), address=0.97, identifier=1.0),
    "several": Shape(people=2000, twice=0.7, most=5, faults=(1, 6), address=0.97, identifier=1.0),
    "street": Shape(
        people=6000, twice=0.25, most=2, faults=(1, 2), phone=0.6, address=0.5, alias=0.3, relatives=0.03, namesakes=0.01,
        moves=0.35,
    ),
    "shelter": Shape(people=6000, twice=0.2, faults=(1, 2), identifier=0.8, alias=0.1, relatives=0.03, namesakes=0.01),
}  # fmt: skip


class Inventing:
    """Draws people from the names that there are, as often as there are."""

    def __init__(self, seed: int):
        self.draw = random.Random(seed)
        self.given = _table("given_names.csv")
        self.families = _table("surnames.csv")
        self.nicknames = NickNamer()

    def person(self, shape: Shape) -> dict[str, str]:
        draw, chance = self.draw, self.draw.random
        born = date(1940, 1, 1) + timedelta(days=int(draw.triangular(0, 24500, 16000)))
        found = dict.fromkeys(COLUMNS, "")
        given = self.name(self.given)
        found |= {"given_name": given, "surname": self.name(self.families), "date_of_birth": f"{born:%Y-%m-%d}"}
        if chance() < shape.phone:
            found["phone"] = self.phone()
        if chance() < shape.address:
            found |= self.address()
        if chance() < shape.identifier:
            found["identifier"] = str(draw.randrange(1_000_000, 10_000_000))
        if chance() < shape.alias:
            found["alias"] = self.alias(given)
        return found

    def name(self, table) -> str:
        names, sums = table
        return self.draw.choices(names, cum_weights=sums)[0]

    def phone(self) -> str:
        return f"(415) {self.draw.randrange(200, 999)}-{self.draw.randrange(10000):04}"

    def address(self) -> dict[str, str]:
        draw = self.draw
        if draw.random() < 0.04:
            return dict(zip(("number", "street", "town", "postcode"), SHELTER, strict=True))
        place = draw.randrange(len(TOWNS))
        street = f"{draw.choice(STREETS)} {draw.choice(WAYS)}"
        return {
            "number": str(draw.randrange(1, 2000)),
            "street": street,
            "town": TOWNS[place],
            "postcode": f"94{100 + place * 7 + draw.randrange(5)}",
        }

    def alias(self, given: str) -> str:
        known = sorted(self.nicknames.nicknames_of(given))
        if known and self.draw.random() < 0.6:
            return self.draw.choice(known).title()
        return self.draw.choice(
            ["Bear", "Red", "Slim", "Tiny", "Ace", "Smokey", "Duke", "Shorty", "Doc", "Peaches", "Rooster", "Blue"]
        )

    # ---- the same person again, with faults
    def again(self, person: dict[str, str], shape: Shape) -> dict[str, str]:
        found = dict(person)
        if found["phone"] and self.draw.random() < shape.moves:
            found["phone"] = self.draw.choice(["", self.phone()])
        if found["street"] and self.draw.random() < shape.moves:
            found |= self.draw.choice([self.address(), dict.fromkeys(("number", "street", "town", "postcode"), "")])
        faults = self.draw.randint(*shape.faults)
        for _ in range(faults):
            self.draw.choices(FAULTS, weights=WEIGHTS)[0](self, found)
        return found

    def slip(self, text: str) -> str:
        """One slip of the keys."""
        if len(text) < 2:
            return text
        draw, place = self.draw, self.draw.randrange(len(text))
        letter = text[place].lower()
        kind = draw.random()
        if kind < 0.25:
            return text[:place] + text[place + 1 :]
        if kind < 0.45:
            return text[:place] + draw.choice("aeioutnrsl" if letter.isalpha() else "0123456789") + text[place:]
        if kind < 0.7:
            other = (
                draw.choice(KEYS.get(letter, "abcdefghijklmnopqrstuvwxyz"))
                if letter.isalpha()
                else draw.choice("0123456789")
            )
            return text[:place] + other + text[place + 1 :]
        if kind < 0.95:
            place = min(place, len(text) - 2)
            return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        return text[:place] + " " + text[place:]

    def slip_in(self, person: dict[str, str]) -> None:
        there = [name for name in ("given_name", "surname", "surname", "street", "town", "number") if person[name]]
        if there:
            name = self.draw.choice(there)
            person[name] = self.slip(person[name])

    def slip_in_number(self, person: dict[str, str]) -> None:
        there = [name for name in ("identifier", "phone", "postcode") if person[name]]
        if there:
            name = self.draw.choice(there)
            place = self.draw.randrange(len(person[name]))
            if person[name][place].isdigit():
                person[name] = person[name][:place] + self.draw.choice("0123456789") + person[name][place + 1 :]

    def by_ear(self, person: dict[str, str]) -> None:
        name = self.draw.choice(["given_name", "surname"])
        low = person[name].lower()
        there = [(a, b) for a, b in SOUNDS if a in low[1:]]
        if there:
            a, b = self.draw.choice(there)
            person[name] = (low[0] + low[1:].replace(a, b, 1)).title()

    def nickname(self, person: dict[str, str]) -> None:
        known = sorted(
            self.nicknames.nicknames_of(person["given_name"]) | self.nicknames.canonicals_of(person["given_name"])
        )
        if known:
            person["given_name"] = self.draw.choice(known).title()

    def turn_names(self, person: dict[str, str]) -> None:
        person["given_name"], person["surname"] = person["surname"], person["given_name"]

    def marry(self, person: dict[str, str]) -> None:
        other = self.name(self.families)
        person["surname"] = self.draw.choice([other, f"{person['surname']}-{other}"])

    def wrong_date(self, person: dict[str, str]) -> None:
        if not person["date_of_birth"]:
            return
        year, month, day = (int(part) for part in person["date_of_birth"].split("-"))
        kind = self.draw.random()
        if kind < 0.3 and day <= 12:
            month, day = day, month
        elif kind < 0.5:
            year += self.draw.choice([-10, -2, -1, 1, 2, 10])
        elif kind < 0.7:
            day = self.draw.randint(1, 28)
        elif kind < 0.8:
            month = self.draw.randint(1, 12)
        else:
            digits = list(f"{year}{month:02}{day:02}")
            place = self.draw.randrange(2, 8)
            digits[place] = self.draw.choice("0123456789")
            person["date_of_birth"] = f"{''.join(digits[:4])}-{''.join(digits[4:6])}-{''.join(digits[6:])}"
            return
        person["date_of_birth"] = f"{year}-{month:02}-{day:02}"

    def forget(self, person: dict[str, str]) -> None:
        name = self.draw.choice(
            ["date_of_birth", "alias", "phone", "street", "identifier", "number", "town", "given_name"]
        )
        if name != "given_name" or person["surname"] and self.draw.random() < 0.3:
            person[name] = ""

    # ---- others who look the same
    def relative(self, person: dict[str, str], shape: Shape) -> dict[str, str]:
        other = self.person(shape)
        kind = self.draw.random()
        for name in ("surname", "number", "street", "town", "postcode", "phone"):
            other[name] = person[name]
        year, month, day = (int(part) for part in person["date_of_birth"].split("-"))
        if kind < 0.35:
            other["date_of_birth"] = person["date_of_birth"]
        elif kind < 0.6:
            other["given_name"] = person["given_name"]
            other["date_of_birth"] = (
                f"{year - self.draw.randint(18, 40)}-{self.draw.randint(1, 12):02}-{self.draw.randint(1, 28):02}"
            )
        else:
            other["date_of_birth"] = (
                f"{year + self.draw.randint(1, 8)}-{self.draw.randint(1, 12):02}-{self.draw.randint(1, 28):02}"
            )
        return other

    def namesake(self, person: dict[str, str], shape: Shape) -> dict[str, str]:
        other = self.person(shape)
        born = date.fromisoformat(person["date_of_birth"]) + timedelta(
            days=self.draw.choice([-1, 1]) * self.draw.randint(40, 1500)
        )
        return other | {
            "given_name": person["given_name"],
            "surname": person["surname"],
            "date_of_birth": f"{born:%Y-%m-%d}",
        }


FAULTS: tuple[Callable, ...] = (
    Inventing.slip_in, Inventing.slip_in_number, Inventing.by_ear, Inventing.nickname, Inventing.turn_names, Inventing.marry,
    Inventing.wrong_date, Inventing.forget,
)  # fmt: skip
WEIGHTS = (34, 10, 12, 12, 5, 2, 12, 13)


def _table(file: str) -> tuple[list[str], list[float]]:
    with (NAMES / file).open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [row["name"] for row in rows], list(accumulate(float(row["count"]) for row in rows))


def invented(shape: Shape, seed: int) -> list[dict[str, str]]:
    """The rows of a file of this shape, in no order."""
    inventing = Inventing(seed)
    rows: list[dict[str, str]] = []
    for place in range(shape.people):
        person = inventing.person(shape) | {"person": str(place)}
        rows.append(person)
        if inventing.draw.random() < shape.twice:
            for _ in range(inventing.draw.randint(1, shape.most)):
                rows.append(inventing.again(person, shape))
        if inventing.draw.random() < shape.relatives:
            rows.append(inventing.relative(person, shape) | {"person": f"{place}-relative"})
        if inventing.draw.random() < shape.namesakes:
            rows.append(inventing.namesake(person, shape) | {"person": f"{place}-namesake"})
    inventing.draw.shuffle(rows)
    for place, row in enumerate(rows):
        row["id"] = f"r{place}"
    return rows
