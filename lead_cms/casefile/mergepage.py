"""What a page says of two records of one person: side by side, what hangs on each, and what came of putting them together."""

from collections import Counter
from datetime import datetime, timedelta

from django.apps import apps
from django.db.models import Max
from django.urls import reverse

from lead_cms.casefile.forms.merging import MergeForm
from lead_cms.core.templatetags.dates import say_day, say_phone
from lead_cms.programs.current import current_ruleset, rules_for
from participants.actions import merging
from participants.actions.alike import pair_of, why_alike
from participants.enums import LANGUAGES
from participants.merging import families
from participants.models import ContactNote, Merge, Participant
from referrals.models import Casework

NOT_SAID = "Not entered"
ONE_ALONE = "Stayed with the other record: of these only one may stand at a time"
COLUMNS = ["What", "Older record", "Newer record"]
LABELS = {
    "given_name": "First name", "family_name": "Last name", "chosen_name": "What they want to be called",
    "street_names": "Street names", "aliases": "Other names", "birth_date": "Birth date or age", "age_about": "Age, about",
    "language": "Language", "pronouns": "Pronouns", "race": "Race and ethnicity, as they say",
    "gender": "Gender, as they say", "phone": "Number, and what may be done with it", "died_on": "Died",
}  # fmt: skip
# One and several of what hangs on a record; another table says its own name.
HANGING = {
    "referrals_casework": ("referral", "referrals"),
    "participants_contactnote": ("contact note", "contact notes"),
    "participants_consent": ("consent", "consents"),
    "participants_goal": ("goal", "goals"),
    "participants_legalevent": ("court date or arrest", "court dates and arrests"),
    "participants_participation": ("time of taking part", "times of taking part"),
    "participants_personmonth": ("month", "months"),
    "participants_legalaidgiven": ("lawyer they were given to", "lawyers they were given to"),
    "participants_reachplace": ("place where they are found", "places where they are found"),
    "participants_trustedperson": ("person they trust", "people they trust"),
    "participants_personfile": ("paper", "papers"),
    "participants_lastseen": ("last-seen place", "last-seen places"),
    "participants_demographics": ("record of what they say of themselves", "records of what they say of themselves"),
    "services_askedperson": ("service asked for", "services asked for"),
    "services_servicegap": ("service not available", "services not available"),
    "reports_gettingalong": ("time of getting along without LEAD", "times of getting along without LEAD"),
}
# Parts of what is counted already, and what is not everybody's to know of.
UNCOUNTED = {
    "participants_participant", "participants_merge", "participants_consentcell", "participants_recordaccess",
    "participants_nevertogether", "participants_emergencyaccess", "participants_privilegednote",
    "participants_likelypair",
}  # fmt: skip


def apart_days(by, at: datetime) -> int | None:
    """For how many days the site's rules let two records be taken apart again."""
    ruleset = current_ruleset(by.site_id, at.astimezone(by.site.tz).date())
    return rules_for(ruleset).merging.apart_days if ruleset else None


def say_hanging(counts: dict[str, int]) -> list[tuple[str, int]]:
    """What is said of each table, in the order of HANGING, and how many rows of it there are."""
    parts = {one.child.table for one in families()}
    told = [table for table in [*HANGING, *sorted(counts.keys() - HANGING.keys())] if counts.get(table)]
    return [(_named(table, counts[table]), counts[table]) for table in told if table not in parts | UNCOUNTED]


def _named(table: str, count: int) -> str:
    known = HANGING.get(table)
    if known is None:
        meta = next(model._meta for model in apps.get_models() if model._meta.db_table == table)
        known = str(meta.verbose_name), str(meta.verbose_name_plural)
    return known[0] if count == 1 else known[1]


def say_list(counts: dict[str, int]) -> str:
    """ "3 referrals, 12 contact notes"."""
    return ", ".join(f"{count} {words}" for words, count in say_hanging(counts))


