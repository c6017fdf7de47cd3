"""Triggers by which the database itself refuses to change or delete audit rows.

Allowed are the sealing columns, once, and emptying `by`. A later migration that makes SQLite build
the table anew (it drops the triggers with the old one) must call `install` at its end.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "core_auditentry"
KEPT = ("id", "chain", "verb", "target_type", "target_id", "by_label", "data", "at")
SEALED = ("sequence", "prev_hash", "hash")

_same = {"sqlite": "NEW.{0} IS OLD.{0}", "postgresql": "NEW.{0} IS NOT DISTINCT FROM OLD.{0}"}


def _allowed(vendor: str) -> str:
    same = _same[vendor]
    kept = " AND ".join(same.format(f'"{name}"') for name in KEPT)
    sealed = " AND ".join(same.format(f'"{name}"') for name in SEALED)
    return (
        f"{kept} AND (NEW.by_id IS NULL OR {same.format('by_id')})"
        f" AND (OLD.hash IS NULL OR ({sealed}))"
    )


def _sqlite() -> list[str]:
    return [
        (
            f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}"
            f" WHEN NOT ({_allowed('sqlite')})"
            " BEGIN SELECT RAISE(ABORT, 'audit rows are not changed'); END"
        ),
        (
            f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}"
            " BEGIN SELECT RAISE(ABORT, 'audit rows are not deleted'); END"
        ),
    ]


def _postgresql() -> list[str]:
    return [
        (
            f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'audit rows are not changed or deleted'; END $$"
        ),
        (
            f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW"
            f" WHEN (NOT ({_allowed('postgresql')})) EXECUTE FUNCTION {TABLE}_refuse()"
        ),
        (
            f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}"
            f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"
        ),
        (
            f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()"
        ),
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers, in place of those that are there."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    on_table = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
    with connection.cursor() as cursor:
        for name in ("update", "delete", "truncate"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{name}{on_table}")


def are_installed(connection: BaseDatabaseWrapper) -> bool:
    query = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = %s"
        if connection.vendor == "sqlite"
        else "SELECT count(*) FROM pg_trigger WHERE tgname = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{TABLE}_no_update"])
        return bool(cursor.fetchone()[0])
