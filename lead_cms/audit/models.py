"""Two tables that nobody may change: what people meant and saw, and what happened to rows."""

from django.db import models


class AuditEvent(models.Model):
    """One thing a person did, opened or was refused. Written by lead_cms.audit.record only."""

    id = models.UUIDField(primary_key=True, editable=False)
    recorded_at = models.DateTimeField(editable=False)  # set by a trigger, from the database's clock
    # A value of AuditAction; no `choices`, so that a new event needs no migration.
    action = models.CharField(max_length=60)
    # Keys without foreign keys: the log outlives what it is about and never blocks its deletion.
    user_id = models.UUIDField(null=True)
    membership_id = models.UUIDField(null=True)
    site_id = models.UUIDField(null=True)
    # A copy, so that the entry reads the same after a change of name or role.
    actor_label = models.CharField(max_length=200)
    request_id = models.CharField(max_length=40)
    target_model = models.CharField(max_length=100, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    # Codes and ids only; never names, notes or free text.
    details = models.JSONField(default=dict)

    PERSONAL = frozenset({"actor_label"})
    PLAIN = frozenset(
        {
            "id", "recorded_at", "action", "user_id", "membership_id", "site_id", "request_id", "target_model",
            "target_id", "details",
        }
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["site_id", "-recorded_at", "-id"], name="auditevent_site_time"),
            models.Index(fields=["site_id", "action", "-recorded_at", "-id"], name="auditevent_deed_time"),
            models.Index(fields=["membership_id", "-recorded_at", "-id"], name="auditevent_person_time"),
            models.Index(fields=["target_id", "-recorded_at", "-id"], name="auditevent_target_time"),
            models.Index(fields=["request_id"], name="auditevent_request"),
            models.Index(
                fields=["site_id", "-recorded_at", "-id"],
                condition=models.Q(membership_id=None),
                name="auditevent_sign_ins",
            ),
        ]

    def __str__(self):
        return f"{self.action} {self.target_model}:{self.target_id}"


class RowChange(models.Model):
    """One insert, update or delete on a domain table, written by a trigger as a role that nobody signs in as."""

    recorded_at = models.DateTimeField(editable=False)
    table_name = models.CharField(max_length=63)
    row_id = models.CharField(max_length=40)
    verb = models.CharField(max_length=6)
    db_role = models.CharField(max_length=63)
    login = models.CharField(max_length=63)
    user_id = models.UUIDField(null=True)
    membership_id = models.UUIDField(null=True)
    site_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=40)
    # Names of the columns that changed; before and after of the columns that hold codes, dates and ids.
    columns = models.JSONField(default=list)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    PERSONAL = frozenset()
    PLAIN = frozenset(
        {
            "id", "recorded_at", "table_name", "row_id", "verb", "db_role", "login", "user_id", "membership_id", "site_id",
            "request_id", "columns", "before", "after",
        }
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["row_id", "-recorded_at"], name="rowchange_row_time")]

    def __str__(self):
        return f"{self.verb} {self.table_name}:{self.row_id}"
