"""Operations of migrations."""

from django.db.migrations.operations.base import Operation


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