class MergePage:
    """Two records: the older stands first, wherever it was named."""

    def __init__(self, one: Participant, other: Participant, by, at: datetime):
        self.one, self.other = sorted([one, other], key=lambda person: (person.created_at, person.pk))
        self.by, self.at = by, at
        self.hindrance = merging.hindrance(one=self.one.pk, other=self.other.pk, by=by)

    def asked(self) -> list[merging.Field]:
        pair = [self.one, self.other]
        found = ContactNote.objects.filter(participant__in=pair, is_two_way=True, signed_at__isnull=False)
        talked = dict(found.values_list("participant_id").annotate(at=Max("happened_at")).order_by())
        newer = max(pair, key=lambda person: talked.get(person.pk, person.created_at))
        return merging.fields_of(*pair, newer=newer)

    @property
    def seen(self) -> str:
        return merging.seen_as(self.one, self.other)

    def form(self, data=None, *, is_old: bool = False) -> MergeForm:
        """`is_old`: sent from a page that knew less; what it could not ask is chosen as on a new page."""
        self.fields = self.asked()
        differ = [one for one in self.fields if not one.is_alike]
        if is_old:
            data = {one.name: one.first for one in differ} | data.dict()
        return MergeForm(data, asked=differ, words={one.name: label_of(one.name) for one in differ})

    def context(self, form: MergeForm | None) -> dict:
        if form is None:
            return {"one": self.one, "other": self.other, "hindrance": self.hindrance, "ready": False}
        hangs = merging.hangs(one=self.one.pk, other=self.other.pk)
        days = apart_days(self.by, self.at)
        managers = self._managers()
        pair = pair_of(self.one, self.other)
        until = say_day(self.at.astimezone(self.by.site.tz).date() + timedelta(days=days)) if days else ""
        return {
            "one": self.one, "other": self.other, "hindrance": self.hindrance, "ready": True, "form": form,
            "heads": [self._head(person, word, managers) for person, word in self._two()],
            "rows": [self._row(one, form) for one in self.fields if not one.is_alike],
            "alike": [row for one in self.fields if one.is_alike and (row := self._fact(one))],
            "columns": COLUMNS, "hanging": self._hanging(hangs), "seen": self.seen, "until": until,
            "why": why_alike(pair) if pair else [],
            "different": reverse("casefile:alike-different", args=[pair.pk]) if pair else "",
            "offered": days is not None, "not_offered": merging.NOT_OFFERED,
            "readers": sorted({name for names in managers.values() for name in names}),
        }  # fmt: skip

    def _two(self):
        return (self.one, "Older record"), (self.other, "Newer record")

    def _managers(self) -> dict:
        """Who looks after whom, by record."""
        found: dict = {}
        cases = Casework.objects.filter(participant__in=[self.one, self.other], case_manager__isnull=False)
        for person, name in (
            cases.values_list("participant_id", "case_manager__name").distinct().order_by("case_manager__name")
        ):
            found.setdefault(person, []).append(name)
        return found

    @staticmethod
    def _head(person: Participant, word: str, managers: dict) -> dict:
        names = managers.get(person.pk)
        return {
            "word": word, "name": person.shown_name, "url": reverse("casefile:person", args=[person.pk]),
            "since": say_day(person.created_at), "born": say_age(person), "managers": ", ".join(names) if names else "nobody yet",
        }  # fmt: skip

    def _row(self, field: merging.Field, form: MergeForm) -> dict:
        """One question; of its two answers each says what stands on its record."""
        bound, said = form[field.name], {"one": field.of_one, "other": field.of_other}
        options = []
        for number, (value, word) in enumerate(form.fields[field.name].choices):
            text = say_field(field, said[value]) if value in said else say_field(field, (_both(field),))
            options.append({
                "value": value, "word": word, "text": text, "id": f"{bound.auto_id}_{number}",
                "is_chosen": bound.value() == value, "is_both": value == "both",
            })  # fmt: skip
        return {"legend": bound.label, "name": field.name, "options": options, "errors": bound.errors}

    @staticmethod
    def _fact(field: merging.Field) -> dict | None:
        text = say_field(field, field.of_one)
        return None if text == NOT_SAID else {"label": label_of(field.name), "value": text}

    @staticmethod
    def _hanging(hangs: dict[str, tuple[int, int]]) -> list[list]:
        every = {table: sum(counts) for table, counts in hangs.items()}
        by_words = {_named(table, every[table]): hangs[table] for table in every}
        return [[words.capitalize(), *map(str, by_words[words])] for words, _ in say_hanging(every)]


