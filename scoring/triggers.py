"""Triggers by which the database itself refuses to change what a published rubric says.

A published rubric, its criteria and levels are not updated, and nothing is added to them; nor are
rows taken away from under them. On SQLite deleting is refused by the models only: a trigger against
it would stop the flush by which test databases are emptied, as it has no other way.
A later migration that makes SQLite build one of the tables anew must call `install` at its end.
"""

from collections.abc import Container

from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "published rubrics are not changed"
PUBLISHED = "SELECT 1 FROM scoring_rubric r WHERE r.state = 'published' AND r.id = "
OF_CRITERION = "(SELECT c.rubric_id FROM scoring_criterion c WHERE c.id = {row}.criterion_id)"
# table → the rubric's id, of OLD or NEW
TABLES = {
    "scoring_rubric": "{row}.id",
    "scoring_criterion": "{row}.rubric_id",
    "scoring_level": OF_CRITERION,
}
# `published_by` and `proposed_by` may be emptied when the person's account is erased.
RUBRIC_KEPT = (
    *("id", "series_id", "version", "state", "reviews", "comment_rule", "not_applicable"),
    *("tie_chain", "digest", "published_at", "format", "profile", "blind"),
    *("internal_comment_rule", "comment_levels", "show_others", "show_entrants", "calibration"),
    *("rounds", "reason", "proposed_at", "returned"),
)
RUBRIC_ERASED = ("published_by_id", "proposed_by_id")
SAME = {
    "sqlite": "NEW.{0} IS OLD.{0}",
    # json has no equality of its own; its text has.
    "postgresql": "NEW.{0}::text IS NOT DISTINCT FROM OLD.{0}::text",
}


def _condition(table: str, row: str, event: str, vendor: str, columns: Container[str]) -> str:
    if table == "scoring_rubric":
        same = " AND ".join(SAME[vendor].format(name) for name in RUBRIC_KEPT if name in columns)
        erased = " AND ".join(
            f"(NEW.{name} IS NULL OR {SAME[vendor].format(name)})"
            for name in RUBRIC_ERASED
            if name in columns
        )
        changed = f" AND NOT ({same} AND {erased})" if event == "UPDATE" else ""
        return f"OLD.state = 'published'{changed}"
    return f"EXISTS ({PUBLISHED}{TABLES[table].format(row=row)})"


def _events(table: str, vendor: str) -> list[tuple[str, str]]:
    """(event, row that says whose it is)."""
    events = [("UPDATE", "OLD")]
    if table != "scoring_rubric":
        events.append(("INSERT", "NEW"))
    if vendor == "postgresql":
        events.append(("DELETE", "OLD"))
    return events


def _columns(connection: BaseDatabaseWrapper) -> set[str]:
    """Of the rubric's table as it is: migrations make the triggers before later columns come."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, "scoring_rubric")
    return {column.name for column in found}


def _statements(vendor: str, columns: Container[str]) -> list[str]:
    made = []
    for table in TABLES:
        for event, row in _events(table, vendor):
            name = f"{table}_no_{event.lower()}"
            condition = _condition(table, row, event, vendor, columns)
            if vendor == "sqlite":
                made.append(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition}"
                    f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )
                continue
            back = "OLD" if event == "DELETE" else "NEW"
            made.append(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN IF {condition} THEN RAISE EXCEPTION '{MESSAGE}'; END IF;"
                f" RETURN {back}; END $$"
            )
            made.append(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    return made


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers, in place of those that are there."""
    remove(connection)
    statements = _statements(connection.vendor, _columns(connection))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            for event, _row in _events(table, connection.vendor):
                name = f"{table}_no_{event.lower()}"
                if connection.vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                else:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                    cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
