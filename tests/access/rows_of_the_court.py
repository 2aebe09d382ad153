"""Rows of the court page and of legal aid: a person given to a lawyer, under a consent that stands or ("past") does not."""

from datetime import UTC, date, datetime

from lead_cms.access.permissions import Role
from participants import models as participants

NOW, DAY = datetime(2026, 10, 20, 9, tzinfo=UTC), date(2026, 10, 20)
CLASS = "legal_coordination"


def legal_cell(where, n: int) -> str:
    """As it stands in the matrix of a consent."""
    return f"{where.person(Role.LEGAL_AID, n).organisation_id}:{CLASS}"


def add_court(add, where, n: int, person, by, consent) -> None:
    add(participants.LegalEvent, participant=person, kind="hearing", on=DAY, source="person", recorded_at=NOW,
        recorded_by=by)  # fmt: skip
    if consent is None:
        return
    lawyer = where.person(Role.LEGAL_AID, n)
    organisation = lawyer.organisation
    add(participants.ConsentCell, consent=consent, participant=person, organisation=organisation, kind="multi_party",
        information_class=CLASS, organisation_kind="legal_aid")  # fmt: skip
    add(participants.Disclosure, whose="lawyer", consent=consent, what=CLASS, to_membership=lawyer,
        to_organisation_id=organisation.pk, purpose="p", notice_version="v")  # fmt: skip
    given = add(participants.LegalAidGiven, participant=person, lawyer=lawyer, given_at=NOW, given_by=by)
    add(participants.PrivilegedNote, participant=person, given=given, author=lawyer, text="t", written_at=NOW)
