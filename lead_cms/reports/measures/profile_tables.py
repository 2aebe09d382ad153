"""How the profile is laid out: everything in short, then one table an answer."""

from lead_cms.reports.enums import AGE_BANDS, GENDERS, RACES
from lead_cms.reports.measures.base import Asked, Found, Laid
from lead_cms.reports.tables import HIDDEN, Bar, Chart, Column, Figures, Row, Table, percent
from participants.codes import BENEFITS, EMPLOYMENT, INCOME, INSURANCE, LIVING, YES

DOORS = {"arrest": "Arrest", "social": "Social contact", "community": "Community"}
COLUMNS = (
    Column("People", "text"), Column("Number"), Column("Share of those known", "share"), Column("Known of"),
    Column("Not known"),
)  # fmt: skip
GROUP_COLUMNS = (Column("Group", "text"), Column("Number"), Column("Share of those known", "share"))
RACE_COLUMNS = (
    Column("Group", "text"), Column("Alone"), Column("Alone or in combination"), Column("Share of those known, alone", "share"),
)  # fmt: skip
TITLES = {
    "age": ("Age", AGE_BANDS), "gender": ("Gender, in their own words", GENDERS), "door": ("How they came", DOORS),
    "living": ("Where they stayed", dict(LIVING.choices)), "employment": ("Work", dict(EMPLOYMENT.choices)),
}  # fmt: skip
OTHER = "Another answer"
SEVERAL = {
    "charge": ("Charges at the arrest door", {}, "door:arrest"),
    "income_source": ("Income from", dict(INCOME.choices), f"income:{YES}"),
    "benefit_source": ("Benefits", dict(BENEFITS.choices), f"benefits:{YES}"),
    "insurance_source": ("Insurance", dict(INSURANCE.choices), f"insurance:{YES}"),
}  # fmt: skip


def lay_out(asked: Asked, found: Found, shown: Figures) -> Laid:
    tables = [_in_short(found, shown)]
    for dimension in ("age", "gender"):
        tables.append(_groups(dimension, found, shown))
    tables.append(_races(found, shown))
    tables += [_groups(dimension, found, shown) for dimension in ("door", "living", "employment")]
    tables += [_several(dimension, found, shown) for dimension in SEVERAL if found.extra["groups"][dimension]]
    return Laid(tuple(tables), _chart(found, shown), missing=_missing(shown))


LINES = (
    ("Women", "people/gender:woman", "gender"), ("Came by arrest", "people/door:arrest", "door"),
    ("Came by social contact", "people/door:social", "door"), ("Came by the community", "people/door:community", "door"),
    ("Sheltered", "sheltered", "living"), ("Permanent housing", "permanent", "living"),
    ("On the employment continuum", "continuum", "employment"), ("Income", f"people/income:{YES}", "income"),
    ("Benefits that are not cash", f"people/benefits:{YES}", "benefits"),
    ("Health insurance", f"people/insurance:{YES}", "insurance"),
    ("of these, Medicaid", "people/insurance_source:Medicaid", "insurance"),
)  # fmt: skip


def _in_short(found: Found, shown: Figures) -> Table:
    years = found.extra["years"]
    mean = shown.number(None if years is None else f"{years:.1f} years", "known/age")
    rows = [
        Row(("Took part", shown["people"], None, None, None)),
        Row(("Mean age", mean, None, shown["known/age"], shown["people/age:"])),
    ]
    for label, key, dimension in LINES:
        value, known = _get(shown, key), shown[f"known/{dimension}"]
        cells = (label, value, _share(value, known), known, shown[f"people/{dimension}:"])
        rows.append(Row(cells, 1 if label.startswith("of these") else 0))
    return Table("In short", COLUMNS, tuple(rows))


def _order(groups, names: dict) -> list[str]:
    known = [one for one in names if one in groups]
    return known + sorted(one for one in groups if one and one not in names)


def _groups(dimension: str, found: Found, shown: Figures) -> Table:
    title, names = TITLES[dimension]
    known = shown[f"known/{dimension}"]
    rows = []
    for group in _order(found.extra["groups"][dimension], names):
        value = shown[f"people/{dimension}:{group}"]
        rows.append(Row((names.get(group, group), value, _share(value, known))))
    rows += [Row(("Known of", known, None)), Row(("Not known", shown[f"people/{dimension}:"], None))]
    return Table(title, GROUP_COLUMNS, tuple(rows))


def _races(found: Found, shown: Figures) -> Table:
    known, rows = shown["known/race"], []
    names = {**RACES, "two": "Two or more"}
    for group in _order(found.extra["groups"]["race"], names):
        value = shown[f"people/race:{group}"]
        others = _get(shown, f"people/with:{group}")
        both = None if group == "two" else HIDDEN if HIDDEN in (value, others) else value + others
        rows.append(Row((names.get(group, group), value, both, _share(value, known))))
    rows += [Row(("Known of", known, None, None)), Row(("Not answered", shown["people/race:"], None, None))]
    return Table("Race and ethnicity, as people describe themselves", RACE_COLUMNS, tuple(rows))


def _several(dimension: str, found: Found, shown: Figures) -> Table:
    title, names, of = SEVERAL[dimension]
    whole = _get(shown, f"people/{of}")
    rows = []
    groups = found.extra["groups"][dimension]
    if not names:
        groups = sorted(groups, key=lambda one: (-found.counts[f"people/{dimension}:{one}"], one))
    for group in _order(groups, names) if names else groups:
        value = shown[f"people/{dimension}:{group}"]
        # What is no code of the list is nobody's to read here; charges are titles.
        rows.append(Row((names.get(group, OTHER) if names else group, value, _share(value, whole))))
    share = Column(
        "Share of those who came by arrest" if dimension == "charge" else "Share of those who have any", "share"
    )
    return Table(title, (*GROUP_COLUMNS[:2], share), tuple(rows))


def _get(shown: Figures, key: str):
    return shown[key] if key in shown.counts else 0


def _share(part, whole):
    if HIDDEN in (part, whole):
        return HIDDEN
    return part / whole if whole else None


def _missing(shown: Figures) -> tuple[str, ...]:
    says = []
    for dimension, words in (
        ("age", "age"), ("gender", "gender"), ("race", "race and ethnicity"), ("living", "where they stayed"),
        ("employment", "work"), ("income", "income"), ("benefits", "benefits"), ("insurance", "insurance"),
    ):  # fmt: skip
        value = shown[f"people/{dimension}:"]
        says.append(f"{words} {'hidden' if value is HIDDEN else value}")
    return (f"Not known: {', '.join(says)}.",)


def _chart(found: Found, shown: Figures) -> Chart:
    bars = []
    for label, key, dimension in LINES:
        value = _get(shown, key)
        share = _share(value, shown[f"known/{dimension}"])
        says = "hidden" if share is HIDDEN else "none known" if share is None else f"{percent(share)}%"
        bars.append(Bar(f"{label.removeprefix('of these, ')}: {says}", share if isinstance(share, float) else None))
    return Chart("Shares of those of whom it is known", "bars", tuple(bars))
