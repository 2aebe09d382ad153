"""The supervisor's pages beside the board: what waits, one tap to ask about it, notes to read, people reached and served."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile import waiting
from lead_cms.casefile.caseload import WEEK_DAYS
from lead_cms.casefile.forms.caseload import SinceForm
from lead_cms.casefile.lists import MOST
from lead_cms.casefile.notepage import note_row, with_lines
from lead_cms.casefile.served import served as count_served
from lead_cms.casefile.today.case_manager import rules_of_site, since_of
from lead_cms.casefile.views.asking import find_referral, went
from lead_cms.core.keyset import keyset
from participants.models import ContactNote, NoteReview
from referrals.actions.nudging import nudge as ask
from referrals.enums import NudgeAbout
from referrals.models import Casework

REVIEW_DAYS, SERVED_DAYS = 14, 90  # what the pages begin with; another day is chosen there


@require_safe
@requires(Permission.CASELOADS)
def team_waiting(request):
    """Three short lists, each with one tap to ask about it."""
    me, now, today = request.membership, timezone.now(), timezone.localdate()
    rules = rules_of_site(me.site_id, today)
    load = rules.caseload if rules else None
    days = load.unsigned_days if load else None
    found = {
        NudgeAbout.WINDOW: waiting.ending(me.site_id, since_of(rules, today), today + timedelta(days=WEEK_DAYS + 1)),
        NudgeAbout.NOTE: [] if days is None else waiting.unsigned(me.site_id, now - timedelta(days=days)),
        NudgeAbout.CONTACT: waiting.untouched(me.site_id, rules, now, today),
    }
    nudged = waiting.nudged_today(me.site_id, today)
    context = {
        "lists": [
            {
                "title": title, "none": none, "rows": waiting.rows_of(about, found[about], nudged, me, today),
                "has_more": len(found[about]) > MOST,
            }
            for about, (title, none) in _titles(load).items()
        ],
    }  # fmt: skip
    return render(request, "casefile/caseload/waiting.html", context)


def _titles(load) -> dict:
    notes, touch = (load.unsigned_days, load.out_of_touch_days) if load else (None, None)
    unset = "The site’s rules do not say after how many days."
    return {
        NudgeAbout.WINDOW: (f"Windows ending within {WEEK_DAYS} days", "None."),
        NudgeAbout.NOTE: ("Notes not signed", unset)
        if notes is None
        else (f"Notes not signed for {notes} day{'' if notes == 1 else 's'}", "None."),
        NudgeAbout.CONTACT: ("No contact for long", unset)
        if touch is None
        else (f"No contact for {touch} days", "None. Who is set as inactive is not asked about."),
    }


@require_POST
@requires(Permission.CASELOADS)
def nudge(request, pk, about):
    """Ask whoever looks after a referral; from the lists, and back to them."""
    referral = find_referral(request, pk)
    if about not in (NudgeAbout.WINDOW, NudgeAbout.CONTACT):
        raise Http404
    if referral.casework.is_sealed:
        messages.warning(request, "Of a sealed record nobody is told anything.")
        return redirect("casefile:team-waiting")
    return _asked(request, about, referral.pk, referral.casework.case_manager)


@require_POST
@requires(Permission.CASELOADS)
def nudge_note(request, pk):
    """Ask the author of a note to sign it."""
    note = get_object_or_404(ContactNote.objects.select_related("author"), pk=pk, site_id=request.membership.site_id)
    if note.signed_at is not None:
        messages.info(request, "This note is signed by now.")
        return redirect("casefile:team-waiting")
    return _asked(request, NudgeAbout.NOTE, note.pk, note.author)


def _asked(request, about: str, subject, to):
    if went(request, None, lambda: ask(about=about, subject=subject, to=to, by=request.membership, at=timezone.now())):
        messages.success(request, f"{to.name} reads on Today that you ask.")
    return redirect("casefile:team-waiting")


@require_safe
@requires(Permission.CASELOADS)
def note_reviews(request):
    """Signed notes of others that no supervisor has read, newest first."""
    me, today = request.membership, timezone.localdate()
    form, page = SinceForm(request.GET, today=today, days=REVIEW_DAYS), None
    if form.is_valid():
        begins = timezone.make_aware(datetime.combine(form.cleaned_data["since"], time.min))
        read = NoteReview.objects.filter(note=OuterRef("pk"))
        sealed = Casework.objects.filter(participant=OuterRef("participant_id"), is_sealed=True)
        notes = ContactNote.objects.filter(
            ~Exists(read), ~Exists(sealed), site_id=me.site_id, signed_at__gte=begins, participant__is_restricted=False
        ).exclude(author=me)  # fmt: skip
        page = keyset(request, with_lines(notes.select_related("participant")), "-signed_at", "-pk")
    rows = [_note_row(note, me) for note in page.rows] if page else []
    return render(request, "casefile/caseload/reviews.html", {"form": form, "page": page, "rows": rows})


def _note_row(note: ContactNote, me) -> dict:
    row = note_row(note, me)
    return row | {"label": f"{note.participant.shown_name}: {row['label'].lower()}", "url": f"{row['url']}?back=team"}


@require_safe
@requires(Permission.CASELOADS)
def team_served(request):
    """People reached and served, by whom, in alphabetical order."""
    me, today = request.membership, timezone.localdate()
    form, context = SinceForm(request.GET, today=today, days=SERVED_DAYS), {}
    if form.is_valid():
        team, together = count_served(me.site_id, form.cleaned_data["since"], today + timedelta(days=1), me.site.tz)
        context = {
            "columns": ["Case manager", {"label": "People reached", "num": True}, {"label": "People served", "num": True}],
            "rows": [[one.name, one.reached, one.served] for one in (*team, together)],
        }  # fmt: skip
    return render(request, "casefile/caseload/served.html", context | {"form": form})
