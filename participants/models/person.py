"""Who a person says they are, and their spells of taking part."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Collate, Lower, NullIf

from lead_cms.accounts.models import Membership
from lead_cms.accounts.rows import SiteRow
from participants.enums import InactiveReason, SpellState
from participants.likeness.stored import entry_of, stored_keys


def shown_first() -> Lower:
    """What a list of people by name is sorted by: the name they want to be called by, else the given one, else the family's."""
    return Lower(Coalesce(NullIf("chosen_name", Value("")), NullIf("given_name", Value("")), "family_name"))


class Participant(SiteRow):
    """A person as they describe themselves. No SSN, no citizenship, no country of birth: there is no field for it."""

    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    chosen_name = models.CharField(max_length=80, blank=True)
    street_names = models.JSONField(default=list, blank=True)
    # Former names, names on papers, other spellings.
    aliases = models.JSONField(default=list, blank=True)
    # All names in one lower-case line, for search by likeness.
    search_names = models.CharField(max_length=400, blank=True)
    # What the record is found by where it may be somebody's second one (participants/likeness/stored.py).
    match_keys = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    # When it was last looked at for a second record of the same person; empty again when what they say of themselves changes.
    alike_at = models.DateTimeField(null=True, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    age_about = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=10, default="en")
    pronouns = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    may_text = models.BooleanField(default=False)
    may_leave_message = models.BooleanField(default=False)
    others_read_phone = models.CharField(max_length=80, blank=True)
    # One line of the places where they are usually found, for lists; participants.actions.reach writes it.
    where_to_reach = models.CharField(max_length=200, blank=True)
    # Closed to everyone but the person's own case manager and the supervisor.
    is_restricted = models.BooleanField(default=False)
    died_on = models.DateField(null=True, blank=True)
    # The same person's other record, which is the one to use; this one is in no list from then on.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    PERSONAL = frozenset(
        {
            "given_name", "family_name", "chosen_name", "street_names", "aliases", "search_names", "match_keys",
            "birth_date", "age_about", "language", "pronouns", "phone", "may_text", "may_leave_message",
            "others_read_phone",
            "where_to_reach", "died_on",
        }
    )  # fmt: skip
    PLAIN = frozenset({"id", "site", "is_restricted", "merged_into", "alike_at", "created_at", "created_by"})

    class Meta:
        indexes = [
            # With the site in it, a search reads the names of one site.
            GinIndex(
                fields=["site", "search_names"], name="participant_site_names", opclasses=["uuid_ops", "gin_trgm_ops"]
            ),
            GinIndex(Func(F("site"), F("search_names"), function="app.site_terms"), name="participant_terms_of_site"),
            models.Index(
                F("site"), Collate(Func(F("search_names"), function="app.plain_name"), "C"), name="participant_begins"
            ),
            models.Index(
                F("site"),
                Collate(Func(F("given_name"), F("family_name"), function="app.turned_name"), "C"),
                name="participant_family_begins",
            ),
            GinIndex(fields=["match_keys"], name="participant_match_keys"),
            models.Index(fields=["site", "id"], condition=Q(alike_at=None), name="participant_not_looked_at"),
            models.Index(fields=["site"], condition=Q(died_on__isnull=False), name="participant_died"),
            # What row security asks of nearly every statement about people: few rows, and never from the table.
            models.Index(
                fields=["site"],
                include=["id", "created_by", "merged_into"],
                condition=Q(is_restricted=True),
                name="participant_closed_rows",
            ),
            models.Index(fields=["site", "birth_date"], name="participant_site_birth"),
            models.Index(
                F("site"), shown_first(), F("id"), condition=Q(merged_into=None), name="participant_site_by_name"
            ),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="participant_merged_into"
            ),
        ]

    def __str__(self):
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name the person wants to be called by, else what is known."""
        full = f"{self.given_name} {self.family_name}".strip()
        return self.chosen_name or full or next(iter([*self.street_names, *self.aliases]), "Name not given")

    @property
    def also_called(self) -> str:
        """Every other name they go by, street names first."""
        return ", ".join(dict.fromkeys([*self.street_names, *self.aliases]))

    def save(self, *args, **kwargs):
        names = [self.given_name, self.family_name, self.chosen_name, *self.street_names, *self.aliases]
        self.search_names = " ".join(name.lower() for name in names if name)[:400]
        self.match_keys, self.alike_at = stored_keys(entry_of(self), self.site_id), None
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_names", "match_keys", "alike_at"}
        super().save(*args, **kwargs)


class ParticipationQuerySet(models.QuerySet):
    def took_part(self):
        """Spells of people who had not left, past ones too: whose door is open only does not take part."""
        return self.exclude(state=SpellState.DOOR_OPEN)

    def taking_part(self):
        """Those of them that run."""
        return self.took_part().filter(ended_on=None)

    def newest_first(self):
        """The one that runs first; of several that began on one day the one that was written down last."""
        by_time = F("ended_on").desc(nulls_first=True), F("typed_at").desc(nulls_last=True)
        return self.order_by("-began_on", *by_time, "-pk")


class Participation(SiteRow):
    """A spell of taking part. One open spell per person and site; it begins with their yes, and nobody fails out."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="spells")
    state = models.CharField(max_length=20, choices=SpellState.choices, default=SpellState.ACTIVE)
    reason = models.CharField(max_length=20, choices=InactiveReason.choices, blank=True)  # of an inactive one
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    typed_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = ParticipationQuerySet.as_manager()

    PERSONAL = frozenset({"reason"})
    PLAIN = frozenset({"id", "site", "participant", "state", "began_on", "ended_on", "typed_at", "recorded_by"})

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(ended_on=None), name="participation_one_open_spell"
            ),
            models.CheckConstraint(name="participation_state_known", condition=Q(state__in=SpellState.values)),
            models.CheckConstraint(
                name="participation_reason_fits",
                condition=Q(reason="") | Q(state=SpellState.INACTIVE, reason__in=InactiveReason.values),
            ),
            models.CheckConstraint(
                name="participation_ends_after_it_began", condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on"))
            ),
        ]

    def __str__(self):
        return f"{self.participant_id} {self.state}"
