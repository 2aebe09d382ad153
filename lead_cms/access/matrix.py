"""Role × permission × rows, as a page for a security officer; docs/permissions.md is this text."""

from collections.abc import Iterator

from lead_cms.access.permissions import ROLE_PERMISSIONS, Permission, Role
from lead_cms.access.principals import APP_DUTIES, Duty
from lead_cms.access.row_security import VERBS, all_policies, db_role

WORDS = {
    "(select app.membership_id())": "me",
    "(select app.organisation_id())": "my organization",
    "(select app.site_id())": "my site",
    "(select app.user_id())": "my sign-in",
    "(select app.request_id())": "this request",
}


def text() -> str:
    """The whole matrix as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Who may do what, to which rows"
    yield ""
    yield "Printed by `manage.py access_matrix`; a test compares this file with the code, and other tests the code with the"
    yield "database. A permission opens a page or a deed (403 without it). Rows are kept by PostgreSQL's row-level security:"
    yield "a row that is not listed for a role does not exist for it (404). A role that is not named has no right at all."
    yield ""
    yield "## Permissions"
    yield ""
    yield "| Permission | " + " | ".join(role.label for role in Role) + " |"
    yield "|---|" + "---|" * len(Role)
    for permission in Permission:
        marks = ["yes" if permission in ROLE_PERMISSIONS[role] else "" for role in Role]
        yield f"| {permission.value} | " + " | ".join(marks) + " |"
    yield ""
    yield "## Rows"
    for role in Role:
        yield from _rows(role.label, db_role(role))
    yield ""
    yield "## Duties"
    yield ""
    yield "Work that is nobody's own. The web process may take the first three, only the worker's login the others."
    for duty in sorted(Duty, key=lambda duty: (duty not in APP_DUTIES, duty.value)):
        yield from _rows(duty.value.capitalize(), db_role(duty))
    yield from _rows("The web process itself, before it knows who asks", "lead_app")


def _rows(title: str, role: str) -> Iterator[str]:
    yield ""
    yield f"### {title}"
    yield ""
    yield "| Table | May | Rows | Columns |"
    yield "|---|---|---|---|"
    for policy in all_policies():
        for verb in VERBS:
            for named, other, rows in policy.entries():
                if named == verb and other == role:
                    where = _words(rows.where) + (f"; leaving it {_words(rows.check)}" if rows.check else "")
                    yield f"| {policy.table} | {verb} | {where} | {', '.join(rows.columns) or 'all'} |"


def _words(predicate: str) -> str:
    for sql, word in WORDS.items():
        predicate = predicate.replace(sql, word)
    return "every row" if predicate == "true" else f"`{predicate.replace('|', ' or ')}`"
