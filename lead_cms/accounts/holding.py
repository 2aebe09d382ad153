"""A form that was being sent when the session ended is kept, encrypted, and offered back to the same person."""

from datetime import timedelta
from uuid import UUID

from django.http.request import RawPostDataException
from django.utils import timezone

from lead_cms.accounts.models import HeldForm

MOST_BYTES = 100_000
NEVER_KEPT = {"csrfmiddlewaretoken", "password"}
KEPT_FOR = timedelta(hours=24)  # as long as a draft
# The field that says: this is a held form, sent again. Its value is the held form's key.
MARK = "held_form"


def is_by_itself(request) -> bool:
    """What a page sends by itself is a draft and not a form that somebody sent; the page holds it."""
    return request.headers.get("X-Requested-With") == "fetch"


def hold(request) -> bool:
    """Keep what `request` was posting; whether anything was kept. Files and passwords are not."""
    if is_by_itself(request) or _size(request) > MOST_BYTES:
        return False
    fields = {key: request.POST.getlist(key) for key in request.POST if key not in NEVER_KEPT | {MARK}}
    if not fields:
        return False
    HeldForm.objects.update_or_create(
        user_id=request.user.pk,
        defaults={
            "path": request.get_full_path()[:300],
            "fields": fields,
            "held_at": timezone.now(),
            "membership_id": request.session.get("membership_id"),
        },
    )
    return True


def _size(request) -> int:
    try:
        return len(request.body)
    except RawPostDataException:  # the token was looked for in it already
        return int(request.META.get("CONTENT_LENGTH") or 0)


def held_by(user_id, *, at) -> HeldForm | None:
    """What is kept for this person and not yet a day old."""
    return HeldForm.objects.filter(user_id=user_id, held_at__gt=at - KEPT_FOR).first()


def let_go(user_id, key: str = "") -> None:
    """Forget what is kept: all of it, or the form with this key once it has arrived."""
    held = HeldForm.objects.filter(user_id=user_id)
    if key:
        try:
            held = held.filter(pk=UUID(key))
        except ValueError:
            return
    held.delete()
