"""People, their roles and their organisations, for the administrator, who sees nobody's case."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.accounts import actions
from lead_cms.accounts.models import Membership, Organisation, OrganisationKind
from lead_cms.casefile.forms.people import EmailForm, EndForm, InviteForm, OrganisationForm, ReachForm, RoleForm
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.templatetags.dates import say_day, say_phone
from lead_cms.notify.inviting import invite, invite_again

PAGE = 50
MOST_ORGANISATIONS = 300
MOST_ROLES = 20  # of one person at one site
# Only what an administrator may read of a sign-in is loaded.
COLUMNS = [
    "name", "role", "badge", "unit", "phone", "starts_at", "ends_at", "site", "organisation__name", "user__lock__locked_at",
    *(f"user__{name}" for name in actions.VISIBLE),
]  # fmt: skip


@dataclass(frozen=True)
class State:
    label: str
    tone: str


def state_of(membership: Membership, at) -> State:
    """In one or a few words, the gravest first."""
    lock = getattr(membership.user, "lock", None)
    if membership.ends_at is not None and membership.ends_at <= at:
        return State("Ended", "neutral")
    if not membership.user.is_active:
        return State("Sign-in stopped", "bad")
    if lock is not None and lock.locked_at is not None:
        return State("Locked", "bad")
    if membership.starts_at > at:
        return State("Not begun", "waiting")
    if membership.user.last_login is None:
        return State("Invited", "waiting")
    return State("In force", "good")


def _people(request):
    return (
        Membership.objects.for_site(request.membership.site_id)
        .select_related("user", "user__lock", "organisation")
        .only(*COLUMNS)
    )


def _one(request, pk) -> Membership:
    return get_object_or_404(_people(request), pk=pk)


@require_safe
@requires(Permission.PEOPLE_MANAGE)
def people_list(request):
    """Everyone with a role at the site, by name, a page at a time."""
    now = timezone.now()
    people, wanted = _people(request), request.GET.get("q", "").replace("\x00", "").strip()[:80]
    ended = request.GET.get("ended") == "1"
    if not ended:
        people = people.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    if wanted:
        people = people.filter(Q(name__icontains=wanted) | Q(user__username__icontains=wanted))
    name, _, pk = request.GET.get("after", "").replace("\x00", "").rpartition("|")
    if name and _is_key(pk):
        people = people.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk))
    found = list(people.order_by("name", "pk")[: PAGE + 1])
    rows = [(one, state_of(one, now)) for one in found[:PAGE]]
    more = ""
    if len(found) > PAGE:
        last = found[PAGE - 1]
        kept = {"q": wanted, "ended": "1" if ended else ""}
        more = "?" + urlencode({k: v for k, v in kept.items() if v} | {"after": f"{last.name}|{last.pk}"})
    return render(
        request, "people/list.html",
        {"rows": rows, "more": more, "wanted": wanted, "ended": ended, "first": not name},
    )  # fmt: skip


def _is_key(text: str) -> bool:
    return len(text) == 36 and all(letter in "0123456789abcdef-" for letter in text)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def person_invite(request):
    """A new person: sign-in, role, and a message with the link of the first password."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            made = invite(**form.given(now), by=request.membership, at=now)
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, f"{made.name} is invited. The link in the e-mail works for one day.")
            return redirect("people:person", made.pk)
    return render(request, "people/invite.html", {"form": form})


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def person_role(request, pk):
    """One more role for somebody of the site."""
    person = _one(request, pk)
    form = RoleForm(request.POST or None, initial={"name": person.name, "phone": person.phone})
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            made = actions.grant_membership(user=person.user, **form.given(now), by=request.membership, at=now)
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, f"{made.name} has the role {made.get_role_display()}.")
            return redirect("people:person", made.pk)
    return render(request, "people/role.html", {"form": form, "person": person})


@require_safe
@requires(Permission.PEOPLE_MANAGE)
def person(request, pk):
    return _person_page(request, _one(request, pk))


def _person_page(request, found, *, reach=None, email=None, end=None):
    now = timezone.now()
    others = _people(request).filter(user_id=found.user_id).exclude(pk=found.pk).order_by("-starts_at", "pk")
    context = {
        "person": found,
        "state": state_of(found, now),
        "others": [(one, state_of(one, now)) for one in others[:MOST_ROLES]],
        "facts": _facts(found),
        "is_me": found.user_id == request.membership.user_id,
        "has_ended": found.ends_at is not None and found.ends_at <= now,
        "is_locked": getattr(getattr(found.user, "lock", None), "locked_at", None) is not None,
        "reach": reach or ReachForm(initial={"phone": found.phone, "unit": found.unit, "badge": found.badge}),
        "email": email or EmailForm(initial={"email": found.user.email}),
        "end": end or EndForm(),
    }
    return render(request, "people/person.html", context)


