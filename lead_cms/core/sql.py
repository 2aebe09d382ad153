"""Expressions that the framework has no words for."""

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Func, IntegerField, UUIDField, Value


class AnyOf(Func):
    """`key = any (array(select …))`: the keys are found first, once, and an index takes it from there.

    As `key in (select …)` they would be joined last, after the many joins of a row (join_collapse_limit).
    """

    output_field = BooleanField()
    arg_joiner = " = any "
    template = "%(expressions)s"


class Keys(ArraySubquery):
    """The array of AnyOf: of a queryset of one column."""

    template = "(array(%(subquery)s))"


class KeyList(Func):
    """Keys that are known, for AnyOf: one value, so that the statement is the same for any number."""

    template = "(%(expressions)s)"

    def __init__(self, keys):
        super().__init__(Value(keys, output_field=ArrayField(UUIDField())))


class UpTo(ArraySubquery):
    """How many rows a queryset of one column has, counted no further than its slice: an index answers, and it has an end."""

    template = "cardinality(array(%(subquery)s))"

    @property
    def output_field(self):
        return IntegerField()
