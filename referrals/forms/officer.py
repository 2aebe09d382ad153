"""Screen 1, "Can I, and who comes?": it keeps nothing; what was answered travels to screen 2 in an opaque token."""

import json
from dataclasses import replace

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from lead_cms.accounts.models import Membership
from lead_cms.core.crypto import Tampered, UnknownKey, decrypt, encrypt
from lead_cms.core.forms import Form
from lead_cms.programs.eligibility import asks_complainant, none_known, search_offences
from lead_cms.programs.rules import Rules
from referrals.actions.referring import Given, as_listed
from referrals.enums import Amount, Complainant, Door, ThreeWay
from referrals.forms.officer_fields import Line
from referrals.models import IncidentRecord

DOORS = (Door.ARREST, Door.SOCIAL)
MOST_FOUND = 12
AMOUNTS = [(Amount.WITHIN, "Within"), (Amount.OVER, "Over"), (Amount.NOT_WEIGHED, "Not weighed")]
AAD, AAD_TYPED = "referrals.check", "referrals.check.typed"
MOST_TYPED = 2900  # sealed, and with the rest of its address, still a line that every server takes: 4094 letters
# The words of the imported incident files for what the rules call by another.
GROUPS = {"shoplifting": "theft"}


class BadToken(ValueError):
    """The answers of screen 1 cannot be read: an old page, or somebody else's."""


def _for(by: Membership, what: str) -> str:
    """An address stays in the history of a shared browser and in logs: it opens for whoever answered, and nobody else."""
    return f"{what}.{by.pk}"


def pack(given: Given, *, by: Membership, number: str = "") -> str:
    """The answers as a token that only `by` can open: codes, and nothing about a person."""
    plain = {
        "d": given.door, "o": list(given.offences), "m": given.amount, "a": dict(given.answers),
        "r": dict(given.overrides), "n": number, "s": given.is_sure, "p": given.complainant,
    }  # fmt: skip
    return encrypt(json.dumps(plain), aad=_for(by, AAD))


def unpack(token: str, *, by: Membership) -> tuple[Given, str]:
    """What `pack` was given: the answers and the incident number they began from."""
    try:
        plain = json.loads(decrypt(token, aad=_for(by, AAD)))
        given = Given(
            door=plain["d"], offences=tuple(plain["o"]), amount=plain["m"], answers=plain["a"],
            overrides=plain["r"], is_sure=plain["s"], complainant=plain.get("p", ""),
        )  # fmt: skip
        return given, plain["n"]
    except (Tampered, UnknownKey, ValueError, KeyError, TypeError) as error:
        raise BadToken from error


def seal(typed: QueryDict, *, by: Membership) -> str:
    """The form as it was sent, for an address that shows it again; empty where it is too long for one."""
    kept = {name: values for name, values in typed.lists() if name != "csrfmiddlewaretoken" and any(values)}
    plain = json.dumps(kept)
    return encrypt(plain, aad=_for(by, AAD_TYPED)) if len(plain) <= MOST_TYPED else ""


def unseal(token: str, *, by: Membership) -> QueryDict:
    """What `seal` was given."""
    typed = QueryDict(mutable=True)
    try:
        for name, values in json.loads(decrypt(token, aad=_for(by, AAD_TYPED))).items():
            typed.setlist(name, values)
    except (Tampered, UnknownKey, ValueError, AttributeError) as error:
        raise BadToken from error
    return typed


def incident_number(text: str) -> str:
    """As it is stored: without the spaces people read it with, and without what no record holds."""
    return "".join(text.replace("\0", "").split())[:30]


