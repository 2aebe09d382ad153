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
    NOT_KNOWN = "not_known", "Room not known"


class Weekday(models.IntegerChoices):
    """As Python counts: Monday is 0."""

    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class Method(models.TextChoices):
    """How a service is asked. Only the first reaches staff who sign in."""

    HERE = "here", "Here, in their inbox"
    TELEPHONE = "telephone", "By telephone"
    IN_PERSON = "in_person", "In person"


class AskStatus(models.TextChoices):
    SENT = "sent", "Waits for an answer"
    WAITLIST = "waitlist", "On the waiting list"
    ACCEPTED = "accepted", "Accepted"
    ATTENDED = "attended", "Attended"
    COMPLETED = "completed", "Ended"
    PROVIDER_DECLINED = "provider_declined", "Provider declined"
    PERSON_DECLINED = "person_declined", "Person declined"
    CALLED_OFF = "called_off", "Called off"


A = AskStatus
# The whole life of what a service is asked.
TRANSITIONS: dict[AskStatus, frozenset[AskStatus]] = {
    A.SENT: frozenset({A.ACCEPTED, A.WAITLIST, A.PROVIDER_DECLINED, A.PERSON_DECLINED, A.CALLED_OFF}),
    A.WAITLIST: frozenset({A.ACCEPTED, A.PROVIDER_DECLINED, A.PERSON_DECLINED, A.CALLED_OFF}),
    A.ACCEPTED: frozenset({A.ATTENDED, A.PROVIDER_DECLINED, A.PERSON_DECLINED, A.CALLED_OFF}),
    A.ATTENDED: frozenset({A.COMPLETED}),
    A.COMPLETED: frozenset(),
    A.PROVIDER_DECLINED: frozenset(),
    A.PERSON_DECLINED: frozenset(),
    A.CALLED_OFF: frozenset(),
}
OPEN = tuple(status for status, onward in TRANSITIONS.items() if onward)
CLOSED = tuple(status for status, onward in TRANSITIONS.items() if not onward)
# What a provider may say, and in which order the page offers it; calling off is the case manager's.
ANSWERS = (A.ACCEPTED, A.WAITLIST, A.ATTENDED, A.COMPLETED, A.PROVIDER_DECLINED, A.PERSON_DECLINED)


class Result(models.TextChoices):
    """HUD HMIS 4.20.D, referral result (FY 2026); the words are ours."""

    ACCEPTED = "1", "1: the person accepted, and the provider"
    PERSON_DECLINED = "2", "2: the person declined"
    PROVIDER_DECLINED = "3", "3: the provider declined"


RESULT_OF: dict[AskStatus, str] = {
    A.ACCEPTED: Result.ACCEPTED, A.ATTENDED: Result.ACCEPTED, A.COMPLETED: Result.ACCEPTED,
    A.PERSON_DECLINED: Result.PERSON_DECLINED, A.PROVIDER_DECLINED: Result.PROVIDER_DECLINED,
}  # fmt: skip


class NotAvailable(models.TextChoices):
    """Why no service could take a person; the same list answers why a provider declined."""

    NO_SUCH_SERVICE = "no_such_service", "There is no such service"
    FULL = "full", "Full"
    INELIGIBLE = "ineligible", "The person does not fit its conditions"
    COST = "cost", "Cost"
    TRANSPORT = "transport", "Transport"
    ID = "id", "ID or documents are missing"
    INSURANCE = "insurance", "Insurance"
    ABSTINENCE = "abstinence", "It asks for abstinence"


# A provider that is asked is there: the first code is not its to give.
DECLINE_REASONS = [choice for choice in NotAvailable.choices if choice[0] != NotAvailable.NO_SUCH_SERVICE]
