"""One box for names, misspellings, birth dates, incident numbers and codes; the wall is in the functions it asks."""

from django.db.models import Q
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.person import SearchForm
from lead_cms.core.templatetags.dates import say_when
from participants.actions.persons import likely_matches
from participants.models import Participant, Participation
from referrals.actions.linking import referred_like
from referrals.models import Referral

MOST = 20


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_VIEW)
def search(request):
    """Participants and referrals of the site. That somebody searched is recorded, what for is not."""
    form = SearchForm(request.POST or None)
    context = {"form": form, "asked": False, "most": MOST}
    if request.method == "POST" and form.is_valid():
        born = form.birth_date()
        people, referrals = _people(form, born), _referrals(form, born, request.membership.site_id)
        record(AuditAction.PERSON_SEARCHED, by_day=born is not None, found=len(people) + len(referrals))
        context |= {"asked": True, "people": people, "referrals": referrals}
    return render(request, "casefile/persons/search.html", context)


def _people(form: SearchForm, born) -> list[dict]:
    words = form.cleaned_data["words"]
    keys = [key for key, _ in likely_matches(words=words, birth_date=born, most=MOST)]
    known = Participant.objects.in_bulk(keys)
    active = set(
        Participation.objects.filter(participant_id__in=known, ended_on=None).values_list("participant_id", flat=True)
    )
    return [
        {"person": known[key], "aliases": ", ".join(known[key].aliases), "is_taking_part": key in active}
        for key in keys
        if key in known
    ]


def _referrals(form: SearchForm, born, site_id) -> list[dict]:
    """By number or code exactly, then by the name that a referrer wrote down."""
    words, reference = form.cleaned_data["words"], form.reference()
    exact = Q(incident_number=words)
    if reference:
        exact |= Q(reference=reference)
    joined = Referral.objects.select_related("person", "casework").filter(site_id=site_id, casework__isnull=False)
    by_number = list(joined.filter(exact).order_by("-submitted_at", "-pk")[:MOST])
    first = {referral.pk for referral in by_number}
    keys = [key for key, _ in referred_like(words=words, birth_date=born, most=MOST) if key not in first]
    by_name = {referral.pk: referral for referral in joined.filter(pk__in=keys)}
    found = [*by_number, *(by_name[key] for key in keys if key in by_name)]
    return [
        {
            "referral": referral, "name": referral.person.shown_name, "is_linked": bool(referral.casework.participant_id),
            "note": f"{referral.get_door_display()}, {referral.reference}, {say_when(referral.submitted_at)}",
        }
        for referral in found[:MOST]
    ]  # fmt: skip
