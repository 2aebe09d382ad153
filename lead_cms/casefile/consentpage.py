"""How a person's consents stand, in a bounded number of queries: one organisation a card, each class a yes or a no."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse

from lead_cms.core.templatetags.dates import say_when
from lead_cms.programs.current import current_ruleset, rules_for
from participants.actions.consents import state_of
from participants.enums import WRITTEN, ConsentKind, ConsentState, EndsWith
from participants.models import Consent, ConsentCell, Participant, Participation
from referrals.actions.consenting import classes_for
from referrals.models import Casework, HeldCharge

MOST = 60  # consents of one person that a page looks at; older ones stay in the record
TONES = {
    ConsentState.SIGNED: "good", ConsentState.PARTLY_REVOKED: "waiting", ConsentState.REVOKED: "neutral",
    ConsentState.EXPIRED: "neutral", ConsentState.SUPERSEDED: "neutral", ConsentState.NOT_SIGNED: "neutral",
}  # fmt: skip
STANDING = (ConsentState.SIGNED, ConsentState.PARTLY_REVOKED)


@dataclass
class Shown:
    """One consent as a page shows it."""

    consent: Consent
    state: ConsentState
    says: str
    tone: str
    ends: str
    days_left: int | None
    cards: list = field(default_factory=list)


class ConsentPage:
    def __init__(self, participant: Participant, membership, at: datetime):
        self.participant, self.by, self.at = participant, membership, at
        cases = Casework.objects.filter(participant=participant, site_id=participant.site_id)
        self.cases = list(
            cases.select_related("referral__private_talk", "referral__officer").order_by(
                "-referral__submitted_at", "-pk"
            )[:20]
        )
        referrals = [case.referral_id for case in self.cases]
        # By referral: a consent may be older than the link.
        found = Consent.objects.filter(referral_id__in=referrals).select_related("asked_by")
        self.consents = list(found.order_by("-asked_at", "-pk")[:MOST])
        self.cells: dict = {}
        for cell in ConsentCell.objects.filter(
            consent__in=[one.pk for one in self.consents if one.signed_at]
        ).select_related("organisation"):
            self.cells.setdefault(cell.consent_id, []).append(cell)
        self.is_taking_part = Participation.objects.taking_part().filter(participant=participant).exists()
        self.undecided = set(
            HeldCharge.objects.filter(referral_id__in=referrals, decided_at=None).values_list("referral_id", flat=True)
        )
        ruleset = current_ruleset(membership.site_id, at.astimezone(membership.site.tz).date())
        self.banner_days = rules_for(ruleset).consent.banner_days if ruleset else None

    def context(self) -> dict:
        shown = [self.shown(one) for one in self.consents]
        standing = [one for one in shown if one.state in STANDING]
        return {
            "participant": self.participant,
            "standing": standing,
            "banners": [one for one in standing if self.ends_soon(one)],
            "before": [self._line(one) for one in shown if one.state not in STANDING],
            "asks": self.asks(),
            "banner_days": self.banner_days,
        }

    def ends_soon(self, one: Shown) -> bool:
        return one.days_left is not None and self.banner_days is not None and one.days_left <= self.banner_days

    def shown(self, one: Consent) -> Shown:
        cells = self.cells.get(one.pk, [])
        has_ended = one.kind == ConsentKind.CRIMINAL_JUSTICE and one.referral_id not in self.undecided
        state = state_of(
            consent=one, cells=cells, at=self.at, is_taking_part=self.is_taking_part, has_ended=has_ended
        )  # fmt: skip
        left = (one.ends_at - self.at).days if one.ends_at and state in STANDING else None
        says = one.get_answer_display() if state == ConsentState.NOT_SIGNED else state.label
        return Shown(one, state, says, TONES[state], self._ends(one), left, self._cards(cells))

    def _ends(self, one: Consent) -> str:
        if one.kind == ConsentKind.CRIMINAL_JUSTICE:
            return "With the decision on the held charge"
        said = []
        if one.ends_at is not None:
            last = (one.ends_at - timedelta(microseconds=1)).astimezone(self.by.site.tz)
            said.append(f"After {last:%B} {last.day}, {last.year}")
        if one.ends_with == EndsWith.TAKING_PART:
            said.append("when they stop taking part" if said else "When they stop taking part")
        return ", or ".join(said) or "When they take it back"

    @staticmethod
    def _cards(cells: list[ConsentCell]) -> list[dict]:
        """One organisation a card: what it may be told, what it may not, what was taken back, in words."""
        by_organisation: dict = {}
        for cell in cells:
            by_organisation.setdefault(cell.organisation_id, []).append(cell)
        cards = []
        for group in by_organisation.values():
            known = {cell.information_class: cell for cell in group}
            yes, no, back = [], [], []
            for code, label in classes_for(group[0].organisation_kind):
                cell = known.get(code)
                if cell is None:
                    no.append(label)
                elif cell.revoked_at is None:
                    yes.append(label)
                else:
                    back.append(f"{label}: {say_when(cell.revoked_at)}")
            cards.append({"organisation": group[0].organisation, "yes": yes, "no": no, "back": back})
        return sorted(cards, key=lambda card: card["organisation"].name)

    @staticmethod
    def _line(shown: Shown) -> dict:
        one = shown.consent
        note = f"{one.get_kind_display()}. Asked by {one.asked_by.name}, {WRITTEN.get(one.language, one.language)}"
        if one.revoked_at:
            note += f". Taken back {say_when(one.revoked_at)}, {one.get_revoked_how_display().lower()}"
        if one.superseded_at:
            note += f". Replaced {say_when(one.superseded_at)}"
        return {"label": shown.says, "at": one.asked_at, "note": note}

    def asks(self) -> dict:
        """What can be asked now: on the newest referral whose private talk has begun, else where to begin it."""
        talked = [case.referral for case in self.cases if getattr(case.referral, "private_talk", None) is not None]
        if not talked:
            first = self.cases[0].referral if self.cases else None
            return {"talk_url": reverse("casefile:talk", args=[first.pk]) if first else ""}
        newest, links = talked[0], []
        for kind in (ConsentKind.TREATMENT, ConsentKind.MULTI_PARTY):
            links.append({"label": kind.label, "url": reverse("casefile:consent-ask", args=[newest.pk, kind.value])})
        for referral in talked[:3]:
            if referral.officer_id is not None:
                links.append(
                    {
                        "label": ConsentKind.SENTENCE.label,
                        "hints": f"{referral.officer.name}, referral {referral.reference}",
                        "url": reverse("casefile:consent-ask", args=[referral.pk, ConsentKind.SENTENCE.value]),
                    }
                )
            if referral.pk in self.undecided:
                links.append(
                    {
                        "label": "That the window was met, to the prosecutor",
                        "hints": f"Referral {referral.reference}",
                        "url": reverse("casefile:consent", args=[referral.pk]),
                    }
                )
        return {"links": links}
