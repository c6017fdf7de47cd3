"""The database itself refuses to change a form that was frozen.

Deleting is refused by the model and by what points at the form (on_delete=PROTECT): a trigger
against it would stop SQLite's flush as well.
"""

from django.db import migrations

SQLITE = (
    """
    CREATE TRIGGER challenges_form_no_update BEFORE UPDATE ON challenges_formversion
    WHEN OLD.frozen_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'frozen forms are not changed'); END
    """,
)
POSTGRES = (
    """
    CREATE FUNCTION challenges_form_frozen() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'frozen forms are not changed'; END
    $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER challenges_form_final BEFORE UPDATE ON challenges_formversion
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION challenges_form_frozen()
    """,
)
UNDO = {
    "sqlite": ("DROP TRIGGER challenges_form_no_update",),
    "postgresql": (
        "DROP TRIGGER challenges_form_final ON challenges_formversion",
        "DROP FUNCTION challenges_form_frozen()",
    ),
}


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRES}[vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("challenges", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