def say_age(person: Participant) -> str:
    if person.birth_date:
        return f"Born {person.birth_date:%B} {person.birth_date.day}, {person.birth_date.year}. "
    return "" if person.age_about is None else f"About {person.age_about}. "


def _both(field: merging.Field) -> list:
    return list(dict.fromkeys([*field.of_one[0], *field.of_other[0]]))


def label_of(name: str) -> str:
    return LABELS.get(name) or str(Participant._meta.get_field(name).verbose_name).capitalize()


def say_field(field: merging.Field, values: tuple) -> str:
    """What one record says, in words."""
    value = values[0]
    if field.name == "birth_date" and value is None and values[1] is not None:
        return f"About {values[1]}"
    if value in (None, "", [], False):
        return NOT_SAID
    if field.name == "phone":
        return say_number(*values)
    if field.name == "language":
        return LANGUAGES.get(value, value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if hasattr(value, "isoformat"):
        return f"{value:%B} {value.day}, {value.year}"
    choices = dict(Participant._meta.get_field(field.name).flatchoices)
    return str(choices.get(value, "Yes" if value is True else value))


def say_number(phone: str, may_text: bool, may_leave_message: bool, others_read: str) -> str:
    said = [say_phone(phone), "texts are fine" if may_text else "no texts"]
    said.append("a message may be left" if may_leave_message else "leave no message")
    return ", ".join([*said, *([f"also read by: {others_read}"] if others_read else [])])


class MergedPage:
    """One merge that was done: what came over, until when it can be undone, and what came of undoing it."""

    def __init__(self, merge: Merge):
        self.merge = merge
        self.hindrance = merging.apart_hindrance(merge)

    def context(self) -> dict:
        one = self.merge
        # The kept record, or the one that it was itself put together with later.
        keys = [one.kept_id, merging.kept_record(one.kept_id)]
        counts = {
            kind: Counter({table: count.get(kind, 0) for table, count in one.counts.items()})
            for kind in ("came", "stayed")
        }
        rows = one.result.get("rows", {})
        result = {
            kind: {table: count.get(kind, 0) for table, count in rows.items()} for kind in ("back", "stay", "added")
        }
        return {
            "merge": one, "kept": Participant.objects.filter(pk__in=[key for key in keys if key]).first(),
            "is_apart": one.apart_at is not None, "why_not": self.hindrance.words,
            "facts": [
                {"label": "Came over", "value": say_list(counts["came"]), "missing": "Nothing hung on it"},
                {"label": ONE_ALONE, "value": say_list(counts["stayed"]), "missing": "Nothing"},
                {"label": "Chosen from the other record", "value": self._chosen("left"), "missing": "Nothing"},
                {"label": "Both kept", "value": self._chosen("both"), "missing": "Nothing"},
            ],
            "result": [
                {"label": "Went back", "value": say_list(result["back"]), "missing": "Nothing"},
                {"label": "Was changed or added to since, and stays here", "value": say_list(result["stay"]), "missing": "Nothing"},
                {"label": "Was added here since, and stays here", "value": say_list(result["added"]), "missing": "Nothing"},
                {"label": "Answers put back", "value": self._named("fields_back"), "missing": "None"},
                {"label": "Answers changed since, which stay", "value": self._named("fields_stay"), "missing": "None"},
            ],
        }  # fmt: skip

    def _chosen(self, code: str) -> str:
        return self._listed([name for name, choice in self.merge.choices.items() if choice == code])

    def _named(self, what: str) -> str:
        names = [name for name in self.merge.result.get(what, []) if name not in merging.FOLLOW_ANOTHER]
        return self._listed(names)

    @staticmethod
    def _listed(names: list[str]) -> str:
        """In the order in which a page asks for them."""
        every = [*LABELS, *sorted(set(names) - set(LABELS))]
        return ", ".join(label_of(name) for name in every if name in names)
