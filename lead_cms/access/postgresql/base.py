"""Django's PostgreSQL backend, stating the principal when a transaction opens."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
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
