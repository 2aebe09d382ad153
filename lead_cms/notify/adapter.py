"""The sign-in package's mail goes by the outbox, without a name and outside the request."""

import uuid
from urllib.parse import urlsplit

from django.utils import timezone

from lead_cms.accounts.adapter import AccountAdapter as Base
from lead_cms.core.jobs import poke_on_commit
from lead_cms.notify.models import EmailKind
from lead_cms.notify.outbox import email as write_email
from lead_cms.notify.tasks import drain


class AccountAdapter(Base):
    def send_mail(self, template_prefix, email, context):
        """Only a new password is ever mailed; a name that does not exist is told nothing."""
        user, link = context.get("user"), context.get("password_reset_url")
        if user is not None and link:
            path = urlsplit(link).path
            write_email([user.pk], key=f"reset:{uuid.uuid4()}", kind=EmailKind.RESET, path=path, at=timezone.now())
            poke_on_commit(drain)
