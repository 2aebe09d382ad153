"""A person's consents: how they stand, asked and signed, taken back cell by cell, and what was told under them."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.accounts.models import Organisation
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.consentpage import ConsentPage
from lead_cms.casefile.forms.matrix import AnswerForm, TakeBackForm, WishForm, name_of
from lead_cms.casefile.views.asking import find_referral, went
from lead_cms.casefile.views.consent import ANSWERED
from lead_cms.core.errors import DomainError
from lead_cms.core.keyset import keyset
from lead_cms.core.sql import AnyOf, Keys
from participants.actions.consents import TALK_FIRST, revoke, revoke_cells, standing
from participants.consent_texts import parts
from participants.enums import ConsentAnswer, ConsentKind, InformationClass
from participants.matrix_texts import SPANISH_UNREAD, matrix_text
from participants.models import Consent, ConsentCell, Disclosure, Participant
from referrals.actions.consenting import LINK_FIRST, ask_for, recipients_of, terms_for
from referrals.actions.moments import site_day
from referrals.actions.talking import talked_at
from referrals.models import Casework

MOST_ORGANISATIONS = 60
YEARS_TOLD = 3  # 42 CFR 2.25: for the three years before the person asks
MOST_ON_PAPER = 1000
TITLES = {
    ConsentKind.TREATMENT: "Consent: may service providers be told?",
    ConsentKind.MULTI_PARTY: "Consent: may LEAD partners be told?",
    ConsentKind.SENTENCE: "One sentence to the officer",
}
WHAT = dict(InformationClass.choices) | {"met": "That the intake window was met", "sentence": "Their sentence"}
PURPOSE = {
    "filing_decision": "The decision on the held charge", "legal_coordination": "Court dates and warrants",
    "asked_by_the_person": "They asked for it",
}  # fmt: skip


def find_person(request, pk) -> Participant:
    return get_object_or_404(Participant, pk=pk, site_id=request.membership.site_id)


@require_safe
@requires(Permission.PRIVATE_TALK)
def consents(request, pk):
    """Which organisation may be told what today, and what can be asked."""
    participant = find_person(request, pk)
    record(AuditAction.PERSON_VIEWED, target=participant, what="consents")
    context = ConsentPage(participant, request.membership, timezone.now()).context()
    return render(request, "casefile/consents/overview.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PRIVATE_TALK)
def ask(request, pk, what):
    """Choose; read the exact words; answer. Nothing is kept before the answer."""
    kind = what
    if kind not in TITLES:
        raise Http404
    referral = find_referral(request, pk)
    if talked_at(referral) is None:
        messages.warning(request, TALK_FIRST)
        return redirect(reverse("casefile:talk", args=[pk]) + f"?next={kind}")
    participant = referral.casework.participant
    context = {"referral": referral, "participant": participant, "title": TITLES[kind], "kind": kind}
    if participant is None or (kind == ConsentKind.SENTENCE and referral.officer_id is None):
        context["why_not"] = (
            LINK_FIRST if participant is None else "No officer referred them, so there is nobody to send to."
        )
        return render(request, "casefile/consents/choose.html", context)
    before = standing(kind=kind, participant_id=participant.pk, referral_id=referral.pk)
    organisations = [] if kind == ConsentKind.SENTENCE else _organisations(request, kind, context)
    form = WishForm(request.POST or None, kind=kind, organisations=organisations, initial=_now(before))
    context |= {"form": form, "before": before}
    step = request.POST.get("step", "")
    if request.method == "POST" and step in ("words", "answer") and form.is_valid():
        try:
            wish, today = form.wish(), site_day(timezone.now(), request.membership.site)
            terms = terms_for(referral=referral, wish=wish, by=request.membership, on=today)
        except DomainError as error:
            form.say_refusal(error)
        else:
            return _words(request, referral, wish, matrix_text(wish.language, terms), before, context)
    return render(request, "casefile/consents/choose.html", context)


def _words(request, referral, wish, text, before, context):
    """The exact words, and under them the answer."""
    answering = request.POST.get("step") == "answer"
    seen = {"language": wish.language, "seen_digest": text.digest, "replaces_id": before.pk if before else None}
    answer = AnswerForm(request.POST if answering else None, initial=seen)
    if answering and answer.is_valid():
        given, made = answer.cleaned_data, []
        given.pop("language")
        if went(
            request, answer,
            lambda: made.append(
                ask_for(referral=referral, wish=wish, by=request.membership, at=timezone.now(), **given)
            ),
        ):  # fmt: skip
            if made[0].signed_at is None:
                messages.success(request, ANSWERED[ConsentAnswer(made[0].answer)])
                return redirect("casefile:consents", pk=context["participant"].pk)
            messages.success(request, "Signed. The person gets a copy.")
            return redirect("casefile:consent-copy", pk=made[0].pk)
        if given["seen_digest"] != text.digest:
            answer.data = answer.data.copy()
            answer.data["seen_digest"] = text.digest
    title, told = parts(text.words)
    context |= {
        "answer": answer, "words_title": title, "told": told, "language": wish.language,
        "unread": SPANISH_UNREAD if wish.language == "es" else "",
    }  # fmt: skip
    return render(request, "casefile/consents/words.html", context)


def _organisations(request, kind: str, context: dict) -> list[Organisation]:
    """Those it may name, by name; the page says when there are more."""
    found = list(recipients_of(kind, request.membership.site_id)[: MOST_ORGANISATIONS + 1])
    context["more"] = len(found) > MOST_ORGANISATIONS
    return found[:MOST_ORGANISATIONS]


def _now(before: Consent | None) -> dict:
    """What stands now, ticked beforehand: a newer consent takes the place of the whole."""
    if before is None:
        return {}
    ticked: dict = {}
    for cell in ConsentCell.objects.filter(consent=before, revoked_at=None):
        ticked.setdefault(name_of(cell.organisation_id), []).append(cell.information_class)
    return ticked | {"ends_with": before.ends_with, "language": before.language}


@require_http_methods(["GET", "POST"])
@requires(Permission.PRIVATE_TALK)
def take_back(request, pk):
    """All of a consent or single cells of it, in writing or by word of mouth: from this second on nothing is told."""
    consent = get_object_or_404(Consent, pk=pk, site_id=request.membership.site_id)
    if consent.kind == ConsentKind.CRIMINAL_JUSTICE:
        return redirect("casefile:consent-revoke", pk=consent.referral_id)
    stands = consent.signed_at is not None and consent.revoked_at is None and consent.superseded_at is None
    open_cells = ConsentCell.objects.filter(consent=consent, revoked_at=None).select_related("organisation")
    cells = list(open_cells.order_by("organisation__name", "information_class", "pk")) if stands else []
    person = Casework.objects.filter(referral_id=consent.referral_id).values_list("participant_id", flat=True).first()
    back = (
        reverse("casefile:consents", args=[person]) if person else reverse("casefile:case", args=[consent.referral_id])
    )
    form = TakeBackForm(request.POST or None, cells=cells)
    if request.method == "POST" and form.is_valid():
        how, by, at = form.cleaned_data["how"], request.membership, timezone.now()

        def go():
            if form.is_all:
                return revoke(consent=consent, how=how, by=by, at=at)
            return revoke_cells(consent=consent, cells=_chosen(form, cells), how=how, by=by, at=at)

        if went(request, form if stands else None, go):
            messages.success(request, "Taken back. From now on it is not told.")
            return redirect(back)
    context = {"consent": consent, "form": form, "back": back, "stands": stands}
    return render(request, "casefile/consents/take_back.html", context)


def _chosen(form: TakeBackForm, cells: list[ConsentCell]):
    ticked = set(form.cleaned_data["cells"])
    return [cell.pk for cell in cells if str(cell.pk) in ticked]


@require_safe
@requires(Permission.PRIVATE_TALK)
def told(request, pk):
    """What was told of a person to whom in the last three years, newest first; on paper with its custodian."""
    participant, on_paper = find_person(request, pk), "paper" in request.GET
    record(AuditAction.TOLD_VIEWED, target=participant, paper=on_paper)
    rows = _disclosures(participant, timezone.now())
    context = {"participant": participant, "membership": request.membership, "years": YEARS_TOLD}
    if on_paper:
        found = list(rows.order_by("-recorded_at", "-pk")[:MOST_ON_PAPER])
        context |= {
            "rows": _said(found),
            "most": MOST_ON_PAPER if len(found) == MOST_ON_PAPER else 0,
            "at": timezone.now(),
        }
        return render(request, "casefile/consents/told_paper.html", context)
    page = keyset(request, rows, "-recorded_at", "-pk")
    context |= {"page": page, "rows": _said(page.rows)}
    return render(request, "casefile/consents/told.html", context)


def _disclosures(participant: Participant, at):
    """By consent: the person's own and those of their referrals, which may be older than the link."""
    referrals = Casework.objects.filter(participant=participant).values("referral_id")
    mine = Consent.objects.filter(Q(participant=participant) | Q(AnyOf(F("referral_id"), Keys(referrals))))
    mine = mine.values_list("pk", flat=True)
    since = at - timedelta(days=366 * YEARS_TOLD)
    found = Disclosure.objects.filter(consent__in=list(mine[:500]), recorded_at__gte=since)
    return found.select_related("to_membership", "consent")


def _said(rows: list[Disclosure]) -> list[dict]:
    offices = {row.to_organisation_id for row in rows}
    names = dict(Organisation.objects.filter(pk__in=offices).values_list("pk", "name")) if offices else {}
    return [
        {
            "what": WHAT.get(row.what, row.what.replace("_", " ").capitalize()),
            "at": row.recorded_at,
            "whom": f"{names.get(row.to_organisation_id, 'Another organization')}, {row.to_membership.name}",
            "purpose": PURPOSE.get(row.purpose, row.purpose.replace("_", " ").capitalize()),
            "under": row.consent,
        }
        for row in rows
    ]
