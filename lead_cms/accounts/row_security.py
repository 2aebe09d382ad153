"""Colleagues at a site see each other's names and roles; sign-ins are the application's and the administrator's alone."""

from lead_cms.access.permissions import OUTSIDE, Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import (
    ANYTHING,
    APP,
    DEFINER,
    MEMBERSHIP,
    ORGANISATION,
    Policy,
    Rows,
    both,
    definer,
    either,
    my_organisation,
    my_site,
)
from lead_cms.accounts.models import AccountLock, HeldForm, Membership, Organisation, Site, User

# Outside organisations see their own people; everyone else the people of the site.
STAFF = [role for role in Role if role not in OUTSIDE]
SITE_USERS = "id = any (array(select app.site_user_ids()))"
# One site's administrator must not take over a sign-in that opens another site as well.
ONLY_SITE_USERS = "id = any (array(select app.only_site_user_ids()))"

FUNCTIONS = [
    definer(
        "site_user_ids()",
        returns="setof uuid",
        body="select m.user_id from accounts_membership m where m.site_id = app.site_id()",
        to=[Role.ADMINISTRATOR, Role.AUDITOR],
    ),
    definer(
        "only_site_user_ids()",
        returns="setof uuid",
        body="""select m.user_id from accounts_membership m where m.site_id = app.site_id() and not exists (
                  select 1 from accounts_membership o where o.user_id = m.user_id and o.site_id <> m.site_id)""",
        to=[Role.ADMINISTRATOR],
    ),
]

POLICIES = [
    Policy(
        Site,
        select={role: my_site("id") for role in Role}
        | {APP: ANYTHING, DEFINER: ANYTHING, Duty.OPERATOR: ANYTHING, Duty.SCHEDULER: ANYTHING}
        | {Duty.NOTIFIER: Rows(ANYTHING, columns=("id", "time_zone"))},
        insert={Duty.OPERATOR: ANYTHING},
        update={Duty.OPERATOR: ANYTHING},
        audited=("slug", "name", "time_zone"),
    ),
    Policy(
        Organisation,
        select={role: my_site() for role in STAFF}
        | {role: f"id = {ORGANISATION}" for role in OUTSIDE}
        | {APP: ANYTHING, Duty.OPERATOR: ANYTHING},
        insert={Role.ADMINISTRATOR: my_site(), Duty.OPERATOR: ANYTHING},
        update={Role.ADMINISTRATOR: Rows(my_site(), columns=("name", "kind", "phone")), Duty.OPERATOR: ANYTHING},
        audited=("site_id", "name", "kind"),
    ),
    Policy(
        User,
        select={
            APP: ANYTHING,
            Role.ADMINISTRATOR: Rows(SITE_USERS, columns=("id", "username", "email", "is_active", "last_login")),
            # To review access: whether a sign-in is in use, and neither its name nor its address.
            Role.AUDITOR: Rows(SITE_USERS, columns=("id", "is_active", "last_login")),
            Duty.NOTIFIER: Rows(ANYTHING, columns=("id", "email", "is_active")),
            Duty.OPERATOR: ANYTHING,
        },
        # An administrator makes a sign-in that cannot be used until its first password is set by its owner.
        insert={Role.ADMINISTRATOR: "password like '!%'", Duty.OPERATOR: ANYTHING},
        update={
            APP: Rows(ANYTHING, columns=("password", "last_login")),
            Role.ADMINISTRATOR: Rows(ONLY_SITE_USERS, columns=("is_active", "email")),
            Duty.OPERATOR: ANYTHING,
        },
        audited=("is_active",),
    ),
    Policy(
        Membership,
        select={role: my_site() for role in STAFF}
        | {role: my_organisation() for role in OUTSIDE}
        | {
            APP: ANYTHING,
            DEFINER: ANYTHING,
            Duty.OPERATOR: ANYTHING,
            Duty.SCHEDULER: ANYTHING,
            Duty.NOTIFIER: ANYTHING,
        },
        # Nobody gives themself a role or lengthens their own.
        insert={
            Role.ADMINISTRATOR: both(my_site(), "user_id <> (select app.user_id())"),
            Duty.OPERATOR: ANYTHING,
        },
        update={
            Role.ADMINISTRATOR: Rows(
                both(my_site(), f"id <> {MEMBERSHIP}"), columns=("name", "badge", "unit", "phone", "ends_at")
            ),
            Duty.OPERATOR: ANYTHING,
        },
        audited=("user_id", "site_id", "organisation_id", "role", "starts_at", "ends_at"),
    ),
    Policy(
        AccountLock,
        select={APP: ANYTHING, Role.ADMINISTRATOR: "user_id = any (array(select app.site_user_ids()))"},
        insert={APP: ANYTHING},
        update={
            APP: ANYTHING,
            Role.ADMINISTRATOR: Rows(
                "user_id = any (array(select app.site_user_ids()))",
                columns=("failures", "first_failed_at", "locked_at"),
                check=either("locked_at is null"),
            ),
        },
        audited=("user_id", "failures", "locked_at"),
    ),
    Policy(
        HeldForm,
        select={APP: ANYTHING},
        insert={APP: ANYTHING},
        update={APP: ANYTHING},
        delete={APP: ANYTHING},
        audited=("user_id", "path"),
    ),
]
