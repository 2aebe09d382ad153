"""Assessment: the whole person, so that the plan is theirs."""

from referrals.questions import codes
from referrals.questions.base import IN_WORDS, Question, QuestionForm, Section
from referrals.questions.codes import STAGE, YES_NO

ASSESSMENT = QuestionForm(
    "assessment",
    "Assessment",
    "The whole person, in as many meetings as it takes.",
    (
        Section(
            "housing",
            "Housing",
            (
                Question("own_home", "Has had a home of their own", YES_NO),
                Question("obstacles", "Something stands in the way of renting", YES_NO),
                Question("housing_words", "What a good place would be", hint=IN_WORDS),
            ),
        ),
        Section(
            "health",
            "Health",
            (
                Question("general", "Health in general", codes.HEALTH),
                Question("doctor", "Has a doctor or clinic", YES_NO),
                Question("medication", "Takes medication", YES_NO),
                Question("health_words", "Conditions, medication, allergies they want us to know", hint=IN_WORDS),
            ),
        ),
        Section(
            "mind",
            "Mental health",
            (
                Question("mental_general", "Mental health in general", codes.HEALTH),
                Question("mental_support", "Has somebody to talk to about it", YES_NO),
                Question("mental_wants", "Wants support with it", YES_NO),
            ),
        ),
        Section(
            "substance",
            "Substance use",
            (
                Question("support_with", "Wants support with", codes.SUPPORT_WITH, many=True),
                Question("overdose_ever", "Has lived through an overdose", YES_NO),
                Question("plan", "How they keep safe", codes.OVERDOSE_PLAN, many=True),
                Question("treatment", "Has been in treatment", YES_NO),
                Question("moud", "Takes medication for opioid use disorder", YES_NO),
                Question("moud_wants", "Wants to hear about medication", YES_NO),
                Question("substance_words", "What has helped before", hint=IN_WORDS),
            ),
            says="For support and safety. Nobody is asked to admit anything, or where anything came from.",
        ),
        Section(
            "safety",
            "Safety and hard experiences",
            (
                Question("safe", "Feels safe where they stay", YES_NO),
                Question("trauma_support", "Wants support after something hard", YES_NO),
            ),
            says="Only if they want to. No names, no details.",
        ),
        Section(
            "law",
            "Court and legal help",
            (Question("legal_help", "Wants help with", codes.LEGAL_HELP, many=True),),
            says="Nobody is asked what they did.",
        ),
        Section(
            "work",
            "Work, school, money",
            (
                Question("employed", "Has work", YES_NO),
                Question("employment", "If so, what kind", codes.EMPLOYMENT),
                Question("not_employed", "If not, why", codes.NOT_EMPLOYED),
                Question("grade", "Last grade completed", codes.LAST_GRADE),
                Question("debts", "Debts or fines weigh on them", YES_NO),
                Question("skills_words", "Skills, and work they would like", hint=IN_WORDS),
            ),
        ),
        Section(
            "people",
            "People and strengths",
            (
                Question("support", "Has people they can count on", YES_NO),
                Question("children_contact", "Wants help with contact to children", YES_NO),
                Question("strengths_words", "Strengths, hopes, culture, faith", hint=IN_WORDS),
            ),
        ),
        Section(
            "change",
            "Where they stand, and what would make life better",
            (
                Question("stage_housing", "Housing", STAGE),
                Question("stage_health", "Health", STAGE),
                Question("stage_substance", "Substance use", STAGE),
                Question("stage_work", "Work or income", STAGE),
                Question("better_words", "What would make life better", hint=IN_WORDS),
            ),
        ),
    ),
)
