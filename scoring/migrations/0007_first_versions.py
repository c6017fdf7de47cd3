"""What had been submitted or declared before versions were kept becomes its first version."""

from django.db import migrations

from core.canonical import digest
from scoring import kept

BATCH = 500


def _payload(sheet, scores):
    given = sheet.assignment
    return {
        "round": given.round_id,
        "juror": given.juror_id,
        "idea": str(given.idea.uid),
        "rubric": given.round.rubric.digest,
        "scores": scores,
        "comment": sheet.comment,
        "submitted_at": sheet.submitted_at.isoformat(),
    }


def write(apps, schema_editor):
    Sheet = apps.get_model("scoring", "ScoreSheet")
    Version = apps.get_model("scoring", "SheetVersion")
    Criterion = apps.get_model("scoring", "Criterion")
    Declaration = apps.get_model("scoring", "Declaration")
    Word = apps.get_model("scoring", "DeclarationVersion")
    keys = {}
    for criterion in Criterion.objects.all():
        keys.setdefault(criterion.rubric_id, []).append((criterion.pk, criterion.key))
    rows = []
    sheets = Sheet.objects.filter(state="submitted").select_related(
        "assignment__idea", "assignment__round__rubric"
    )
    for sheet in sheets.prefetch_related("scores").iterator(chunk_size=BATCH):
        given = {score.criterion_id: score.value for score in sheet.scores.all()}
        rubric = sheet.assignment.round.rubric_id
        payload = _payload(sheet, {key: given.get(pk) for pk, key in keys.get(rubric, [])})
        rows.append(
            Version(
                sheet=sheet,
                number=1,
                payload=payload,
                digest=sheet.digest or digest(payload),
                at=sheet.submitted_at,
            )
        )
    Version.objects.bulk_create(rows, batch_size=BATCH)
    Sheet.objects.filter(state="submitted").update(number=1)
    Word.objects.bulk_create(
        (
            Word(declaration_id=pk, kind=kind, reason=reason, at=at)
            for pk, kind, reason, at in Declaration.objects.values_list(
                "pk", "kind", "reason", "at"
            )
        ),
        batch_size=BATCH,
    )


def forget(apps, schema_editor):
    kept.remove(schema_editor.connection)
    apps.get_model("scoring", "SheetVersion").objects.all().delete()
    apps.get_model("scoring", "DeclarationVersion").objects.all().delete()


def guard(apps, schema_editor):
    kept.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("scoring", "0006_sheet_and_declaration_versions")]

    operations = [
        migrations.RunPython(write, forget),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
