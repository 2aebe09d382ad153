"""One box for names, misspellings, birth dates, incident numbers and codes; the wall is in the functions it asks."""

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.person import SearchForm
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, KeyList, Keys
from lead_cms.core.templatetags.dates import say_when
from participants.actions.persons import ALIKE, CLOSE, likely_matches
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
        born, least = form.birth_date(), ALIKE if form.cleaned_data["wider"] else CLOSE
        exact = _exactly(form, request.membership.site_id)
        people, referrals = _found(form, born, least, exact)
        if not people and not referrals and least == CLOSE:
            least = ALIKE
            people, referrals = _found(form, born, least, exact)
        record(AuditAction.PERSON_SEARCHED, by_day=born is not None, found=len(people) + len(referrals))
        context |= {"asked": True, "people": people, "referrals": referrals, "is_close": least == CLOSE}
        context["again"] = {"words": form.cleaned_data["words"], "wider": "on"}
    return render(request, "casefile/persons/search.html", context)


def _found(form: SearchForm, born, least: float, exact: list[Referral]) -> tuple[list[dict], list[dict]]:
    """No more names than the question needs: those nearly right, and only when there are none, those somewhat alike."""
    return _people(form, born, least), _referrals(form, born, least, exact)


def _exactly(form: SearchForm, site_id) -> list[Referral]:
    """By incident number or code."""
    words = form.cleaned_data["words"]
    return _by_number(site_id=site_id, number=words, reference=form.reference() or words)


def _people(form: SearchForm, born, least: float) -> list[dict]:
    words = form.cleaned_data["words"]
    keys = [key for key, _ in likely_matches(words=words, birth_date=born, most=MOST, least=least)]
    known = {person.pk: person for person in _known(keys=keys)} if keys else {}
    return [{"person": known[key], "is_taking_part": known[key].is_taking_part} for key in keys if key in known]


@prepared(keys=list)
def _known(*, keys):
    open_spell = Participation.objects.filter(participant_id=OuterRef("pk"), ended_on=None)
    return Participant.objects.filter(AnyOf(F("pk"), KeyList(keys))).annotate(is_taking_part=Exists(open_spell))


def _referrals(form: SearchForm, born, least: float, exact: list[Referral]) -> list[dict]:
    """By number or code exactly, then by the name that a referrer wrote down."""
    first = {referral.pk for referral in exact}
    alike = referred_like(words=form.cleaned_data["words"], birth_date=born, most=MOST, least=least)
    keys = [key for key, _ in alike if key not in first]
    by_name = {referral.pk: referral for referral in _by_key(keys=keys)} if keys else {}
    found = [*exact, *(by_name[key] for key in keys if key in by_name)]
    return [
        {
            "referral": referral, "name": referral.person.shown_name, "is_linked": bool(referral.casework.participant_id),
            "note": f"{referral.get_door_display()}, {referral.reference}, {say_when(referral.submitted_at)}",
        }
        for referral in found[:MOST]
    ]  # fmt: skip


def _told(referrals):
    """Those that casework has, with what their line says."""
    found = referrals.filter(casework__isnull=False).select_related("person", "casework")
    return found.only(
        "door",
        "reference",
        "incident_number",
        "submitted_at",
        "rules_id",
        "person__name",
        "person__description",
        "casework__participant_id",
    )


@prepared(site_id=UUID, number=str, reference=str)
def _by_number(*, site_id, number, reference):
    exact = Q(incident_number=number) | Q(reference=reference)
    keys = Referral.objects.filter(exact, site_id=site_id).order_by("-submitted_at", "-pk").values("pk")[:MOST]
    return _told(Referral.objects).filter(AnyOf(F("pk"), Keys(keys))).order_by("-submitted_at", "-pk")


@prepared(keys=list)
def _by_key(*, keys):
    return _told(Referral.objects).filter(AnyOf(F("pk"), KeyList(keys)))
