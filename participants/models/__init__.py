"""The person, once they have said yes: who they say they are, what they consented to, to whom their record is shut.

Police roles have no right at all on these tables.
"""

from participants.models.closing import EmergencyAccess, NeverTogether, RecordAccess
from participants.models.consent import Consent, ConsentCell, Disclosure
from participants.models.person import Participant, Participation

__all__ = [
    "Consent",
    "ConsentCell",
    "Disclosure",
    "EmergencyAccess",
    "NeverTogether",
    "Participant",
    "Participation",
    "RecordAccess",
]
