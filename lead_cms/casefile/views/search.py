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
from participants.actions.persons import ALIKE, CLOSE
from participants.models import Participant, Participation
from referrals.actions.linking import anybody_like, anybody_named
from referrals.models import Referral

MOST, MOST_TYPED = 20, 8
LEAST_LETTERS = 2  # from which an answer comes as somebody types
SLIPS_FROM = 4  # and from which a slip of the keys is looked for at once


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_VIEW)
def search(request):
    """Participants and referrals of the site. That somebody searched is recorded, what for is not."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    as_typed = request.headers.get("X-Requested-With") == "fetch"
    context = {"form": form, "asked": False, "most": MOST_TYPED if as_typed else MOST, "as_typed": as_typed}
    if request.method == "POST" and form.is_valid() and _is_enough(form, as_typed):
        asked = Asked(form, request.membership.site_id, context["most"], as_typed)
        people, referrals = asked.found()
        record(
            AuditAction.PERSON_SEARCHED,
            by_day=asked.born is not None,
            found=len(people) + len(referrals),
            typed=as_typed,
        )
        context |= {"asked": True, "people": people, "referrals": referrals, "is_close": asked.can_be_wider}
        context |= {"says": say_found(people, referrals), "again": {"words": form.cleaned_data["words"], "wider": "on"}}
    return render(request, "casefile/persons/_found.html" if as_typed else "casefile/persons/search.html", context)


def _is_enough(form: SearchForm, as_typed: bool) -> bool:
    return not as_typed or len(form.cleaned_data["words"]) >= LEAST_LETTERS


def say_found(people: list, referrals: list) -> str:
    """ "2 people, 1 referral": what is read aloud when the list is another."""
    said = [
        f"{len(rows)} {one if len(rows) == 1 else many}"
        for rows, one, many in ((people, "person", "people"), (referrals, "referral", "referrals"))
        if rows
    ]
    return ", ".join(said) or "Nobody found"


class Asked:
    """One question: exactly by number or code, then names as they are typed, then names with a slip of the keys."""

    def __init__(self, form: SearchForm, site_id, most: int, as_typed: bool):
        self.form, self.most, self.as_typed = form, most, as_typed
        self.name, self.born = form.asked()
        self.words = form.cleaned_data["words"]
        self.exact = _by_number(site_id=site_id, number=self.words, reference=form.reference() or self.words)
        self.can_be_wider = False

    def found(self) -> tuple[list[dict], list[dict]]:
        """No more names than the question needs: those typed, then those nearly right, then those somewhat alike."""
        people, referrals = anybody_named(**self._asked) if self.name else ([], [])
        least = ALIKE if self.form.cleaned_data["wider"] else CLOSE
        if least == ALIKE or self.born is not None or self._is_slip(people, referrals):
            more_people, more_referrals = anybody_like(**self._asked, least=least)
            people, referrals = people + more_people, referrals + more_referrals
            if least == CLOSE and self._is_slip(people, referrals):
                least = ALIKE
                people, referrals = anybody_like(**self._asked, least=least)
        self.can_be_wider = least == CLOSE and not self.as_typed
        return self._people(people), self._referrals(referrals)

    def _is_slip(self, people: list, referrals: list) -> bool:
        """Nothing found, and enough was typed to look for what is only like it."""
        found = people or referrals or self.exact
        return not found and (not self.as_typed or len(self.name) >= SLIPS_FROM)

    @property
    def _asked(self) -> dict:
        return {"words": self.name, "birth_date": self.born, "most": self.most}

    def _people(self, keys: list) -> list[dict]:
        keys = list(dict.fromkeys(keys))[: self.most]
        known = {person.pk: person for person in _known(keys=keys)} if keys else {}
        return [
            {"person": known[key], "is_taking_part": known[key].is_taking_part, "also": self._also(known[key])}
            for key in keys
            if key in known
        ]

    @staticmethod
    def _also(person: Participant) -> str:
        """By which other name they may have been found: the one on their papers, when they want to be called otherwise."""
        full = f"{person.given_name} {person.family_name}".strip()
        own = [full] if full and full != person.shown_name else []
        others = [name for name in (*person.street_names, *person.aliases) if name != person.shown_name]
        return ", ".join(dict.fromkeys([*own, *others]))

    def _referrals(self, keys: list) -> list[dict]:
        """By number or code exactly, then by the name that a referrer wrote down."""
        first = {referral.pk for referral in self.exact}
        keys = [key for key in dict.fromkeys(keys) if key not in first][: self.most]
        by_name = {referral.pk: referral for referral in _by_key(keys=keys)} if keys else {}
        found = [*self.exact, *(by_name[key] for key in keys if key in by_name)]
        return [
            {
                "referral": referral, "name": referral.person.shown_name, "is_linked": bool(referral.casework.participant_id),
                "note": f"{referral.get_door_display()}, {referral.reference}, {say_when(referral.submitted_at)}",
            }
            for referral in found[: self.most]
        ]  # fmt: skip


@prepared(keys=list)
def _known(*, keys):
    open_spell = Participation.objects.taking_part().filter(participant_id=OuterRef("pk"))
    return Participant.objects.filter(AnyOf(F("pk"), KeyList(keys))).annotate(is_taking_part=Exists(open_spell))


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
    here = Referral.objects.filter(site_id=site_id)
    # One index each: of both in one condition PostgreSQL would rather read every referral than guess how many have no number.
    numbered = here.filter(incident_number=number).order_by().values("pk")[:MOST]
    referenced = here.filter(reference=reference).values("pk")[:1]
    either = Q(AnyOf(F("pk"), Keys(numbered))) | Q(AnyOf(F("pk"), Keys(referenced)))
    return _told(Referral.objects).filter(either).order_by("-submitted_at", "-pk")


@prepared(keys=list)
def _by_key(*, keys):
    return _told(Referral.objects).filter(AnyOf(F("pk"), KeyList(keys)))
