"""Codes of the directory: needs, capacity, days of the week."""

from django.db import models


class Need(models.TextChoices):
    """What a person needs; one list for plans, notes, services and referrals to them."""

    BASIC = "basic_needs", "Basic needs, food"
    HOUSING = "housing", "Shelter, housing"
    DOCUMENTS = "documents", "ID, documents"
    INCOME = "income", "Income, benefits"
    WORK = "work", "Work, education"
    HEALTH = "health", "Physical health"
    MENTAL_HEALTH = "mental_health", "Mental health"
    SUBSTANCE_USE = "substance_use", "Substance use, MOUD"
    OVERDOSE = "overdose", "Overdose prevention"
    INFECTION = "infection", "Infectious-disease prevention"
    LEGAL = "legal", "Legal, court, warrants"
    FAMILY = "family", "Family, relationships"
    TRANSPORT = "transport", "Transport"
    SAFETY = "safety", "Safety"


class Capacity(models.TextChoices):
    OPEN = "open", "Has room"
    WAITLIST = "waitlist", "Waiting list"
    FULL = "full", "Full"
    NOT_KNOWN = "not_known", "Not known"


class Weekday(models.IntegerChoices):
    """As Python counts: Monday is 0."""

    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"
