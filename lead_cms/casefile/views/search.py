"""One box for names, misspellings, birth dates, incident numbers and codes; the wall is in the functions it asks."""

from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.person import SearchForm
from lead_cms.casefile.foundrows import (
    MOST,
    people_by_key,
    person_row,
    referral_row,
    referrals_by_key,
    referrals_by_number,
)
from participants.actions.persons import ALIKE, CLOSE
from referrals.actions.linking import anybody_like, anybody_named, numbered

MOST_TYPED = 8
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
    """One question: by number or code, then names as they are typed, then names with a slip of the keys."""

    def __init__(self, form: SearchForm, site_id, most: int, as_typed: bool):
        self.form, self.most, self.as_typed = form, most, as_typed
        self.name, self.born = form.asked()
        self.words = form.cleaned_data["words"]
        self.exact = referrals_by_number(site_id=site_id, **form.as_number())
        beginning = form.beginning_of_number()
        self.numbered = numbered(beginning=beginning, most=most) if beginning else []
        self.can_be_wider = False

    def found(self) -> tuple[list[SafeString], list[SafeString]]:
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
        found = people or referrals or self.exact or self.numbered
        return not found and (not self.as_typed or len(self.name) >= SLIPS_FROM)

    @property
    def _asked(self) -> dict:
        return {"words": self.name, "birth_date": self.born, "most": self.most}

    def _people(self, keys: list) -> list[SafeString]:
        keys = list(dict.fromkeys(keys))[: self.most]
        known = {person.pk: person for person in people_by_key(keys=keys)} if keys else {}
        return [person_row(known[key]) for key in keys if key in known]

    def _referrals(self, keys: list) -> list[SafeString]:
        """By number or code exactly, then as the number begins, then by the name that a referrer wrote down."""
        first = {referral.pk for referral in self.exact}
        keys = [key for key in dict.fromkeys([*self.numbered, *keys]) if key not in first][: self.most]
        by_name = {referral.pk: referral for referral in referrals_by_key(keys=keys)} if keys else {}
        found = [*self.exact, *(by_name[key] for key in keys if key in by_name)]
        return [referral_row(referral) for referral in found[: self.most]]