class CheckForm(Form):
    """Door, offenses, amount, and what would keep LEAD from being offered, for one site's rules."""

    door = forms.ChoiceField(label="What is this?", widget=forms.RadioSelect)
    q = Line(label="Offense", required=False, max_length=80)
    offense = forms.MultipleChoiceField(label="Offenses", required=False, widget=forms.CheckboxSelectMultiple)
    amount = forms.ChoiceField(
        label="Amount", required=False, choices=AMOUNTS, widget=forms.RadioSelect,
    )  # fmt: skip
    complainant = forms.ChoiceField(
        label="What does the person or business harmed say?", required=False, choices=Complainant.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    none = forms.BooleanField(label="None of these, that I know of", required=False)
    number = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def __init__(self, rules: Rules, *args, site_id=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.rules, self.site_id = rules, site_id
        doors = [door for door in DOORS if rules.opens(door)]
        self.fields["door"].choices = [(door, rules.door_name(door).capitalize()) for door in doors]
        if len(doors) == 1:
            self.fields["door"].initial = doors[0]
        self.exclusions = [one for one in rules.exclusions or () if set(one.doors) & set(DOORS)]
        for one in self.exclusions:
            self.fields[f"x_{one.code}"] = forms.ChoiceField(
                label=one.text, required=False, choices=ThreeWay.choices, widget=forms.RadioSelect
            )
            self.fields[f"o_{one.code}"] = Line(label="Reason to go on", required=False, max_length=200)
        if not asks_complainant(rules):
            del self.fields["complainant"]
        self.found, self.incident, self.looked = [], None, False
        self.unlisted = ""
        self._offer_offences()

    def _offer_offences(self) -> None:
        """The choices: what was chosen before, then what the words found, then what was typed as not listed."""
        source = self.data if self.is_bound else self.initial
        text = str(source.get("q") or "").strip().replace("\x00", "")
        posted = source.getlist("offense") if hasattr(source, "getlist") else source.get("offense") or []
        self.chosen = list(as_listed(self.rules, (str(code) for code in posted)))
        self.looked = self.is_bound and ("find" in source or bool(text))
        if self.looked:
            self._find(text)
        # What is marked by itself must be seen before it counts.
        if "find" in source and not self.chosen and len(self.found) == 1:
            self.chosen = [self.found[0].code]
        codes = list(dict.fromkeys([*self.chosen, *(one.code for one in self.found)]))
        if self.looked and text and not self.found and not self.incident and text not in codes:
            self.unlisted = text[:40]
            codes.append(self.unlisted)
        self.fields["offense"].choices = [(code, code) for code in codes]

    def quiet(self) -> None:
        """While somebody is looking for an offense nothing is missing yet."""
        self._errors, self.cleaned_data = ErrorDict(), {}

    def _find(self, text: str) -> None:
        number = incident_number(text)
        if self.site_id and len(number) >= 6 and number.isdigit():
            rows = list(IncidentRecord.objects.filter(site_id=self.site_id, incident_number=number).order_by("pk")[:8])
            if rows:
                self.incident = rows[0]
                groups = {GROUPS.get(row.group, row.group) for row in rows} - {""}
                listed = [one for one in self.rules.offences or () if one.group in groups]
                words = {word for row in rows for word in row.description.casefold().split()}
                self.found = sorted(listed, key=lambda one: -len(words & set(" ".join(one.words).split())))
                return
        self.found = search_offences(self.rules, text)[: MOST_FOUND if text else None]

    @property
    def offence_rows(self) -> list[dict]:
        """The choices with what the rules say of each."""
        rows = []
        for code, _ in self.fields["offense"].choices:
            known = self.rules.offence(code)
            if known is None:
                title, note = "Not on the site’s list", "It goes its usual way; it is not held."
            else:
                title = known.title
                note = f"Divertible where {_small(known.condition)}." if known.condition else "Divertible."
            rows.append({"code": code, "title": title, "note": note, "chosen": code in self.chosen})
        return rows

    @property
    def asks_amount(self) -> bool:
        shown = [self.rules.offence(code) for code, _ in self.fields["offense"].choices]
        return any(one and one.amount_limit for one in shown)

    @property
    def limit_texts(self) -> list[str]:
        kinds = {one.amount_limit for code, _ in self.fields["offense"].choices if (one := self.rules.offence(code))}
        limits = {"drug": self.rules.limits.drug, "property": self.rules.limits.property}
        return [limit.text for kind, limit in limits.items() if kind in kinds and limit]

    @property
    def limit_exempt(self) -> list[str]:
        """What the shown limits do not hold for, such as pills."""
        limits = (self.rules.limits.drug, self.rules.limits.property)
        return [thing for limit in limits if limit and limit.text in self.limit_texts for thing in limit.exempt]

    @property
    def exclusion_rows(self) -> list[dict]:
        return [
            {
                "text": one.text, "field": self[f"x_{one.code}"], "reason": self[f"o_{one.code}"],
                "arrest": "arrest" in one.doors, "social": "social" in one.doors, "code": one.code,
                "source": one.source.label,
            }
            for one in self.exclusions
        ]  # fmt: skip

    @property
    def singly(self) -> bool:
        """Whether any exclusion was answered by itself."""
        return any(self[f"x_{one.code}"].value() for one in self.exclusions)

    def clean(self):
        given = super().clean()
        door = given.get("door")
        if door is None:
            return given
        text = (given.get("q") or "").strip()
        if door == Door.ARREST and not self.chosen:
            if self.found:
                self.add_error("q", "Choose the offense from the list below.")
            elif text:
                self.add_error("q", f"“{text}” is not an offense this site diverts. Try another word, or see them all.")
            else:
                self.add_error("q", "Enter the offense: a word, a code, or the incident number.")
        limited = any((one := self.rules.offence(code)) and one.amount_limit for code in self.chosen)
        if limited and not given.get("amount"):
            self.say_missing("amount", "Choose within, over, or not weighed.")
        if door == Door.ARREST and "complainant" in self.fields and not given.get("complainant"):
            self.say_missing("complainant", "Choose what they say, or that there is none.")
        asked = self.rules.exclusions_for(door)
        if asked and not given.get("none") and not any(given.get(f"x_{one.code}") for one in asked):
            self.say_missing("none", "Tap “None of these, that I know of”, or answer them one by one.")
        return given

    def given(self) -> Given:
        """The answers: one tap stands for all that were not answered singly."""
        clean = self.cleaned_data
        door = clean["door"]
        asked = self.rules.exclusions_for(door)
        answers = dict(none_known(self.rules, door)) if clean.get("none") else {}
        answers |= {one.code: clean[f"x_{one.code}"] for one in asked if clean.get(f"x_{one.code}")}
        overrides = {
            one.code: clean[f"o_{one.code}"].strip() for one in asked if clean.get(f"o_{one.code}", "").strip()
        }
        return Given(
            door=door, offences=tuple(self.chosen), amount=clean.get("amount", ""), answers=answers,
            overrides=overrides, complainant=clean.get("complainant", "") if door == Door.ARREST else "",
        )  # fmt: skip

    @staticmethod
    def initial_of(given: Given) -> dict:
        """The form as it was, from what travelled."""
        initial = {
            "door": given.door, "offense": list(given.offences), "amount": given.amount,
            "complainant": given.complainant,
        }  # fmt: skip
        if given.answers and all(answer == ThreeWay.NO for answer in given.answers.values()):
            return initial | {"none": True}
        initial |= {f"x_{code}": answer for code, answer in given.answers.items()}
        return initial | {f"o_{code}": reason for code, reason in given.overrides.items()}


def unsure(given: Given) -> Given:
    """The same answers, sent to the coordinator because the officer is not sure."""
    return replace(given, is_sure=False)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
