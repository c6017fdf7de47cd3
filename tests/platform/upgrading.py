"""An old installation brought to today: run as a program on an empty database of its own.

The first migrations of each app; a row or two in every table of ours, by the models of that time;
then all migrations. Prints how many rows were there and ends with 0 when each is as it was.
"""

import datetime as dt
import gc
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import django
from django.apps import apps as today
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

OURS = ("core", "accounts", "challenges", "ideas", "scoring", "catalogue", "search", "cms", "demo")
THEN = dt.datetime(2026, 11, 30, 14, 0, tzinfo=dt.UTC)
WORDS = {"fi": "Sana", "sv": "Ord"}
# Where a row must mean something for the constraints of its time.
MEANT: dict[str, dict[str, Any]] = {
    "accounts.organisation": {"business_id": "2345678-1", "kind": "municipality", "is_host": True},
    "accounts.membership": {"role": "admin", "state": "active"},
    "challenges.challenge": {
        "state": "decided", "opened_at": THEN, "decided_at": THEN, "blind": True,
    },
    "challenges.formversion": {"frozen_at": THEN, "digest": "0" * 64, "definition": {"steps": []}},
    "challenges.phase": {"kind": "submission", "ends_at": THEN + dt.timedelta(days=60)},
    "ideas.idea": {
        "state": "decided", "number": 1, "reference": "2026-0001", "submitted_at": THEN,
        "answers": {"title": "Bussi"}, "awarded": True,
    },
    "ideas.eligibilitycheck": {"eligible": False, "reason": "Ei koske kuntaa."},
    "scoring.rubric": {"state": "published", "published_at": THEN, "digest": "0" * 64},
    "scoring.juror": {"state": "accepted"},
    "scoring.assignment": {"state": "recused", "declared": "conflict"},
    "scoring.declaration": {"kind": "conflict", "reason": "Naapuri."},
    "scoring.scoresheet": {"state": "submitted", "submitted_at": THEN, "total": Decimal("75.5")},
    "scoring.criterion": {"low": 1, "high": 5, "weight": Decimal(100)},
    "scoring.decision": {"state": "draft", "approved_by": None},
    "catalogue.solution": {"live": True, "award": "Voittaja"},
}  # fmt: skip
# Columns that a later migration sets anew for every row, with the reason.
SET_ANEW: dict[str, frozenset[str]] = {}

Rows = dict[str, dict[Any, dict[str, Any]]]


def first_migrations(executor: MigrationExecutor) -> list[tuple[str, str]]:
    """The last of those that made each app's tables."""
    found: dict[str, str] = {}
    for (app, name), migration in sorted(executor.loader.disk_migrations.items()):
        if app in OURS and migration.initial:
            found[app] = name
    assert set(found) == set(OURS)
    return sorted(found.items())


