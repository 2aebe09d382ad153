"""The consent that lets a prosecutor read "met": asked in private, copied for the person, taken back at once."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.casefile.forms.consent import ConsentForm, RevokeForm
from lead_cms.casefile.views.asking import find_referral, went
from participants.actions.consents import TALK_FIRST, revoke
from participants.consent_texts import consent_text, parts
from participants.enums import WRITTEN, ConsentAnswer, ConsentKind
from participants.models import Consent
from referrals.actions.talking import ask_consent, consent_has_ended, consent_terms, talked_at
from referrals.models import Referral

ANSWERED = {
    ConsentAnswer.NOT_NOW: "Noted: not now. It can be asked again any day before the decision.",
    ConsentAnswer.NO: "Noted: no. Nothing else changes.",
    ConsentAnswer.UNWELL: "Noted: too unwell to decide. It can be asked another day.",
}


def _in_force(referral: Referral) -> Consent | None:
    signed = Consent.objects.filter(
        referral_id=referral.pk, kind=ConsentKind.CRIMINAL_JUSTICE, revoked_at=None, signed_at__isnull=False
    )
    return signed.order_by("-signed_at", "-pk").first()


@require_http_methods(["GET", "POST"])
@requires(Permission.PRIVATE_TALK)
def consent(request, pk):
    """Show the words, take the answer. Every answer but yes changes nothing else."""
    referral = find_referral(request, pk)
    if talked_at(referral) is None:
        messages.warning(request, TALK_FIRST)
        return redirect(reverse("casefile:talk", args=[pk]) + "?next=consent")
    language = request.POST.get("language") or request.GET.get("language", "en")
    language = language if language in WRITTEN else "en"
    terms = consent_terms(referral=referral, by=request.membership)
    text = consent_text(language, terms)
    # What is sent is compared with what stood on the page: the same words, or they are read again.
    form = ConsentForm(request.POST or None, initial={"language": language, "seen_digest": text.digest})
    if request.method == "POST" and form.is_valid():
        given, made = form.cleaned_data, []
        if went(
            request, form,
            lambda: made.append(ask_consent(referral=referral, by=request.membership, at=timezone.now(), **given)),
        ):  # fmt: skip
            if made[0].signed_at is None:
                messages.success(request, ANSWERED[ConsentAnswer(made[0].answer)])
                return redirect("casefile:case", pk=pk)
            messages.success(request, "Signed. The person gets a copy.")
            return redirect("casefile:consent-copy", pk=made[0].pk)
        if given["seen_digest"] != text.digest:
            form.data = form.data.copy()
            form.data["seen_digest"] = text.digest
    title, told = parts(text.words)
    asked = (
        Consent.objects.filter(referral_id=pk, kind=ConsentKind.CRIMINAL_JUSTICE)
        .select_related("asked_by")
        .order_by("-asked_at", "-pk")[:20]
    )
    context = {
        "referral": referral, "form": form, "title": title, "told": told, "language": language, "languages": WRITTEN,
        "is_condition": terms.is_condition,
        "in_force": _in_force(referral), "has_ended": consent_has_ended(referral), "asked": [_line(one) for one in asked],
    }  # fmt: skip
    return render(request, "casefile/persons/consent.html", context)


def _line(one: Consent) -> dict:
    note = f"Asked by {one.asked_by.name}, {WRITTEN.get(one.language, one.language)}"
    if one.interpreter:
        note += f", interpreter {one.interpreter}"
    label = "Signed" if one.signed_at else one.get_answer_display()
    if one.revoked_at:
        label = "Signed, taken back later"
    return {"label": label, "at": one.asked_at, "note": note}


@require_safe
@requires(Permission.PRIVATE_TALK)
def consent_copy(request, pk):
    """The person's copy: the words they signed, and how they may take them back."""
    signed = get_object_or_404(Consent, pk=pk, site_id=request.membership.site_id, signed_at__isnull=False)
    record(AuditAction.CONSENT_PRINTED, target=signed)
    title, told = parts(signed.text_shown)
    context = {
        "consent": signed, "title": title, "told": told, "membership": request.membership,
        "labels": COPY.get(signed.language, COPY["en"]),
    }  # fmt: skip
    return render(request, "casefile/persons/consent_copy.html", context)


COPY = {
    "en": {
        "copy": "Copy for the person who signed", "signed": "Signed", "at": "on", "through": "Interpreter",
        "print": "Text", "custodian": "Custodian of this record",
    },
    "es": {
        "copy": "Copia para quien firmó", "signed": "Firmado", "at": "el", "through": "Intérprete", "print": "Texto",
        "custodian": "Custodio de este registro",
    },
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.PRIVATE_TALK)
def consent_revoke(request, pk):
    """Taken back in writing or by word of mouth: from this moment nothing is told."""
    referral = find_referral(request, pk)
    signed = _in_force(referral)
    if signed is None:
        messages.warning(request, "No consent is in force.")
        return redirect("casefile:case", pk=pk)
    form = RevokeForm(request.POST or None)
    has_ended = consent_has_ended(referral)
    if request.method == "POST" and form.is_valid():
        how = form.cleaned_data["how"]
        if went(
            request, form,
            lambda: revoke(consent=signed, how=how, by=request.membership, at=timezone.now(), has_ended=has_ended),
        ):  # fmt: skip
            messages.success(request, "Taken back. From now on nothing is told.")
            return redirect("casefile:case", pk=pk)
    may = signed.revocable or has_ended
    context = {"referral": referral, "consent": signed, "form": form, "may": may}
    return render(request, "casefile/persons/consent_revoke.html", context)
