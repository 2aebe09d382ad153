"""Screening: ten to fifteen minutes in private, what cannot wait."""

from referrals.questions.base import IN_WORDS, Question, QuestionForm, Section
from referrals.questions.codes import REACH, TONIGHT, YES_NO

SCREENING = QuestionForm(
    "screening",
    "Screening",
    "What cannot wait, in ten to fifteen minutes.",
    (
        Section(
            "safety",
            "Right now",
            (
                Question("overdose_risk", "Worried about an overdose in the next days", YES_NO),
                Question("naloxone_given", "Naloxone given today", YES_NO),
                Question("withdrawal", "Feels sick, or expects to, from going without", YES_NO),
                Question("injury", "Hurt or ill, needs to be seen", YES_NO),
                Question("suicidality", "Thinking about suicide", YES_NO, hint="Yes: stay, and call 988 together."),
                Question("pregnancy", "Pregnant, or may be", YES_NO),
                Question("children", "Children who depend on them today", YES_NO, hint="Yes or no. No names."),
                Question("violence", "Afraid of somebody, or made to do something", YES_NO, hint="No names."),
            ),
        ),
        Section(
            "tonight",
            "Tonight",
            (
                Question("needs", "What is needed tonight", TONIGHT, many=True),
                Question("safe_place", "Has a safe place to be tonight", YES_NO),
                Question("tonight_words", "Anything else for tonight", hint=IN_WORDS),
            ),
        ),
        Section(
            "contact",
            "Keeping in touch",
            (
                Question("reach", "What is a safe way to reach them", REACH, many=True),
                Question("reach_words", "Where and when, as they put it", hint="Places and times. No names needed."),
                Question("interpreter", "Wants an interpreter", YES_NO),
                Question("veteran", "Served in the armed forces", YES_NO),
            ),
        ),
    ),
)
