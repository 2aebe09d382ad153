"""Contact notes: written in 20 seconds on a phone, kept as they are typed, signed, added to."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.caseload import RemarkForm
from lead_cms.casefile.forms.notes import AddendumForm, NoteForm, as_typed, opened_now
from lead_cms.casefile.notepage import facts_of, may_be_told, note_row, texts_of, title_of, with_lines
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.keyset import keyset
from lead_cms.core.templatetags.dates import say_time
from participants.actions import notes as acting
from participants.actions.reviews import review_note
from participants.models import ContactNote, NoteAddendum, NoteReview, Participant

MOST_ADDENDA = 50


def find_note(request, pk) -> ContactNote:
    found = ContactNote.objects.select_related("participant", "author")
    return get_object_or_404(found, pk=pk, site_id=request.membership.site_id)


@require_safe
@requires(Permission.NOTES)
def notes(request, pk):
    """Every contact with a person, newest first; of the texts the line to share alone."""
    participant = find_person(request, pk)
    record(AuditAction.NOTES_VIEWED, target=participant)
    page = keyset(request, with_lines(ContactNote.objects.filter(participant=participant)), "-happened_at", "-pk")
    rows = [note_row(note, request.membership) for note in page.rows]
    return render(request, "casefile/notes/list.html", {"participant": participant, "page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTES)
def note_new(request, pk):
    """A new note. Nothing is made until something was typed; one that waits for a signature is gone on with."""
    participant = find_person(request, pk)
    if request.method == "GET" and "another" not in request.GET:
        waiting = ContactNote.objects.filter(participant=participant, author=request.membership, signed_at=None)
        if (begun := waiting.order_by("-saved_at", "-pk").first()) is not None:
            return redirect("casefile:note-write", pk=begun.pk)
    marks = opened_now()
    return _write(request, participant, None, initial=marks | {"note": marks["page"]})


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTES)
def note_write(request, pk):
    """One's own note that is not signed yet; any other is read instead."""
    note = find_note(request, pk)
    if note.signed_at is not None or note.author_id != request.membership.pk:
        return redirect("casefile:note", pk=pk)
    return _write(request, note.participant, note, initial=as_typed(note, texts_of(note)) | opened_now())


def _write(request, participant: Participant, note: ContactNote | None, *, initial: dict):
    form, other = NoteForm(request.POST or None, initial=initial), {}
    if request.method == "POST" and form.is_valid():
        by, at = request.membership, timezone.now()
        try:
            note = _keep(form, participant, by=by, at=at)
        except acting.WrittenElsewhere as error:
            form.add_error(None, str(error))
            note = find_note(request, form.cleaned_data["note"])
            other = {"note": note, "texts": texts_of(note), "title": title_of(note)}
            form.data = form.data.copy()
            form.data["opened"] = at.isoformat()  # they have been told: the next time it is theirs that is kept
        except DomainError as error:
            form.say_refusal(error)
        else:
            if "sign" not in request.POST:
                messages.success(request, "Kept. Sign it when it is done.")
                return redirect("casefile:person", pk=participant.pk)
            if went(request, form, lambda: acting.sign_note(note=note, by=by, at=at)):
                messages.success(request, "Signed. Nothing of it changes any more; you can add to it.")
                return redirect("casefile:person", pk=participant.pk)
    context = {
        "participant": participant, "form": form, "note": note, "other": other,
        "told": may_be_told(participant.pk), "saved_at": note.saved_at if note and not other else None,
        "more": bool({"happened_at", "place", "minutes", "domains"} & (set(form.errors) | _filled(form))),
    }  # fmt: skip
    return render(request, "casefile/notes/write.html", context)


def _filled(form: NoteForm) -> set[str]:
    return {name for name in ("place", "minutes", "domains") if form[name].value()}


def _keep(form: NoteForm, participant: Participant, *, by, at) -> ContactNote:
    held = ContactNote.objects.filter(pk=form.cleaned_data["note"]).first()
    return acting.keep_note(
        key=form.cleaned_data["note"], participant=participant,
        given=form.written(held.happened_at if held else at), page=form.page_of(), by=by, at=at,
    )  # fmt: skip


@require_POST
@requires(Permission.NOTES)
def note_keep(request, pk):
    """The page keeps what is typed by itself; what cannot be read yet (half a date) is left for later."""
    participant = find_person(request, pk)
    form, now = NoteForm(request.POST), timezone.now()
    form.is_valid()
    if {"note", "page"} & set(form.errors):
        return JsonResponse({"says": "This page is damaged. Open it again from Today."}, status=400)
    if form.cleaned_data.get("happened_at") and form.cleaned_data["happened_at"] > now:
        form.add_error("happened_at", acting.TO_COME)
    try:
        _keep(form, participant, by=request.membership, at=now)
    except StaleState as error:
        return JsonResponse({"says": str(error)}, status=409)
    except DomainError as error:
        return JsonResponse({"says": str(error)}, status=400)
    left = [form.fields[name].label for name in form.errors if name in form.fields]
    says = f"Saved {say_time(now)}"
    return JsonResponse({"says": f"{says}, except: {', '.join(left)}" if left else says})


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTES)
def note(request, pk):
    """One note: each text as far as the reader may read it, and what was added."""
    found, by = find_note(request, pk), request.membership
    is_read = "read" in request.POST  # by a supervisor, with a line to the author or without
    remark = RemarkForm(request.POST if is_read else None)
    form = AddendumForm(request.POST if request.method == "POST" and not is_read else None)
    if is_read and remark.is_valid():
        line = remark.cleaned_data["remark"]
        if went(request, remark, lambda: review_note(note=found, remark=line, by=by, at=timezone.now())):
            messages.success(request, "Read. The author is told of your line." if line else "Read.")
            return redirect("casefile:note-reviews") if _is_back(request) else redirect("casefile:note", pk=pk)
    elif form.is_valid():
        given = form.cleaned_data
        if went(request, form, lambda: acting.add_to_note(note=found, by=by, at=timezone.now(), **given)):
            messages.success(request, "Added.")
            return redirect("casefile:note", pk=pk)
    record(AuditAction.NOTE_VIEWED, target=found)
    texts = texts_of(found)
    reviews = list(NoteReview.objects.filter(note=found).select_related("read_by").order_by("read_at", "pk"))
    is_team = by.role == "supervisor" and found.signed_at is not None and found.author_id != by.pk
    context = {
        "note": found, "title": title_of(found), "facts": facts_of(found), "texts": texts, "form": form,
        "addenda": NoteAddendum.objects.filter(note=found).select_related("added_by").order_by("added_at", "pk")[:MOST_ADDENDA],
        "reviews": reviews, "is_back": _is_back(request),
        "remark": remark if is_team and all(one.read_by_id != by.pk for one in reviews) else None,
        "may_add": found.signed_at is not None and ("detail" in texts or found.author_id == by.pk or by.role == "supervisor"),
    }  # fmt: skip
    return render(request, "casefile/notes/note.html", context)


def _is_back(request) -> bool:
    """Whether one came from the list of notes to read."""
    return request.GET.get("back") == "team"


@require_POST
@requires(Permission.NOTES)
def note_throw_away(request, pk):
    """An unsigned note of one's own, begun for the wrong person, say."""
    found = find_note(request, pk)
    person = reverse("casefile:person", args=[found.participant_id])
    if went(request, None, lambda: acting.throw_away(note=found, by=request.membership)):
        messages.success(request, "The note is gone.")
    return redirect(person)
