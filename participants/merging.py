"""Which keys lead to a person, and which of them a merge moves: read from the models of every app, so that none is forgotten.

API
    keys() -> [Key]            every column of every table that names a person
    moved() -> [Key]           those that a merge moves; the others are in STAYS, each with its reason, or in BY_HAND
    families() -> [Family]     rows that go back together or not at all
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import UniqueConstraint

from participants.models import Merge, Participant

# "app.Model.field": why a merge leaves it where it is.
STAYS: dict[str, str] = {
    "participants.LikelyPair.first": "which two records looked alike does not change; a pair with one put away is not shown",
    "participants.LikelyPair.second": "which two records looked alike does not change; a pair with one put away is not shown",
    "participants.Consent.participant": "what was signed stays as it was signed, for the record it was signed for",
    "participants.ConsentCell.participant": "each yes opens what hung on the record it was signed for, and nothing more",
    "participants.Merge.kept": "which records were put together does not change when one of them is put together again",
    "participants.Merge.left": "which records were put together does not change when one of them is put together again",
}
# A pair is written in an order of its own, and nobody is kept apart from themselves: the function moves both ends.
BY_HAND = frozenset({"participants.NeverTogether.first", "participants.NeverTogether.second"})
# Whose referral it is says who was referred; what was done on it since does not change that.
ALWAYS_BACK = "referrals_casework"


@dataclass(frozen=True)
class Key:
    """One column that names a person."""

    model: type[models.Model]
    field: models.ForeignKey

    @property
    def name(self) -> str:
        return f"{self.model._meta.app_label}.{self.model.__name__}.{self.field.name}"

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def column(self) -> str:
        return self.field.column

    @property
    def is_one_at_a_time(self) -> bool:
        """Whether a constraint may refuse the kept record a second row: then the kept record's row stands."""
        rules = self.model._meta.constraints
        single = [
            one
            for one in rules
            if isinstance(one, UniqueConstraint) and (one.expressions or self.field.name in one.fields)
        ]
        is_pair = sum(field.related_model is Participant for field in self.model._meta.concrete_fields) > 1
        return bool(single) or self.field.unique or is_pair


@dataclass(frozen=True)
class Family:
    """`child.child_column` names the parent's `parent_column`: a step its goal, an addition its note."""

    child: Key
    child_column: str
    parent: Key
    parent_column: str = "id"


@cache
def keys() -> list[Key]:
    found = [
        Key(model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Participant
    ]
    return sorted(found, key=lambda key: key.name)


@cache
def moved() -> list[Key]:
    return [key for key in keys() if key.name not in STAYS and key.name not in BY_HAND]


@cache
def families() -> list[Family]:
    """Of the tables that are moved: a child with its parent, and two that hang on one row (an inquiry and its lines)."""
    own = [key for key in moved() if key.model is not Participant and key.table != ALWAYS_BACK]
    return [
        one for child in own for parent in own if child.model is not parent.model for one in _between(child, parent)
    ]


def _between(child: Key, parent: Key) -> Iterator[Family]:
    singles = {one.related_model: one.column for one in _links(parent) if isinstance(one, models.OneToOneField)}
    for link in _links(child):
        if link.related_model is parent.model:
            yield Family(child, link.column, parent)
        elif link.related_model in singles and link.related_model not in {one.model for one in keys()}:
            yield Family(child, link.column, parent, singles[link.related_model])


def _links(key: Key) -> list[models.ForeignKey]:
    """Its keys to rows of the domain that are no person, membership or site."""
    apps_of_rows = {one.model._meta.app_label for one in keys()}
    return [
        field for field in key.model._meta.concrete_fields
        if field.is_relation and field.related_model not in (Participant, Merge)
        and field.related_model._meta.app_label in apps_of_rows
    ]  # fmt: skip
