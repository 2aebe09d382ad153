"""The address of a record that was put together with the person's other one leads to that one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from lead_cms.access.permissions import CASEWORK
from participants.actions.merging import kept_record

LED_ON = "This person had two records. They are one now, and this is it."
# What is only ever added to a record goes on to the kept one as it was sent: a note that is typed is never stopped.
SENT_ON = frozenset({"casefile:note-new", "casefile:note-keep"})


class KeptRecord:
    """Asks only where nothing was found, so that no page pays for it. Row security answers for the kept record."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        match, membership = request.resolver_match, getattr(request, "membership", None)
        key = match.kwargs.get("pk") if match is not None else None
        if not isinstance(exception, Http404) or not isinstance(key, UUID) or membership is None:
            return None
        # The pages of an account stand in no app's name and act under no membership: nothing may be asked there.
        if not match.namespace:
            return None
        kept = kept_record(key) if membership.role in CASEWORK else None
        if kept is None:
            return None
        url = reverse(match.view_name, kwargs=match.kwargs | {"pk": kept})
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        if request.method in {"GET", "HEAD"} or match.view_name in SENT_ON:
            if request.method == "GET":
                messages.info(request, LED_ON)
            return redirect(url + query, preserve_request=request.method == "POST")
        return _not_saved(request, kept, url)


def _not_saved(request, kept: UUID, url: str):
    """Sent about the other record from a page of before: nothing is written over unseen, and nothing typed is lost."""
    typed = [
        {"label": name.replace("_", " ").capitalize(), "value": value}
        for name, values in request.POST.lists()
        for value in values
        if value.strip() and name != "csrfmiddlewaretoken"
    ]
    context = {"kept": kept, "url": url, "typed": typed}
    return render(request, "casefile/merging/not_saved.html", context, status=409)
