"""The same on PostgreSQL: a template beside the databases of the workers, with the key in its name."""

from django.db.backends.postgresql.creation import DatabaseCreation

from tests.database import Kept


class KeptTemplate(Kept, DatabaseCreation):
    def save(self, name: str) -> None:
        self._copy_database(name, self._prefix + self.key)

    def copy(self, name: str) -> None:
        self._copy_database(self._prefix + self.key, name)
        self.turn_to(name)

    def is_kept(self) -> bool:
        with self._nodb_cursor() as cursor:
            return self._database_exists(cursor, self._prefix + self.key)

    def forget(self) -> None:
        with self._nodb_cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self._prefix])
            for (old,) in cursor.fetchall():
                cursor.execute(f"DROP DATABASE {self._quote_name(old)}")

    @property
    def _prefix(self) -> str:
        return f"test_{self.database}_migrated_"

    def _copy_database(self, old: str, new: str) -> None:
        self.connection.close()  # nobody may be connected to what is copied
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {self._quote_name(new)}")
            cursor.execute(f"CREATE DATABASE {self._quote_name(new)} TEMPLATE {self._quote_name(old)}")
