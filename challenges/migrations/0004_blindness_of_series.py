"""Who proposes is hidden series by series, as the rubric says; a challenge's own word is no more."""

from django.db import migrations


def to_series(apps, schema_editor):
    series = apps.get_model("challenges", "Series")
    series.objects.filter(challenge__blind=True).update(blind=True)


def to_challenges(apps, schema_editor):
    challenge = apps.get_model("challenges", "Challenge")
    challenge.objects.filter(series__blind=True).update(blind=True)


class Migration(migrations.Migration):
    dependencies = [("challenges", "0003_blind_series")]

    operations = [
        migrations.RunPython(to_series, to_challenges),
        migrations.RemoveField(model_name="challenge", name="blind"),
    ]
