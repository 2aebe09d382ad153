"""Lists that the officer's forms share: groups as an officer perceives them."""

from django.db.models import TextChoices


class PerceivedRace(TextChoices):
    """The seven groups of OMB Directive 15 (2024), as seen by an officer; what a person says of themself stands apart."""

    AIAN = "aian", "American Indian or Alaska Native"
    ASIAN = "asian", "Asian"
    BLACK = "black", "Black or African American"
    HISPANIC = "hispanic", "Hispanic or Latino"
    MENA = "mena", "Middle Eastern or North African"
    NHPI = "nhpi", "Native Hawaiian or Pacific Islander"
    WHITE = "white", "White"
    NOT_KNOWN = "not_known", "Could not tell"


class PerceivedGender(TextChoices):
    WOMAN = "woman", "Woman"
    MAN = "man", "Man"
    OTHER = "other", "Another"
    NOT_KNOWN = "not_known", "Could not tell"
