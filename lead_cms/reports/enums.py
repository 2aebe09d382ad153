"""What groups people are counted by, and the forms a report can take."""

from django.db import models

from participants import selfreport


class Dimension(models.TextChoices):
    RACE = "race", "Race and ethnicity"
    AGE = "age", "Age"
    GENDER = "gender", "Gender"
    PRECINCT = "precinct", "Precinct"
    ALL = "all", "All"


class Form(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"
    PDF = "pdf", "PDF"


CONTENT_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PDF: "application/pdf",
}
# Lower ends of the age bands; the first group lies below the first of them.
AGES = (18, 25, 35, 45, 55, 65)
AGE_BANDS = {
    "0": "Under 18", "1": "18 to 24", "2": "25 to 34", "3": "35 to 44", "4": "45 to 54", "5": "55 to 64",
    "6": "65 and over",
}  # fmt: skip
RACES = dict(selfreport.RACE.options)
GENDERS = {"woman": "Woman", "man": "Man", "other": "Another"}
NOT_KNOWN = ""
GROUPS = {Dimension.RACE: RACES, Dimension.AGE: AGE_BANDS, Dimension.GENDER: GENDERS}
