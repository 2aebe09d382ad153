"""A person's papers: kept from a phone or a computer, opened through the walls, removed."""

import logging

from django.contrib import messages
from django.http import JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.files import FileForm, RemoveForm
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core import vault
from lead_cms.core.components import said_errors
from lead_cms.core.keyset import keyset
from lead_cms.core.papers import CONTENT_TYPES, SUFFIXES, MediaType
from lead_cms.core.templatetags.dates import say_when
from participants.actions import files as acting
from participants.actions.reach import NOT_YOURS, knows_in_full
from participants.models import PersonFile

log = logging.getLogger(__name__)
# Whatever a file holds, it is saved and not shown: no script of it runs, no other page takes it in.
ALONE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Accept-Ranges": "none",
}


@require_http_methods(["GET", "POST"])
@requires(Permission.FILES)
def files(request, pk):
    """The papers, newest first, and a form to keep one. A page with script sends it by itself and is answered in JSON."""
    participant = find_person(request, pk)
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    by_script = request.headers.get("X-Requested-With") == "fetch"
    if request.method == "POST":
        by, at = request.membership, timezone.now()
        if form.is_valid() and went(
            request, form,
            lambda: acting.keep_file(key=form.cleaned_data["key"], participant=participant, given=form.sent(), by=by, at=at),
        ):  # fmt: skip
            messages.success(request, "Kept.")
            url = reverse("casefile:files", args=[pk])
            return JsonResponse({"url": url}) if by_script else redirect(url)
        if by_script:
            return JsonResponse({"errors": _errors(form)}, status=400)
    record(AuditAction.FILES_VIEWED, target=participant)
    found = PersonFile.objects.filter(participant=participant).select_related("kept_by", "removed_by")
    page = keyset(request, found, "-kept_at", "-pk")
    context = {
        "participant": participant, "form": form, "page": page, "rows": [_row(one) for one in page.rows],
        "is_open": form.is_bound, "says": NOT_YOURS,
        "in_full": form.is_bound or knows_in_full(participant=participant, by=request.membership),
    }  # fmt: skip
    return render(request, "casefile/files/list.html", context)


def _errors(form: FileForm) -> list[dict]:
    found = [{"says": error, "field": ""} for error in form.non_field_errors()]
    return found + [{"says": says, "field": one.html_name} for one in form for says in said_errors(one)]


def _named(file: PersonFile) -> str:
    return file.title or file.get_kind_display()


def _row(file: PersonFile) -> dict:
    kept = f"Kept {say_when(file.kept_at)} by {file.kept_by.name}"
    if file.removed_at is not None:
        gone = (
            f"Removed {say_when(file.removed_at)} by {file.removed_by.name}: {file.get_removed_why_display().lower()}"
        )
        return {"label": file.get_kind_display(), "hints": [kept, gone], "state": "Removed"}
    return {
        "label": format_html("<bdi>{}</bdi>", _named(file)),
        "url": reverse("casefile:file", args=[file.pk]),
        "hints": [f"{file.get_kind_display()}, {file.get_media_type_display()}, {filesizeformat(file.size)}", kept],
    }


def find_file(request, pk) -> PersonFile:
    """One that the walls let through and that was not removed."""
    found = PersonFile.objects.select_related("participant", "kept_by")
    return get_object_or_404(found, pk=pk, site_id=request.membership.site_id, removed_at=None)


@require_safe
@requires(Permission.FILES)
def file(request, pk):
    """What is known of one paper; to open it is another tap, which is recorded."""
    return _page(request, find_file(request, pk), RemoveForm())


def _page(request, found: PersonFile, form: RemoveForm):
    record(AuditAction.FILE_VIEWED, target=found)
    facts = [
        {"label": "What it is", "value": found.get_kind_display()},
        {"label": "File", "value": f"{found.get_media_type_display()}, {filesizeformat(found.size)}"},
        {"label": "Kept", "value": f"{say_when(found.kept_at)} by {found.kept_by.name}"},
    ]
    context = {"file": found, "title": _named(found), "facts": facts, "form": form}
    return render(request, "casefile/files/file.html", context)


@require_GET
@requires(Permission.FILES)
def file_open(request, pk):
    """The bytes, whole, to be saved. The look is committed before the first of them leaves; a damaged file gives none."""
    found = find_file(request, pk)
    try:
        reading = vault.read(found.pk)
    except vault.Unreadable as error:
        log.error("file %s could not be opened: %s", found.pk, error)
        record(AuditAction.FILE_NOT_READABLE, target=found)
        context = {"file": found, "title": _named(found), "reference": request.id}
        return render(request, "casefile/files/unreadable.html", context, status=409)
    record(AuditAction.FILE_OPENED, target=found)
    media_type = MediaType(found.media_type)
    response = StreamingHttpResponse(reading, content_type=CONTENT_TYPES[media_type], headers=ALONE)
    # Where it is saved, its name tells nobody whose it is or what.
    response["Content-Disposition"] = f'attachment; filename="paper-{found.pk.hex[-8:]}.{SUFFIXES[media_type]}"'
    response["Content-Length"] = found.size
    return response


@require_POST
@requires(Permission.FILES)
def file_remove(request, pk):
    found, form = find_file(request, pk), RemoveForm(request.POST)
    by, at = request.membership, timezone.now()
    if form.is_valid() and went(
        request, form, lambda: acting.remove_file(file=found, why=form.cleaned_data["why"], by=by, at=at)
    ):
        messages.success(request, "Removed. Its file is erased; that there was one stays on record.")
        return redirect("casefile:files", pk=found.participant_id)
    return _page(request, found, form)
