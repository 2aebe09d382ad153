"""A form that was being sent when the session ended is kept, encrypted, and offered back to the same person."""

from django.utils import timezone

from lead_cms.accounts.models import HeldForm

MOST_BYTES = 100_000
NEVER_KEPT = {"csrfmiddlewaretoken", "password"}


def hold(request) -> bool:
    """Keep what `request` was posting; whether anything was kept. Files and passwords are not."""
    fields = {key: request.POST.getlist(key) for key in request.POST if key not in NEVER_KEPT}
    if not fields or len(request.body) > MOST_BYTES:
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
