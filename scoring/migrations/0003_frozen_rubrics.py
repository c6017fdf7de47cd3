from django.db import migrations

from scoring import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_juror_recused_juror_submitted_juror_to_read_and_more")]

    operations = [migrations.RunPython(install, remove)]
