"""Codes of the person's side. `don't know`, `prefers not to answer` and `not collected` are answers, too."""

from django.db import models


class ConsentKind(models.TextChoices):
    CRIMINAL_JUSTICE = "criminal_justice", "Result of the window, to the prosecutor (42 CFR 2.35)"


class ConsentAnswer(models.TextChoices):
    YES = "yes", "Yes"
    NOT_NOW = "not_now", "Not now"
    NO = "no", "No"
    UNWELL = "unwell", "Too unwell to decide"


class SpellState(models.TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    DOOR_OPEN = "door_open", "Door open"


class HowRevoked(models.TextChoices):
    WRITTEN = "written", "In writing"
    SPOKEN = "spoken", "By word of mouth, written up here"


# SPD-15 (2024), one question, every answer that fits; self-reported, never what an officer perceived.
RACES = {
    "aian": "American Indian or Alaska Native",
    "asian": "Asian",
    "black": "Black or African American",
    "hispanic": "Hispanic or Latino",
    "mena": "Middle Eastern or North African",
    "nhpi": "Native Hawaiian or Pacific Islander",
    "white": "White",
}
NO_ANSWER = {"8": "Doesn't know", "9": "Prefers not to answer", "99": "Not collected"}
# What people speak and read; the slip and the consent exist in the first two.
LANGUAGES = {
    "en": "English", "es": "Spanish", "zh": "Chinese", "tl": "Tagalog", "vi": "Vietnamese", "ar": "Arabic",
    "ru": "Russian", "so": "Somali", "am": "Amharic", "ko": "Korean", "fr": "French", "ase": "American Sign Language",
    "other": "Another language",
}  # fmt: skip
WRITTEN = {"en": "English", "es": "Español"}
