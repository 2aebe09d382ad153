"""What an administrator does with sign-ins, memberships and organisations. Nobody does it to themself.

API
    add_user(username=, email=, by=, at=) -> User                     a sign-in that cannot be used yet
    grant_membership(user=, role=, organisation=, name=, …, by=, at=)  -> Membership
    change_membership(membership=, phone=, unit=, badge=, by=, at=)
    end_membership(membership=, ends_at=, by=, at=)
    change_email(user=, email=, by=, at=); stop_sign_in(user=, …); allow_sign_in(user=, …); release_lock(user=, …)
    save_organisation(organisation=None or one, name=, kind=, phone=, by=, at=) -> Organisation
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from lead_cms.access.permissions import Role
from lead_cms.accounts.events import note_elsewhere
from lead_cms.accounts.models import AccountLock, Membership, Organisation, OrganisationKind, User
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState

K = OrganisationKind
# Which organisations may hold a role. Neither police nor a prosecutor's office ever runs a site or its accounts.
HOLDERS: dict[str, frozenset[str]] = {
    Role.OFFICER: frozenset({K.POLICE}),
    Role.LIAISON: frozenset({K.POLICE}),
    Role.PROSECUTOR: frozenset({K.PROSECUTOR}),
    Role.CASE_MANAGER: frozenset({K.CASE_MANAGEMENT}),
    Role.SUPERVISOR: frozenset({K.CASE_MANAGEMENT}),
    Role.COORDINATOR: frozenset({K.PROJECT_MANAGEMENT, K.CASE_MANAGEMENT}),
    Role.REFERRER: frozenset({K.PARTNER}),
    Role.PROVIDER: frozenset({K.PROVIDER}),
    Role.LEGAL_AID: frozenset({K.LEGAL_AID}),
    Role.STAKEHOLDER: frozenset({K.PUBLIC_BODY, K.PARTNER}),
    Role.ADMINISTRATOR: frozenset({K.PROJECT_MANAGEMENT, K.CASE_MANAGEMENT}),
    Role.AUDITOR: frozenset({K.PROJECT_MANAGEMENT, K.CASE_MANAGEMENT, K.PARTNER}),
}
# What an administrator may read of a sign-in; loading any other column is refused by the database.
VISIBLE = ("id", "username", "email", "is_active", "last_login")
ELSEWHERE = "This person signs in at another LEAD site as well, so this cannot be changed here."


@transaction.atomic
def add_user(*, username: str, email: str, by: Membership, at: datetime) -> User:
    """A sign-in whose password only its owner will set."""
    user = User(username=username.strip(), email=email.strip().lower())
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("This sign-in name is taken. Choose another.", field="username") from error
    return user


@transaction.atomic
def grant_membership(
    *,
    user: User,
    role: str,
    organisation: Organisation,
    name: str,
    by: Membership,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    badge: str = "",
    unit: str = "",
    phone: str = "",
) -> Membership:
    """A role at the administrator's own site, for an organisation that may hold it."""
    starts_at = starts_at or at
    if user.pk == by.user_id:
        raise DomainError("Nobody gives themself a role. Another administrator does it.", field="role")
    if organisation.site_id != by.site_id:
        raise DomainError("Choose an organization of your site.", field="organisation")
    if organisation.kind not in HOLDERS[role]:
        kinds = " or ".join(sorted(K(kind).label.lower() for kind in HOLDERS[role]))
        raise DomainError(
            f"The role {Role(role).label.lower()} belongs to an organization of this kind: {kinds}.",
            field="organisation",
        )
    if ends_at is not None and ends_at <= starts_at:
        raise DomainError("The end lies before the start.", field="ends_on")
    same = Membership.objects.filter(user_id=user.pk, role=role, organisation=organisation).current(starts_at)
    if same.exists():
        raise DomainError("This person has this role there already.", field="role")
    membership = Membership(
        user_id=user.pk, site_id=by.site_id, organisation=organisation, role=role, name=name.strip(), badge=badge.strip(),
        unit=unit.strip(), phone=phone.strip(), starts_at=starts_at, ends_at=ends_at,
    )  # fmt: skip
    membership.save(force_insert=True)
    record(AuditAction.MEMBERSHIP_GRANTED, target=membership, role=role, organisation=str(organisation.pk))
    return membership


