"""Expressions that the framework has no words for."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Func


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
