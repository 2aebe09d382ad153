"""Forms that are not sent yet: their author's alone, encrypted, gone after 24 hours.

API
    save_draft(by=, at=, key=, fields=) -> Draft | None    the form's key names it; one form, one draft
    drafts_of(by, at), draft_of(by, at, pk)                 what is unfinished, newest first
    drop_draft(by=, key=), drop(by=, pk=)                    sent, or thrown away
"""

import json
import uuid
from datetime import datetime, timedelta

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.core.errors import DomainError
from lead_cms.core.prepared import prepared
from referrals.models import Draft

KEPT = timedelta(hours=24)
MOST_DRAFTS = 20
MOST_BYTES = 20_000


def draft_pk(by: Membership, key: uuid.UUID) -> uuid.UUID:
    """The draft's key, made of its author's and the form's: nobody can aim at another person's."""
    return uuid.uuid5(by.pk, str(key))


@transaction.atomic
def save_draft(*, by: Membership, at: datetime, key: uuid.UUID, fields: dict, kind: str = "referral") -> Draft:
    """Keep what was typed so far; a form too large to be one is refused."""
    if len(json.dumps(fields)) > MOST_BYTES:
        raise DomainError("This is too long to be kept as a draft.")
    pk = draft_pk(by, key)
    draft = Draft(pk=pk, site_id=by.site_id, author=by, kind=kind, fields=fields, saved_at=at, expires_at=at + KEPT)
    if Draft.objects.filter(pk=pk, author=by).exists():
        draft.save(force_update=True, update_fields=["fields", "saved_at", "expires_at"])
    else:
        if Draft.objects.filter(author=by).count() >= MOST_DRAFTS:
            Draft.objects.filter(author=by, expires_at__lte=at).delete()
            oldest = Draft.objects.filter(author=by).order_by("saved_at", "pk").first()
            if oldest is not None:
                oldest.delete()
        draft.save(force_insert=True)
    return draft


def drafts_of(by: Membership, at: datetime) -> list[Draft]:
    """Unfinished forms, newest first."""
    return _drafts(author=by.pk, at=at)


@prepared(author=uuid.UUID, at=datetime)
def _drafts(*, author, at):
    return Draft.objects.filter(author=author, expires_at__gt=at).order_by("-saved_at", "-pk")[:MOST_DRAFTS]


def draft_of(by: Membership, at: datetime, pk: uuid.UUID) -> Draft | None:
    """One of one's own; what is over 24 hours old is gone, whether or not it was swept."""
    return Draft.objects.filter(author=by, expires_at__gt=at, pk=pk).first()


def drop_draft(*, by: Membership, key: uuid.UUID) -> None:
    """The form was sent, or may not be kept."""
    Draft.objects.filter(author=by, pk=draft_pk(by, key)).delete()
