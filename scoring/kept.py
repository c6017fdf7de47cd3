"""Triggers by which the database itself refuses to change a submitted sheet's versions.

On SQLite deleting is refused by the models only, as with rubrics (scoring.triggers tells why).
A later migration that makes SQLite build the table anew must call `install` at its end.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "scoring_sheetversion"
MESSAGE = "versions of a sheet are not changed or deleted"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers, in place of those that are there."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}"
                f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
            return
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
        for event in ("update", "delete"):
            cursor.execute(
                f"CREATE TRIGGER {TABLE}_no_{event} BEFORE {event.upper()} ON {TABLE}"
                f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"
            )


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_update")
            return
        for event in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{event} ON {TABLE}")
        cursor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_refuse()")
