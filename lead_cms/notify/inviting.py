"""Inviting a person: the sign-in, the role and the first message are written together, or none of them.

API
    invite(username=, email=, role=, organisation=, name=, …, by=, at=) -> Membership
    invite_again(user=, by=, at=)
    send_first_password(user, at=)                    for a sign-in that is made in the same transaction
"""

import uuid
from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from lead_cms.access.principals import Duty, Principal, acting_as, current_principal
from lead_cms.accounts.actions import add_user, grant_membership
from lead_cms.accounts.models import Membership, Organisation, User
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import StaleState
from lead_cms.core.jobs import poke_on_commit
from lead_cms.notify.models import EmailKind
from lead_cms.notify.outbox import email as write_email
from lead_cms.notify.tasks import drain


@transaction.atomic
def invite(
    *,
    username: str,
    email: str,
    role: str,
    organisation: Organisation,
    name: str,
    by: Membership,
    at: datetime,
    **more,
) -> Membership:
    """A new person with one role. They choose their first password by a link that works for a day."""
    user = add_user(username=username, email=email, by=by, at=at)
    membership = grant_membership(user=user, role=role, organisation=organisation, name=name, by=by, at=at, **more)
    record(AuditAction.PERSON_INVITED, target=user, role=role)
    send_first_password(user, at=at)
    return membership


@transaction.atomic
def invite_again(*, user: User, by: Membership, at: datetime) -> None:
    """The same message with a new link, as long as no password has been chosen."""
    # The link depends on the password, which no administrator may read: the application reads it, as at sign-in.
    principal = current_principal()
    application = Principal("lead_app", principal.label, user_id=by.user_id, request_id=principal.request_id)
    with acting_as(application):
        invited = User.objects.get(pk=user.pk)
    if invited.has_usable_password():
        raise StaleState("This person has chosen a password. Who forgot it asks for a new one at sign-in.")
    record(AuditAction.PERSON_INVITED, target=invited, again=True)
    send_first_password(invited, at=at)


def send_first_password(user: User, *, at: datetime) -> None:
    """The message with the link; it works for a day and until a password is chosen."""
    token = default_token_generator.make_token(user)
    path = reverse("first-password", args=[urlsafe_base64_encode(force_bytes(user.pk)), token])
    with acting_as(Duty.INVITER):
        write_email([user.pk], key=f"invitation:{uuid.uuid4()}", kind=EmailKind.INVITATION, path=path, at=at)
    poke_on_commit(drain)
