"""How the equity report is laid out: one table a dimension and side of the line."""

from lead_cms.reports.enums import GROUPS, Dimension
from lead_cms.reports.measures.base import Asked, Found, Laid
from lead_cms.reports.measures.ratios import Ratio, apart, nested
from lead_cms.reports.tables import HIDDEN, Bar, Chart, Column, Figures, Row, Table

NOT_SUPPLIED = "not supplied"
SEEN, OWN = "as the officer perceived it", "as people describe themselves"
COMPLETED_BY = {
    "window_met": "everything that the window required was done inside it",
    "not_filed_completed": "the prosecutor did not file because it was completed",
}


def lay_out(asked: Asked, found: Found, shown: Figures) -> Laid:
    names = {one: dict(GROUPS[one]) for one in GROUPS}
    names[Dimension.PRECINCT] = {one.code: one.name for one in asked.rules.precincts or ()} if asked.rules else {}
    tables, dimensions = [], (Dimension.RACE, Dimension.AGE, Dimension.GENDER, Dimension.PRECINCT)
    for dimension in dimensions:
        tables.append(_before(dimension, names[dimension], found, shown))
    for dimension in dimensions:
        tables.append(_after(dimension, names[dimension], found, shown))
    return Laid(
        tuple(tables),
        _chart(names[Dimension.RACE], found, shown),
        missing=_missing(found, shown),
        notes=(completion(asked),),
    )


def completion(asked: Asked) -> str:
    """What "completed" means here, in the site's own words where it has any, and how it was counted."""
    by = COMPLETED_BY[asked.completed_by]
    words = asked.rules.value("completion.definition") if asked.rules else None
    if words is None:
        return f"Definition of completion: not published by the site. Counted here: {by}."
    return f"Definition of completion, by the site’s rules: {words} Counted here: {by}."


def _order(groups, names) -> list[str]:
    known = [one for one in [*names, "two"] if one in groups]
    return known + sorted(one for one in groups if one not in known and one) + [one for one in groups if not one]


def _name(group: str, names: dict, unknown: str) -> str:
    return {"two": "Two or more", "": unknown}.get(group) or names.get(group, group)


def _interval(ratio) -> str | object | None:
    if ratio is HIDDEN or ratio is None:
        return ratio
    return None if ratio.low is None else f"{ratio.low:.2f} to {ratio.high:.2f}"


def _ratio(of, *values):
    return HIDDEN if any(value is HIDDEN for value in values) else of(*values)


def _value(ratio):
    return ratio.value if isinstance(ratio, Ratio) else ratio


def _before(dimension, names, found: Found, shown: Figures) -> Table:
    groups, supplied = found.extra["groups"]["perceived", dimension], found.extra["supplied"].get(dimension)
    rows = []
    for group in _order({*groups, *(supplied or ())}, names):
        end = f"/{dimension}:{group}"
        offered, accepted = _get(shown, f"offered{end}"), _get(shown, f"accepted{end}")
        given = NOT_SUPPLIED if supplied is None else _get(shown, f"supplied{end}")
        first = (
            None
            if supplied is None
            else _ratio(apart, offered, given, shown["offered"], shown[f"supplied/{dimension}"])
        )
        second = _ratio(nested, accepted, offered, shown["accepted"], shown["offered"])
        rows.append(
            Row(
                (
                    _name(group, names, "Could not tell, or not recorded"),
                    given,
                    offered,
                    _share(offered, shown["offered"]),
                    _value(first),
                    _interval(first),
                    accepted,
                    _share(accepted, shown["accepted"]),
                    _value(second),
                    _interval(second),
                )
            )  # fmt: skip
        )
    total = NOT_SUPPLIED if supplied is None else shown[f"supplied/{dimension}"]
    rows.append(Row(("All", total, shown["offered"], None, None, None, shown["accepted"], None, None, None)))
    columns = (
        Column("Group", "text"), Column("Supplied"), Column("Offered"), Column("Share of offered", "share"),
        Column("Ratio to supplied", "ratio"), Column("95% interval (supplied)", "text"), Column("Accepted"),
        Column("Share of accepted", "share"), Column("Ratio to offered", "ratio"), Column("95% interval (offered)", "text"),
    )  # fmt: skip
    side = "" if dimension == Dimension.PRECINCT else f", {SEEN}"
    return Table(f"Offered and accepted: {dimension.label.lower()}{side}", columns, tuple(rows))


