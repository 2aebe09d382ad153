"""Django's PostgreSQL backend, stating the principal when a transaction opens, and with statements that are planned once."""

import re
from functools import lru_cache

import psycopg
from django.db.backends.postgresql import base


@lru_cache(maxsize=512)
def numbered(query: str) -> tuple[str, list[str | int]]:
    """The statement with $1, $2 … for its parameters, and which of those given stands at each."""
    places: list[str | int] = []

    def number(found: re.Match) -> str:
        if found.group() == "%%":
            return "%"
        place = found.group(1) or len(places)
        if place not in places:
            places.append(place)
        return f"${places.index(place) + 1}"

    return re.sub(r"%(?:%|s|\((\w+)\)s)", number, query), places


class PreparedCursor(base.CursorMixin, psycopg.RawCursor):
    """A cursor whose statements the server parses and plans once in a connection, and once for each role.

    Row security is part of a plan: PostgreSQL would plan again whenever the role has changed since the last time. Where the
    parameters stand in the text is found once in a process: in a long statement that takes as long as answering it.
    """

    role = ""

    def execute(self, query, params=None):
        if params is not None:
            query, places = numbered(query)
            params = [params[place] for place in places]
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
