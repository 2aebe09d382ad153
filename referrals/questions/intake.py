"""Intake: who the person is and where they stand, as they say it."""

from referrals.questions import codes
from referrals.questions.base import IN_WORDS, Question, QuestionForm, Section
from referrals.questions.codes import YES_NO

INTAKE = QuestionForm(
    "intake",
    "Intake",
    "Who the person is and where they stand, as they say it themselves.",
    (
        Section(
            "explained",
            "What was explained",
            (
                Question("explained", "What LEAD is, and that it can be left at any time, was explained", YES_NO),
                Question("rights", "What is kept, who sees it, and how to complain was explained", YES_NO),
            ),
        ),
        Section(
            "about",
            "About them",
            (
                Question("race", "Race and ethnicity, every answer that fits", codes.RACE, many=True),
                Question("sex", "Sex, for federal reports", codes.SEX),
                Question("gender", "Gender, every answer that fits", codes.GENDER, many=True),
                Question("gender_words", "Gender, in their own words"),
                Question("veteran", "Served in the armed forces", YES_NO),
                Question("disabling", "A condition that makes it hard to live or work", YES_NO),
                Question("disabilities", "Which kinds, if they want to say", codes.DISABILITY, many=True),
            ),
        ),
        Section(
            "household",
            "Household",
            (
                Question("children_with", "Children live with them", YES_NO),
                Question("dependants", "How many people depend on them", is_count=True),
                Question("pets", "A pet that comes along", YES_NO),
            ),
        ),
        Section(
            "living",
            "Where they stay",
            (
                Question("current", "Where they stayed last night", codes.CURRENT_LIVING),
                Question("prior", "Where they stayed before that", codes.PRIOR_LIVING),
                Question("length", "How long there", codes.LENGTH_OF_STAY),
                Question("times", "Times without a home in the past three years", codes.TIMES_UNHOUSED),
            ),
        ),
        Section(
            "income",
            "Income, benefits, insurance",
            (
                Question("any_income", "Has income", YES_NO),
                Question("income", "From where", codes.INCOME, many=True),
                Question("any_benefits", "Has benefits that are not cash", YES_NO),
                Question("benefits", "Which", codes.BENEFITS, many=True),
                Question("insured", "Has health insurance", YES_NO),
                Question("insurance", "Which", codes.INSURANCE, many=True),
            ),
        ),
        Section(
            "papers",
            "Papers",
            (
                Question("documents", "Papers they have in hand", codes.DOCUMENTS, many=True),
                Question("wants_help", "Wants help getting papers", YES_NO),
            ),
        ),
        Section(
            "legal",
            "Court and supervision",
            (
                Question("open_cases", "Has court dates coming up in other cases", YES_NO),
                Question("warrants", "Has a warrant to clear", YES_NO),
                Question("supervision", "Is on probation or parole", YES_NO),
                Question("legal_words", "What would help", hint=f"{IN_WORDS} Not what happened: what is needed."),
            ),
            says="Only what is needed to help with dates and warrants. Nobody is asked what they did.",
        ),
    ),
)
