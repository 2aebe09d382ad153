"""The code lists that questions are answered with, each with its system and version.

HUD: HMIS Data Standards FY2026, the codes as published, the words in person-first language. What people say of themselves
is answered by the lists of participants.selfreport.
"""

from participants import codes as monthly
from participants.enums import NO_ANSWER
from participants.selfreport import DISABILITY, GENDER, RACE, SEX, YES_NO, CodeList
from referrals.questions.base import local

__all__ = ["DISABILITY", "GENDER", "RACE", "SEX", "YES_NO"]


def hud(number: str, *options: tuple[str, str]) -> CodeList:
    return CodeList(f"HUD HMIS {number}", "FY2026", options)


# The same codes as the monthly picture's. Before entry there is no "other" and no worker who could not tell.
_ANSWERED = [option for option in monthly.LIVING.choices if option[0] not in NO_ANSWER]
CURRENT_LIVING = hud("4.12", *_ANSWERED)
PRIOR_LIVING = hud("3.917", *(option for option in _ANSWERED if option[0] not in {"17", "37"}))
LENGTH_OF_STAY = hud(
    "3.917.2",
    ("10", "One night or less"),
    ("11", "Two to six nights"),
    ("2", "One week or more, less than one month"),
    ("3", "One month or more, less than 90 days"),
    ("4", "90 days or more, less than one year"),
    ("5", "One year or longer"),
)
TIMES_UNHOUSED = hud(
    "3.917.4", ("1", "One time"), ("2", "Two times"), ("3", "Three times"), ("4", "Four or more times")
)
HEALTH = hud("R7.1", ("1", "Excellent"), ("2", "Very good"), ("3", "Good"), ("4", "Fair"), ("5", "Poor"))
EMPLOYMENT = hud("R6.A", ("1", "Full-time"), ("2", "Part-time"), ("3", "Seasonal, sporadic or day labor"))
NOT_EMPLOYED = hud("R6.B", ("1", "Looking for work"), ("2", "Unable to work"), ("3", "Not looking for work"))
LAST_GRADE = hud(
    "R4.1",
    ("1", "Less than grade 5"),
    ("2", "Grades 5 to 6"),
    ("3", "Grades 7 to 8"),
    ("4", "Grades 9 to 11"),
    ("5", "Grade 12"),
    ("6", "School without grade levels"),
    ("7", "GED"),
    ("10", "Some college"),
    ("11", "Associate’s degree"),
    ("12", "Bachelor’s degree"),
    ("13", "Graduate degree"),
    ("14", "Vocational certification"),
)
INCOME = hud("4.02", *monthly.INCOME.choices)
BENEFITS = hud("4.03", *monthly.BENEFITS.choices)
INSURANCE = hud("4.04", *monthly.INSURANCE.choices)
TONIGHT = local(
    ("shelter", "A place to sleep"),
    ("food", "Food"),
    ("clothing", "Clothing"),
    ("phone", "A phone, or to charge one"),
    ("medication", "Medication"),
    ("documents", "ID or papers"),
    ("transport", "A ride"),
    ("none", "Nothing tonight"),
)
REACH = local(
    ("call", "Call"),
    ("message", "Leave a voice message"),
    ("in_person", "Meet in person"),
    ("trusted", "Leave word with somebody they trust"),
    ("place", "Leave word at a place they go to"),
)
DOCUMENTS = local(
    ("state_id", "State ID"),
    ("driver", "Driver license"),
    ("birth", "Birth certificate"),
    ("tribal", "Tribal ID"),
    ("benefit", "Benefit or insurance card"),
    ("none", "None"),
)
SUPPORT_WITH = local(
    ("alcohol", "Alcohol"),
    ("opioids", "Opioids, fentanyl among them"),
    ("stimulants", "Methamphetamine, cocaine or other stimulants"),
    ("sedatives", "Benzodiazepines or other sedatives"),
    ("cannabis", "Cannabis"),
    ("tobacco", "Tobacco"),
    ("other", "Something else"),
    ("none", "None: no support wanted with this"),
)
OVERDOSE_PLAN = local(
    ("naloxone", "Carries naloxone"),
    ("not_alone", "Somebody is there, or a phone line is on"),
    ("test", "Checks with test strips"),
    ("none", "No plan yet"),
)
LEGAL_HELP = local(
    ("court_dates", "Keeping court dates"),
    ("warrant", "Clearing a warrant"),
    ("supervision", "Probation or parole"),
    ("fines", "Fines and fees"),
    ("record", "Clearing or sealing a record"),
    ("civil", "Housing, family or benefits law"),
    ("none", "None now"),
)
# The transtheoretical model, as case managers of the field use it.
STAGE = local(
    ("1", "Not thinking about it now"),
    ("2", "Thinking about it"),
    ("3", "Getting ready"),
    ("4", "Doing something about it"),
    ("5", "Keeping it going"),
)