def _facts(found: Membership) -> list[dict]:
    last = say_day(found.user.last_login) if found.user.last_login else ""
    return [
        {"label": "Role", "value": found.get_role_display()},
        {"label": "Organization", "value": found.organisation.name},
        {"label": "Sign-in name", "value": found.user.username},
        {"label": "E-mail", "value": found.user.email},
        {"label": "Phone", "value": say_phone(found.phone) if found.phone else ""},
        {"label": "Unit or team", "value": found.unit},
        {"label": "Badge", "value": found.badge},
        {"label": "From", "value": say_day(found.starts_at)},
        {"label": "Until", "value": say_day(found.ends_at) if found.ends_at else "", "missing": "No end is known"},
        {"label": "Last sign-in", "value": last, "missing": "Never"},
    ]


@require_POST
@requires(Permission.PEOPLE_MANAGE)
def person_change(request, pk):
    found, form = _one(request, pk), ReachForm(request.POST)
    return _do(request, found, form, "reach", "Saved.", lambda at: actions.change_membership(
        membership=found, **form.cleaned_data, by=request.membership, at=at))  # fmt: skip


@require_POST
@requires(Permission.PEOPLE_MANAGE)
def person_email(request, pk):
    found, form = _one(request, pk), EmailForm(request.POST)
    return _do(request, found, form, "email", "The e-mail is changed.", lambda at: actions.change_email(
        user=found.user, **form.cleaned_data, by=request.membership, at=at))  # fmt: skip


@require_POST
@requires(Permission.PEOPLE_MANAGE)
def person_end(request, pk):
    found, form = _one(request, pk), EndForm(request.POST)
    return _do(request, found, form, "end", "The end of this role is set.", lambda at: actions.end_membership(
        membership=found, ends_at=form.moment(at), by=request.membership, at=at))  # fmt: skip


# One tap each: what is done, and what is true afterwards.
DEEDS = {
    "stop": (actions.stop_sign_in, "This sign-in opens nothing from now on."),
    "allow": (actions.allow_sign_in, "This person can sign in again."),
    "release": (actions.release_lock, "The lock is released."),
    "invite": (invite_again, "The invitation is sent again. Its link works for one day."),
}


@require_POST
@requires(Permission.PEOPLE_MANAGE)
def person_sign_in(request, pk, deed):
    """Stop or allow a sign-in, release its lock, send its invitation again."""
    if deed not in DEEDS:
        raise Http404
    found, (action, says) = _one(request, pk), DEEDS[deed]
    return _do(request, found, None, "", says, lambda at: action(user=found.user, by=request.membership, at=at))


def _do(request, found, form, name, says, deed):
    """One deed about one person: done and said, or refused beside its field with what was typed kept."""
    if form is not None and not form.is_valid():
        return _person_page(request, found, **{name: form})
    try:
        deed(timezone.now())
    except DomainError as error:
        if form is None or isinstance(error, StaleState):
            messages.error(request, str(error))
            return redirect("people:person", found.pk)
        form.say_refusal(error)
        return _person_page(request, found, **{name: form})
    messages.success(request, says)
    return redirect("people:person", found.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def organisations(request):
    """The site's organisations, by kind; a new one is added here."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.save_organisation(**form.cleaned_data, by=request.membership, at=timezone.now())
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, f"{made.name} is added.")
            return redirect("people:organisations")
    now = timezone.now()
    in_force = Q(memberships__starts_at__lte=now) & (Q(memberships__ends_at=None) | Q(memberships__ends_at__gt=now))
    found = (
        Organisation.objects.filter(site_id=request.membership.site_id)
        .annotate(people=Count("memberships", filter=in_force))
        .order_by("kind", "name", "pk")[:MOST_ORGANISATIONS]
    )
    kinds = {kind.label: [one for one in found if one.kind == kind] for kind in OrganisationKind}
    return render(request, "people/organisations.html", {"form": form, "kinds": kinds.items()})


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def organisation(request, pk):
    """Another name or number for an organisation."""
    found = get_object_or_404(Organisation, pk=pk)
    form = OrganisationForm(request.POST or None, new=False, initial={"name": found.name, "phone": found.phone})
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_organisation(
                organisation=found, kind=found.kind, **form.cleaned_data, by=request.membership, at=timezone.now()
            )
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, "Saved.")
            return redirect(reverse("people:organisations"))
    return render(request, "people/organisation.html", {"form": form, "organisation": found})