def _after(dimension, names, found: Found, shown: Figures) -> Table:
    groups, of_race = found.extra["groups"]["own", dimension], dimension == Dimension.RACE
    rows = []
    for group in _order(groups, names):
        end = f"/{dimension}:{group}"
        intake, completed = shown[f"intake{end}"], shown[f"completed{end}"]
        ratio = _ratio(nested, completed, intake, shown["completed"], shown["intake"])
        cells = [intake, _share(intake, shown["intake"]), completed, _share(completed, shown["completed"])]
        if of_race:
            cells[1:1] = [_combined(shown, "intake", group)]
            cells[4:4] = [_combined(shown, "completed", group)]
        rows.append(Row((_name(group, names, "Not answered"), *cells, _value(ratio), _interval(ratio))))
    pad = (None,) if of_race else ()
    rows.append(Row(("All", shown["intake"], *pad, None, shown["completed"], *pad, None, None, None)))
    alone = ", alone" if of_race else ""
    both = [Column("Intake, alone or in combination"), Column("Completed, alone or in combination")] if of_race else []
    columns = (
        Column("Group", "text"), Column(f"Intake done{alone}"), *both[:1], Column("Share of intake", "share"),
        Column(f"Completed{alone}"), *both[1:], Column("Share of completed", "share"), Column("Ratio to intake", "ratio"),
        Column("95% interval", "text"),
    )  # fmt: skip
    side = "" if dimension == Dimension.PRECINCT else f", {OWN}"
    return Table(f"Intake done and completed: {dimension.label.lower()}{side}", columns, tuple(rows))


def _get(shown: Figures, key: str):
    return shown[key] if key in shown.counts else 0


def _share(part, whole):
    if part is HIDDEN or whole is HIDDEN:
        return HIDDEN
    return part / whole if whole else None


def _combined(shown: Figures, stage: str, group: str):
    """Everybody who named the group, alone or with others; of "two or more" and no answer there is no such number."""
    if group in {"", "two"}:
        return None
    alone, others = shown[f"{stage}/race:{group}"], _get(shown, f"{stage}/with:{group}")
    return HIDDEN if alone is HIDDEN or others is HIDDEN else alone + others


def _missing(found: Found, shown: Figures) -> tuple[str, ...]:
    says = []
    for stage, words in (
        ("offered", "Offers without a group that the officer could tell"),
        ("intake", "People with an intake who gave no answer, or were not asked"),
    ):  # fmt: skip
        parts = []
        for dimension in (Dimension.RACE, Dimension.AGE, Dimension.GENDER, Dimension.PRECINCT):
            value = _get(shown, f"{stage}/{dimension}:")
            parts.append(f"{dimension.label.lower()} {'hidden' if value is HIDDEN else value}")
        says.append(f"{words}: {', '.join(parts)}.")
    return tuple(says)


def _chart(names, found: Found, shown: Figures) -> Chart:
    bars = []
    for group in _order(found.extra["groups"]["perceived", Dimension.RACE], names):
        offered, accepted = shown[f"offered/race:{group}"], shown[f"accepted/race:{group}"]
        ratio = _ratio(nested, accepted, offered, shown["accepted"], shown["offered"])
        label = _name(group, names, "Not recorded")
        if isinstance(ratio, Ratio) and ratio.low is not None:
            bars.append(Bar(f"{label}: {ratio.value:.2f}, n {offered}", ratio.value, ratio.low, ratio.high))
        elif ratio is HIDDEN:
            bars.append(Bar(f"{label}: hidden", None))
    return Chart(
        "Accepted against offered, by race and ethnicity as perceived", "ratios", tuple(bars), 1, "equal share"
    )
