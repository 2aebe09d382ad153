"""Django's PostgreSQL backend, stating the principal when a transaction opens, and with statements that are planned once."""

import psycopg
from django.db.backends.postgresql import base


class PreparedCursor(base.CursorMixin, psycopg.Cursor):
    """A cursor whose statements the server parses and plans once in a connection, and once for each role.

    Row security is part of a plan: PostgreSQL would plan again whenever the role has changed since the last time.
    """

    role = ""

    def execute(self, query, params=None):
        return super().execute(f"/* {self.role} */ {query}", params, prepare=True)


class DatabaseOperations(base.DatabaseOperations):
    def last_executed_query(self, cursor, sql, params):
        """For logs and tests: with the values in it, where the statement itself went without."""
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def prepared_cursor(self):
        """A cursor as `cursor()` gives it, of which see PreparedCursor."""
        from lead_cms.access import principals

        self.ensure_connection()
        with self.wrap_database_errors:
            cursor = PreparedCursor(self.connection)
            principal = principals._principal.get()
            cursor.role = principal.db_role if principal else ""
            return self._prepare_cursor(cursor)

    def _set_autocommit(self, autocommit):
        # Imported late: Django loads the backend while the apps are still being loaded.
        from lead_cms.access import principals

        super()._set_autocommit(autocommit)
        if autocommit or principals._principal.get() is None:
            return
        try:
            with self.wrap_database_errors:
                principals.state(self)
        except BaseException:
            # Leave a connection that the next request can use.
            self.connection.rollback()
            super()._set_autocommit(True)
            raise
