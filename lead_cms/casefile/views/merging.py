"""Somebody who has two records: found, looked at side by side, put together, taken apart again."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.person import SearchForm
from lead_cms.casefile.mergepage import MergedPage, MergePage, apart_days, say_list
from lead_cms.casefile.views.asking import went
from lead_cms.casefile.views.consents import find_person
from lead_cms.core.errors import DomainError
from lead_cms.core.templatetags.dates import say_day
from participants.actions import merging
from participants.actions.persons import ALIKE, CLOSE, likely_matches
from participants.models import Merge, Participant

MOST = 12


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def person_twice(request, pk):
    """Who may be the same person: those alike by name or birth date, or whoever is looked for."""
    participant = find_person(request, pk)
    form = SearchForm(request.POST or None)
    words, born = f"{participant.given_name} {participant.family_name}".strip(), participant.birth_date
    if request.method == "POST" and form.is_valid():
        words, born = form.asked()
    # Where there are many, the likest of them are nearly the same name: to find those does not read the others.
    asked = {"words": words, "birth_date": born, "most": MOST}
    found = likely_matches(**asked, least=CLOSE)
    found = found if len(found) == MOST else likely_matches(**asked, least=ALIKE)
    keys = [key for key, _ in found if key != pk]
    known = Participant.objects.in_bulk(keys)
    record(AuditAction.PERSON_SEARCHED, by_day=born is not None, found=len(known))
    people = [known[key] for key in keys if key in known]
    context = {"participant": participant, "form": form, "people": people, "asked": form.is_bound}
    return render(request, "casefile/merging/find.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def person_merge(request, left, right):
    """Two records side by side, and the one deed that makes them one."""
    by, now = request.membership, timezone.now()
    found = _both(by, left, right)
    if found is None:
        return _led_on(request, by, left, right)
    page = MergePage(*found, by, now)
    form = None if page.hindrance else page.form(request.POST or None)
    if form is not None and form.is_bound and request.POST.get("seen") != page.seen:
        form = page.form(request.POST, is_old=True)
        form.add_error(None, merging.CHANGED)
    elif request.method == "POST" and form is not None and form.is_valid():
        deed = {"choices": form.cleaned_data, "seen": request.POST.get("seen", ""), "days": apart_days(by, now)}
        try:
            return _put_together(request, merging.merge(one=page.one, other=page.other, by=by, at=now, **deed))
        except DomainError as error:
            found = _both(by, left, right)
            if found is None:
                messages.warning(request, str(error))
                return redirect("casefile:person-merge", left, right)
            # What was chosen stays; what the two say now stands beside it.
            page = MergePage(*found, by, now)
            form = page.form(request.POST, is_old=True)
            form.say_refusal(error)
    record(AuditAction.PERSON_VIEWED, target=page.one, what="same_as", other=str(page.other.pk))
    return render(request, "casefile/merging/compare.html", page.context(form))


def _both(by, left, right) -> list[Participant] | None:
    """The two records, as far as both are there and the reader may see them."""
    found = Participant.objects.filter(site_id=by.site_id).in_bulk([left, right])
    return [found[left], found[right]] if left in found and right in found else None


def _put_together(request, merge: Merge):
    came = say_list({table: count.get("came", 0) for table, count in merge.counts.items()})
    messages.success(
        request,
        f"One record now{f'. Came over: {came}' if came else ''}. It can be taken apart again until "
        f"{say_day(merge.reversible_until)}.",
    )
    return redirect("casefile:person", pk=merge.kept_id)


def _led_on(request, by, left, right):
    """One of the two leads to another record by now: to what they are together, or to the two that are left to look at."""
    found = Participant.objects.filter(site_id=by.site_id, pk__in=[left, right]).values_list("pk", flat=True)
    there = set(found)
    ends = [key if key in there else merging.kept_record(key) for key in (left, right)]
    if None in ends:
        raise Http404
    if ends[0] == ends[1]:
        messages.info(request, merging.ONE_ALREADY)
        return redirect("casefile:person", pk=ends[0])
    return redirect("casefile:person-merge", *ends)


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def merge(request, pk):
    """What was put together, by whom; and for the site's days the way back."""
    every = Merge.objects.select_related("merged_by", "apart_by")
    found = get_object_or_404(every, pk=pk, site_id=request.membership.site_id)
    if request.method == "POST":
        by, now = request.membership, timezone.now()
        if went(request, None, lambda: merging.take_apart(merge=found, by=by, at=now)):
            messages.success(request, "Two records again. What stays here, and why, stands below.")
        return redirect("casefile:merge", pk=pk)
    record(AuditAction.PERSON_VIEWED, target=found, what="merge")
    return render(request, "casefile/merging/merge.html", MergedPage(found).context())
