"""The backend of the product, which sends a savepoint with the statement that it is for.

A test runs inside one transaction, so every block that would begin and commit one makes a savepoint and releases it: a third of
what a test asks of the database. What nothing was asked in is never sent, and the rest goes with the next statement.
"""

from functools import partial

from psycopg import ClientCursor

from lead_cms.access.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.unsent: list[tuple[str, str]] = []  # what is to be said, and of which savepoint

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        self.unsent.clear()
        say = partial(self._say, connection, connection.wait)
        # Everything that is sent comes by the first; a pipeline is told before it begins.
        connection.wait, connection.pipeline = _after(say, connection.wait), _after(say, connection.pipeline)
        return connection

    def _say(self, connection, wait) -> None:
        if not self.unsent:
            return
        words = [said for said, _ in self.unsent]
        self.unsent.clear()
        for said in words if connection._pipeline else ["; ".join(words)]:
            wait(ClientCursor(connection)._execute_gen(said))  # whoever waits holds the connection's lock

    def _savepoint(self, sid):
        self.unsent.append((self.ops.savepoint_create_sql(sid), sid))

    def _savepoint_commit(self, sid):
        begun = (self.ops.savepoint_create_sql(sid), sid)
        if begun in self.unsent:
            del self.unsent[self.unsent.index(begun) :]  # nothing was asked since
        else:
            self.unsent.append((self.ops.savepoint_commit_sql(sid), sid))

    def _savepoint_rollback(self, sid):
        begun = (self.ops.savepoint_create_sql(sid), sid)
        if begun in self.unsent:
            del self.unsent[self.unsent.index(begun) + 1 :]
        else:
            self.unsent.clear()  # all of it began after this one
            super()._savepoint_rollback(sid)

    def _commit(self):
        self.unsent.clear()
        return super()._commit()

    def _rollback(self):
        self.unsent.clear()
        return super()._rollback()

    def _close(self):
        self.unsent.clear()
        return super()._close()


def _after(first, then):
    def both(*args, **options):
        first()
        return then(*args, **options)

    return both
