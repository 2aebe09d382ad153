"""The rows of one referral as casework sees it, each list bounded; the statements are compiled once."""

from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from lead_cms.core.prepared import prepared
from referrals.models import (
    Appointment,
    Attempt,
    CaseHandover,
    Correction,
    HeldCharge,
    Record,
    Referral,
    ReferralOffence,
    WindowEvent,
    WindowItem,
)

MOST = 40  # of tries and events; older ones are counted in the casework row


@prepared(site_id=UUID, pk=UUID)
def page_rows(*, site_id, pk):
    """The referral with its one-to-one rows joined, and three short lists in columns."""
    mine = {"referral": OuterRef("pk")}
    corrections = Correction.objects.filter(**mine).order_by("made_at", "pk")
    records = Record.objects.filter(**mine).order_by("begun_at", "pk")
    usual_way = ReferralOffence.objects.filter(**mine, is_held=False).order_by("code", "pk")
    found = Referral.objects.filter(pk=pk, site_id=site_id, casework__isnull=False).select_related(
        "person", "casework__participant", "casework__case_manager", "window", "handoff__acknowledged_by", "outreach",
        "private_talk", "officer", "agency", "approval",
    )  # fmt: skip
    return found.annotate(
        corrections_made=ArraySubquery(
            corrections.values(line=JSONObject(field=F("field"), text=F("text"), day=F("made_at__date")))
        ),
        records_begun=ArraySubquery(records.values(line=JSONObject(kind=F("kind"), done_on=F("done_on")))),
        usual_way=ArraySubquery(usual_way.values("title")),
    )


@prepared(window=UUID)
def item_rows(*, window):
    return WindowItem.objects.filter(window=window).select_related("typed_by", "confirmed_by")


@prepared(window=UUID)
def event_rows(*, window):
    found = WindowEvent.objects.filter(window=window).select_related("recorded_by", "new_referral")
    found = found.only(
        "kind", "happened_on", "recorded_at", "window_id", "recorded_by__name", "new_referral__reference"
    )  # fmt: skip
    return found.order_by("-happened_on", "-recorded_at", "-pk")[:MOST]


@prepared(referral=UUID)
def attempt_rows(*, referral):
    found = Attempt.objects.filter(referral=referral).select_related("tried_by")
    found = found.only("kind", "outcome", "place", "place_until_at", "tried_at", "tried_by__name")
    return found.order_by("-tried_at", "-pk")[:MOST]


@prepared(referral=UUID)
def appointment_rows(*, referral):
    return Appointment.objects.filter(referral=referral).order_by("-at", "-pk")[:20]


@prepared(referral=UUID)
def charge_rows(*, referral):
    return HeldCharge.objects.filter(referral=referral).order_by("code", "pk")


@prepared(referral=UUID)
def handover_rows(*, referral):
    """The last change of case manager, with its note where row security gives it."""
    found = CaseHandover.objects.filter(referral=referral).select_related("to", "former", "assigned_by", "note")
    return found.order_by("-assigned_at", "-pk")[:1]
