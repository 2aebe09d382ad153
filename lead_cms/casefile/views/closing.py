"""Who may open a record by name, who must not meet, and a closed record in an emergency."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.closing import ApartForm, EmergencyForm, FindOtherForm, StaffForm
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.keyset import keyset
from lead_cms.programs.current import current_ruleset, rules_for
from participants.actions import closing
from participants.actions.persons import likely_matches
from participants.models import EmergencyAccess, NeverTogether, Participant, RecordAccess

MOST = 60


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_CONFIRM)
def staff(request, pk):
    """Case managers to whom this record is opened, or shut, by name."""
    participant, now, me = find_person(request, pk), timezone.now(), request.membership
    team = Membership.objects.current(now).filter(site_id=me.site_id, role=Role.CASE_MANAGER).order_by("name", "pk")
    form = StaffForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if went(request, form, lambda: closing.name_staff(participant=participant, by=me, at=now, **given)):
            messages.success(request, "Written down. It holds from now on.")
            return redirect("casefile:person-staff", pk=pk)
    named = RecordAccess.objects.filter(participant=participant).select_related("membership", "set_by")
    rows = list(named.order_by("ended_at", "-set_at", "-pk")[:MOST])
    record(AuditAction.PERSON_VIEWED, target=participant, what="staff")
    context = {
        "participant": participant, "form": form,
        "named": [row for row in rows if row.ended_at is None],
        "before": [
            {
                "label": f"{row.membership.name}: {row.get_kind_display().lower()}", "at": row.ended_at,
                "note": f"{row.get_reason_display()}. Written down by {row.set_by.name}",
            }
            for row in rows if row.ended_at is not None
        ],
    }  # fmt: skip
    return render(request, "casefile/closing/staff.html", context)


@require_POST
@requires(Permission.CASEWORK_CONFIRM)
def staff_end(request, pk, access_pk):
    participant = find_person(request, pk)
    access = get_object_or_404(RecordAccess, pk=access_pk, participant=participant)
    if went(request, None, lambda: closing.end_staff(access=access, by=request.membership, at=timezone.now())):
        messages.success(request, "Ended. To them the record is now what it is to the team.")
    return redirect("casefile:person-staff", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def apart(request, pk):
    """Whom this person must not meet. Only a supervisor reads who; a case manager may write down, and then asks."""
    participant, me, now = find_person(request, pk), request.membership, timezone.now()
    find, form = FindOtherForm(request.POST or None), None
    if request.method == "POST" and find.is_valid():
        others = _likely(find.cleaned_data["words"], participant)
        form = ApartForm(request.POST if "other" in request.POST or "save" in request.POST else None, others=others,
                         initial={"words": find.cleaned_data["words"]})  # fmt: skip
        if form.is_bound and form.is_valid():
            other = next(one for one in others if str(one.pk) == form.cleaned_data["other"])
            reason = form.cleaned_data["reason"]
            if went(
                request, form,
                lambda: closing.keep_apart(one=participant, other=other, reason=reason, by=me, at=now),
            ):  # fmt: skip
                messages.success(
                    request, "Written down. Whoever would bring them together is told to ask a supervisor."
                )
                return redirect("casefile:person-apart", pk=pk)
        if not others:
            find.add_error("words", "Nobody with a record has a name like this. Check it, or ask your supervisor.")
            form = None
    is_supervisor = me.role == Role.SUPERVISOR
    pairs = _pairs(participant) if is_supervisor else []
    record(AuditAction.PERSON_VIEWED, target=participant, what="apart")
    context = {
        "participant": participant, "find": find, "form": form, "is_supervisor": is_supervisor, "pairs": pairs,
        "has_somebody": closing.has_somebody_to_avoid(participant.pk),
        "may_write": is_supervisor or participant.caseworks.filter(case_manager=me).exists(),
    }  # fmt: skip
    return render(request, "casefile/closing/apart.html", context)


def _likely(words: str, participant: Participant) -> list[Participant]:
    found = likely_matches(words=words, birth_date=None, most=9)
    known = Participant.objects.in_bulk([key for key, _ in found])
    return [known[key] for key, _ in found if key in known and key != participant.pk]


def _pairs(participant: Participant) -> list[dict]:
    found = []
    for side, other in (("first", "second"), ("second", "first")):
        rows = NeverTogether.objects.filter(**{side: participant}, lifted_at=None).select_related(other, "set_by")
        found += [
            {"pair": row, "other": getattr(row, other), "why": row.get_reason_display(), "by": row.set_by.name}
            for row in rows.order_by("-set_at", "-pk")[:MOST]
        ]
    return found


@require_POST
@requires(Permission.CASEWORK_CONFIRM)
def apart_lift(request, pk, pair_pk):
    participant = find_person(request, pk)
    pair = get_object_or_404(NeverTogether, pk=pair_pk, site_id=participant.site_id)
    if went(request, None, lambda: closing.lift(pair=pair, by=request.membership, at=timezone.now())):
        messages.success(request, "Lifted. What was written down stays in the record.")
    return redirect("casefile:person-apart", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def emergency(request):
    """A closed record, opened for the site's minutes with a reason; a supervisor reads who opened what."""
    me, now = request.membership, timezone.now()
    ruleset = current_ruleset(me.site_id, timezone.localdate())
    minutes = rules_for(ruleset).consent.emergency_minutes if ruleset else None
    is_supervisor = me.role == Role.SUPERVISOR
    form = EmergencyForm(request.POST or None) if minutes and not is_supervisor else None
    if request.method == "POST" and form is not None and form.is_valid():
        given, made = form.cleaned_data, []
        if went(
            request, form,
            lambda: made.append(closing.open_in_emergency(minutes=minutes, by=me, at=now, **given)),
        ):  # fmt: skip
            if made[0] is not None:
                messages.success(
                    request, f"Open to you for {minutes} minutes. Your supervisor and the auditor are told."
                )
                return redirect("casefile:person", pk=made[0].participant_id)
            form.add_error(None, closing.NOT_FOUND)
    page = keyset(request, EmergencyAccess.objects.select_related("membership", "participant")
                  if is_supervisor else EmergencyAccess.objects.filter(membership=me), "-granted_at", "-pk")  # fmt: skip
    rows = [
        {
            "row": one, "is_open": one.ended_at is None and one.until_at > now, "by": one.membership if is_supervisor else me,
            "person": one.participant.shown_name if is_supervisor else "",
        }
        for one in page.rows
    ]  # fmt: skip
    context = {"form": form, "minutes": minutes, "page": page, "rows": rows, "is_supervisor": is_supervisor}
    return render(request, "casefile/closing/emergency.html", context)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def emergency_end(request, pk):
    access = get_object_or_404(EmergencyAccess, pk=pk, site_id=request.membership.site_id)
    if went(request, None, lambda: closing.end_emergency(access=access, by=request.membership, at=timezone.now())):
        messages.success(request, "Closed again.")
    return redirect("casefile:emergency")
