"""The person, once they have said yes: who they say they are, what they consented to, to whom their record is shut, the
notes of each contact, which two records may be one person, what happens at court, where they were last seen, their papers,
how they lived month by month.

Police roles have no right at all on these tables.
"""

from participants.models.alike import LikelyPair
from participants.models.closing import EmergencyAccess, NeverTogether, RecordAccess
from participants.models.consent import Consent, ConsentCell, Disclosure
from participants.models.demographics import Demographics
from participants.models.file import PersonFile
from participants.models.legal import LegalEvent
from participants.models.legal_aid import LegalAidGiven, PrivilegedNote
from participants.models.line import ShiftLine
from participants.models.merge import Merge, MovedRow
from participants.models.month import PersonMonth
from participants.models.note import ContactNote, CounsellingNote, NoteAddendum, NoteDetail, NoteLine
from participants.models.person import Participant, Participation
from participants.models.plan import Goal, GoalReview, GoalStep
from participants.models.reach import ReachPlace, TrustedPerson
from participants.models.review import NoteReview
from participants.models.seen import LastSeen

__all__ = [
    "Consent",
    "ConsentCell",
    "ContactNote",
    "CounsellingNote",
    "Demographics",
    "Disclosure",
    "EmergencyAccess",
    "Goal",
    "GoalReview",
    "GoalStep",
    "LastSeen",
    "LegalAidGiven",
    "LegalEvent",
    "Merge",
    "MovedRow",
    "LikelyPair",
    "NeverTogether",
    "NoteAddendum",
    "NoteDetail",
    "NoteLine",
    "NoteReview",
    "Participant",
    "Participation",
    "PersonFile",
    "PrivilegedNote",
    "ReachPlace",
    "PersonMonth",
    "RecordAccess",
    "TrustedPerson",
    "ShiftLine",
]
