"""A code to quote that says nothing about the person, the day or the site."""

import secrets

# Letters and digits that nobody mistakes for another, read over a bad line.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


def new_reference() -> str:
    """A code to quote that says nothing; one of 27^8."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
