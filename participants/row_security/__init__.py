"""The person's own tables: casework at their site, nobody else; others are told only what a consent in force opens.

How another organisation's policy asks, always for the acting membership's own organisation and at this very moment:
    app.consented(participant, class)        may it be told this class of this person
    app.known_to_me(participant)             any class at all; app.person_for_me(participant) is then who they are
    app.consented_people(class)              the persons of one class, for `participant_id = any (array(select ...))`
Where two records of one person were put together, `participant` is the one that the row hung on when it was written,
`app.hung_on(id, participant_id)`: no consent opens what hung on the other.
Revoked, replaced or past its end is no, in the second it happens: each asks `clock_timestamp()`, and no job is waited for.
"""

from participants.row_security.alike import FUNCTIONS as OF_LIKENESS
from participants.row_security.alike import POLICIES as OF_PAIRS
from participants.row_security.files import POLICIES as OF_FILES
from participants.row_security.finding import LAST_LETTER, OPERATOR_COST, like, likeness_settings, named
from participants.row_security.functions import FUNCTIONS as OF_ALL
from participants.row_security.legal import POLICIES as OF_COURT
from participants.row_security.legal_aid import FUNCTIONS as OF_LAWYERS
from participants.row_security.legal_aid import POLICIES as OF_LEGAL_AID
from participants.row_security.merging import POLICIES as OF_MERGING
from participants.row_security.merging import completed
from participants.row_security.months import POLICIES as OF_MONTHS
from participants.row_security.notes import POLICIES as OF_NOTES
from participants.row_security.plan import POLICIES as OF_THE_PLAN
from participants.row_security.policies import POLICIES as OF_THE_PERSON
from participants.row_security.reach import POLICIES as OF_REACHING
from participants.row_security.review import POLICIES as OF_REVIEWS
from participants.row_security.seen import POLICIES as OF_SIGHTINGS

POLICIES = [
    *OF_THE_PERSON,
    *OF_NOTES,
    *OF_COURT,
    *OF_THE_PLAN,
    *OF_SIGHTINGS,
    *OF_FILES,
    *OF_REACHING,
    *OF_MONTHS,
    *OF_LEGAL_AID,
    *OF_REVIEWS,
    *OF_MERGING,
    *OF_PAIRS,
]
FUNCTIONS = [*OF_ALL, *OF_LAWYERS, *OF_LIKENESS]

__all__ = ["FUNCTIONS", "LAST_LETTER", "OPERATOR_COST", "POLICIES", "completed", "like", "likeness_settings", "named"]
