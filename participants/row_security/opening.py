"""What hangs on a person is open to a case manager as the person's own record is.

OPEN_PERSON   asked of what is read: the few closed ones are found once in a statement, not asked for with every row
MAY_SEE       asked of the one row that is written: a person of this site, and not closed
"""

OPEN_PERSON = "participant_id <> all ((select app.closed_people())::uuid[])"
MAY_SEE = "app.may_see_participant(participant_id)"
