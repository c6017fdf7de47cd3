"""Drafts of rubrics take over what their challenge promised: who proposes is hidden by the rubric."""

from django.db import migrations


def to_drafts(apps, schema_editor):
    rubric = apps.get_model("scoring", "Rubric")
    rubric.objects.filter(state="draft", series__blind=True).update(blind=True)


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0004_blindness_of_series"),
        ("scoring", "0013_what_a_meeting_may_lack"),
    ]

    operations = [migrations.RunPython(to_drafts, migrations.RunPython.noop)]