@transaction.atomic
def change_membership(
    *, membership: Membership, phone: str, unit: str, badge: str, by: Membership, at: datetime
) -> Membership:
    """How colleagues reach a person, and the person's unit and badge; role and organisation are never changed."""
    locked = _locked(membership, by)
    new = {"phone": phone.strip(), "unit": unit.strip(), "badge": badge.strip()}
    changed = [name for name, value in new.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, new[name])
    if changed:
        locked.save(update_fields=changed)
        record(AuditAction.MEMBERSHIP_CHANGED, target=locked, columns=changed)
    return locked


@transaction.atomic
def end_membership(*, membership: Membership, ends_at: datetime, by: Membership, at: datetime) -> Membership:
    """From `ends_at` on it opens nothing. The end may be moved, also to a later day, until it has come."""
    locked = _locked(membership, by)
    if locked.ends_at is not None and locked.ends_at <= at:
        raise StaleState("This role has ended already.")
    if ends_at < at:
        raise DomainError("This lies in the past. End it now, or at a later day.", field="ends_on")
    # One that has not begun ends with its first second.
    locked.ends_at = max(ends_at, locked.starts_at + timedelta(seconds=1))
    locked.save(update_fields=["ends_at"])
    record(AuditAction.MEMBERSHIP_ENDED, target=locked, ends_at=locked.ends_at.isoformat())
    return locked


@transaction.atomic
def change_email(*, user: User, email: str, by: Membership, at: datetime) -> None:
    """Where invitations and new passwords go."""
    _not_oneself(user, by)
    _update_user(user, email=email.strip().lower())
    record(AuditAction.MEMBERSHIP_CHANGED, target=user, columns=["email"])


@transaction.atomic
def stop_sign_in(*, user: User, by: Membership, at: datetime) -> None:
    """From the next request on this sign-in opens nothing, whatever session is still there."""
    _not_oneself(user, by)
    _update_user(user, is_active=False)
    record(AuditAction.SIGN_IN_STOPPED, target=user)


@transaction.atomic
def allow_sign_in(*, user: User, by: Membership, at: datetime) -> None:
    _not_oneself(user, by)
    _update_user(user, is_active=True)
    record(AuditAction.SIGN_IN_ALLOWED, target=user)


@transaction.atomic
def release_lock(*, user: User, by: Membership, at: datetime) -> None:
    """After five failures: the count begins again."""
    _not_oneself(user, by)
    released = AccountLock.objects.filter(user_id=user.pk, locked_at__isnull=False).update(
        failures=0, first_failed_at=None, locked_at=None
    )
    if not released:
        raise StaleState("This sign-in is not locked.")
    record(AuditAction.ACCOUNT_RELEASED, target=user)
    note_elsewhere(AuditAction.ACCOUNT_RELEASED, user=user, by=by, at=at)


@transaction.atomic
def save_organisation(
    *, name: str, kind: str, phone: str, by: Membership, at: datetime, organisation: Organisation | None = None
) -> Organisation:
    """A new organisation of the site, or another name or number for one; its kind stays, because roles rest on it."""
    new = organisation is None
    saved = Organisation(site_id=by.site_id, kind=kind) if new else organisation
    saved.name, saved.phone = name.strip(), phone.strip()
    try:
        with transaction.atomic():
            if new:
                saved.save(force_insert=True)
            else:
                saved.save(update_fields=["name", "phone"])
    except IntegrityError as error:
        raise DomainError("Your site has an organization of this name.", field="name") from error
    record(AuditAction.ORGANISATION_SAVED, target=saved, kind=saved.kind, new=new)
    return saved


def _locked(membership: Membership, by: Membership) -> Membership:
    if membership.pk == by.pk:
        raise DomainError("This is the role you act under. Another administrator changes it.")
    return Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)


def _not_oneself(user: User, by: Membership) -> None:
    if user.pk == by.user_id:
        raise DomainError("This is your own sign-in. Another administrator changes it.")


def _update_user(user: User, **values) -> None:
    if not User.objects.filter(pk=user.pk).update(**values):
        raise DomainError(ELSEWHERE)
