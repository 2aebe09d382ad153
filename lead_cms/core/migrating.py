"""Operations of migrations."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations.operations.base import Operation

STATE_OF_INDEX = """select i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relname = %s and c.relnamespace = current_schema()::regnamespace"""


class BuildIndex(AddIndexConcurrently):
    """An index built beside the writers, also where that was tried before.

    What a build that failed leaves is an index of this name that is not used: it is dropped. One that is whole, because a
    later step of the migration failed, is left as it is.
    """

    def state_forwards(self, app_label, state):
        """Without making the model anew, and every one that refers to it: no other operation reads an index from there."""
        of_model = state.models[app_label, self.model_name_lower].options
        of_model["indexes"] = [*of_model["indexes"], self.index.clone()]

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._ensure_not_in_transaction(schema_editor)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(STATE_OF_INDEX, [self.index.name])
            found = cursor.fetchone()
        if found and found[0]:
            return
        if found:
            self.database_backwards(app_label, schema_editor, to_state, from_state)
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class Together(Operation):
    """Operations of one kind (tables, or columns, or indexes and constraints), the state of the models made once for all.

    The same SQL as one after the other. Without it the framework makes nearly every model anew after each operation, which
    took five times as long as the database did.
    """

    def __init__(self, operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # made again when it is asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name, app_label):
        return any(operation.references_model(name, app_label) for operation in self.operations)

    def describe(self):
        return "; ".join(operation.describe() for operation in self.operations)