class Seeder:
    """Fills every table of ours; what a row points at is made before it."""

    def __init__(self, apps: Any) -> None:
        self.apps = apps
        self.made: dict[str, models.Model] = {}
        self.pages = 1  # Wagtail's own welcome page

    def all(self) -> None:
        for model in self.apps.get_models():
            if model._meta.app_label in OURS and not model._meta.auto_created:
                self.one(model)

    def one(self, model: Any) -> models.Model:
        label = model._meta.label_lower
        if label in self.made:
            return self.made[label]
        known = self._known(label)
        if known is not None:
            return known
        given = {}
        for field in model._meta.concrete_fields:
            if field.primary_key and not isinstance(field, models.UUIDField):
                continue
            value = self._value(field, label)
            if value is not None:
                given[field.name] = value
        given.update(MEANT.get(label, {}))
        if any(field.name == "path" for field in model._meta.concrete_fields):
            given.update(self._page(model))
        self.made[label] = model._base_manager.create(**given)
        self._to_many(model, self.made[label])
        return self.made[label]

    def _known(self, label: str) -> models.Model | None:
        """A row that a migration of Wagtail has made."""
        if label.partition(".")[0] in OURS:
            return None
        return self.apps.get_model(label)._base_manager.order_by("pk").first()

    def _to_many(self, model: Any, row: models.Model) -> None:
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                getattr(row, field.name).add(self.one(field.related_model))

    def _value(self, field: Any, label: str) -> Any:
        if field.is_relation:
            target = field.related_model
            ours = target._meta.app_label in OURS
            loop = target._meta.label_lower == label
            later = field.null and (not ours or loop or "version" in field.name)
            return None if later else self.one(target)
        if field.name in MEANT.get(label, {}) or field.has_default():
            return None
        return self._plain(field)

    def _plain(self, field: Any) -> Any:
        if field.choices:
            return field.flatchoices[0][0]
        kinds: tuple[tuple[Any, Any], ...] = (
            (models.UUIDField, uuid.UUID(int=7)),
            (models.JSONField, WORDS),
            (models.DateTimeField, THEN),
            (models.DateField, THEN.date()),
            (models.BooleanField, True),
            (models.DecimalField, Decimal(1)),
            (models.FloatField, 1.5),
            (models.IntegerField, 1),
            (models.EmailField, "joku@kunta.example"),
            (models.URLField, "https://kunta.example/"),
            (models.GenericIPAddressField, "127.0.0.1"),
            (models.FileField, "ab/cd"),
            ((models.CharField, models.TextField), "arvo"),
        )
        for kind, value in kinds:
            if isinstance(field, kind):
                length = getattr(field, "max_length", None)
                return value[:length] if isinstance(value, str) and length else value
        return None

    def _page(self, model: Any) -> dict[str, Any]:
        """Under the root of the tree, where Wagtail's first page is."""
        self.pages += 1
        kind, _new = self.apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label=model._meta.app_label, model=model._meta.model_name
        )
        locale = self.apps.get_model("wagtailcore", "Locale").objects.first()
        return {
            "path": f"0001{self.pages:04d}", "depth": 2, "numchild": 0, "title": "Sivu",
            "draft_title": "Sivu", "slug": f"sivu-{self.pages}", "url_path": f"/s{self.pages}/",
            "content_type": kind, "locale": locale, "translation_key": uuid.uuid4(),
        }  # fmt: skip


def columns(model: Any) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def read(apps: Any) -> Rows:
    """Every row of ours, as it stands."""
    return {
        model._meta.label_lower: {
            row["pk"]: row for row in model._base_manager.values("pk", *columns(model))
        }
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS
    }


def changes(before: Rows) -> Iterator[str]:
    """What the migrations lost or changed, but columns and tables that are no more."""
    for label, rows in before.items():
        try:
            model = today.get_model(label)
        except LookupError:
            continue
        kept = [
            name
            for name in set(columns(model)) & set(next(iter(rows.values()), {}))
            if name not in SET_ANEW.get(label, ())
        ]
        now = {row["pk"]: row for row in model._base_manager.values("pk", *kept)}
        for pk, row in rows.items():
            if pk not in now:
                yield f"{label} {pk} is gone"
                continue
            for name in kept:
                if row[name] != now[pk][name]:
                    yield f"{label} {pk}: {name} was {row[name]!r}, is {now[pk][name]!r}"


def uncarried() -> Iterator[str]:
    """What moved from one table to another and did not arrive."""
    if today.get_model("challenges.series").objects.filter(blind=False).exists():
        yield "a blind challenge's series is not blind"


def unguarded() -> Iterator[str]:
    """What the database must refuse to change, and does not any more."""
    for table, column in (
        ("core_auditentry", "verb"),
        ("challenges_formversion", "digest"),
        ("scoring_rubric", "digest"),
    ):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET {column} = 'muutettu'")
        except DatabaseError:
            continue
        yield f"{table} can be changed"


def main() -> None:
    # Migrations make and drop models by the thousand: a larger first generation halves the time.
    gc.set_threshold(100_000, 50, 100)
    django.setup()
    executor = MigrationExecutor(connection)
    targets = first_migrations(executor)
    executor.migrate(targets)
    then = executor.loader.project_state(targets).apps
    with transaction.atomic():
        Seeder(then).all()
    before = read(then)
    empty = [label for label, rows in before.items() if not rows]
    assert not empty, f"nothing was put into {empty}"
    call_command("migrate", interactive=False, verbosity=0)
    faults = [*changes(before), *uncarried(), *unguarded()]
    assert not faults, "\n".join(faults)
    connection.check_constraints()
    call_command("check", databases=["default"], fail_level="WARNING")
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
    print(sum(map(len, before.values())), "rows are as they were")  # noqa: T201


if __name__ == "__main__":
    main()
