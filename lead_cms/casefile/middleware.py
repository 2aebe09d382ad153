"""Where nothing was found: the address of a record that was put away leads on, and nothing that was typed is lost."""

import re
from uuid import UUID

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lead_cms.access.permissions import CASEWORK
from participants.actions.merging import kept_record

LED_ON = "This person had two records. They are one now, and this is it."
TWO_ARE_ONE = "This person’s two records are one now. What you typed is kept on this phone: save it, and it goes there."
# What is only ever added to a record goes on to the kept one as it was sent: a note that is typed is never stopped.
SENT_ON = frozenset({"casefile:note-new", "casefile:note-keep"})
# Sent by the page, not by whoever typed.
OF_THE_PAGE = frozenset(
    {"csrfmiddlewaretoken", "seen", "seen_digest", "shown", "opened", "back", "confirmed", "review", "save"}
)


class NothingFound:
    """Asks only where nothing was found, so that no page pays for it. Row security answers for the kept record.

    What was sent stands on the page again, whether or not there is anything at the address: it tells nothing but what
    whoever sent it knows.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        match, membership = request.resolver_match, getattr(request, "membership", None)
        # The pages of an account stand in no app's name and act under no membership: nothing may be asked there.
        if not isinstance(exception, Http404) or match is None or not match.namespace or membership is None:
            return None
        if membership.role not in CASEWORK:
            return None
        key = match.kwargs.get("pk")
        kept = kept_record(key) if isinstance(key, UUID) else None
        if kept is None:
            return _not_saved(request, {}, status=404) if _typed(request) else None
        # What a page keeps by itself follows no redirect.
        if request.method == "POST" and request.headers.get("X-Requested-With") == "fetch":
            return JsonResponse({"says": TWO_ARE_ONE}, status=409)
        url = reverse(match.view_name, kwargs=match.kwargs | {"pk": kept})
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        if request.method in {"GET", "HEAD"} or match.view_name in SENT_ON:
            if request.method == "GET":
                messages.info(request, LED_ON)
            return redirect(url + query, preserve_request=request.method == "POST")
        # Sent about the other record from a page of before: nothing is written over unseen.
        return _not_saved(request, {"kept": kept}, status=409)


def _not_saved(request, context: dict, *, status: int):
    return render(request, "casefile/not_saved.html", context | {"typed": _typed(request)}, status=status)


def _typed(request) -> list[dict]:
    """What stood in the fields of the form; none for a page that was only opened."""
    return [
        {"label": name.replace("_", " ").capitalize(), "value": value}
        for sent, values in request.POST.lists()
        for name in [re.sub(r"_\d$", "", sent.rpartition("-")[2])]  # one form of several, one part of a moment
        for value in values
        if value.strip() and name not in OF_THE_PAGE and not _is_key(value)
    ]


def _is_key(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
