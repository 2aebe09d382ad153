"""What is said of a person in lists of facts, on whichever page: who they are, their number, where they are found."""

from lead_cms.core.addresses import address
from lead_cms.core.templatetags.dates import say_phone, say_when
from participants.enums import LANGUAGES
from participants.models import Participant


def who(one: Participant) -> list[dict]:
    """Names and what goes with them, in the person's own words."""
    born = f"About {one.age_about}" if one.age_about is not None else ""
    if one.birth_date:
        born = f"{one.birth_date:%B} {one.birth_date.day}, {one.birth_date.year}"
    edit = address("casefile:person-edit", one.pk)
    return [
        {"label": "Wants to be called", "value": one.chosen_name, "change_url": edit, "missing": "By their name"},
        {"label": "Name", "value": f"{one.given_name} {one.family_name}".strip()},
        {"label": "Street names", "value": ", ".join(one.street_names), "missing": "None"},
        {"label": "Other names", "value": ", ".join(one.aliases), "missing": "None"},
        {"label": "Birth date or age", "value": born},
        {"label": "Language", "value": LANGUAGES.get(one.language, one.language)},
        {"label": "Pronouns", "value": one.pronouns},
    ]


def number(one: Participant) -> list[dict]:
    """Their number, and what may be done with it."""
    change = address("casefile:person-phone", one.pk)
    rows = [{"label": "Number", "value": say_phone(one.phone) if one.phone else "", "change_url": change}]
    if one.phone:
        rows += [
            {"label": "Texts", "value": "They said texts are safe" if one.may_text else "No texts"},
            {"label": "Voice message", "value": "May be left" if one.may_leave_message else "Leave none"},
            {"label": "Who else reads it", "value": one.others_read_phone, "missing": "Nobody, as far as said"},
        ]
    return rows


def where(one: Participant) -> dict:
    """Every place where they are found, in one line."""
    return {
        "label": "Usually found", "value": one.where_to_reach, "change_label": "where they are usually found",
        "change_url": address("casefile:person-reach", one.pk),
    }  # fmt: skip


def last_seen(one: Participant) -> dict:
    """Of a person with `seen_place` and `seen_at`."""
    return {
        "label": "Last seen", "value": f"{one.seen_place}, {say_when(one.seen_at)}" if one.seen_place else "",
        "change_url": address("casefile:seen", one.pk), "missing": "Not known now",
    }  # fmt: skip
