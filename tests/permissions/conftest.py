"""The world is made once in a module, inside a transaction around those of its tests."""

import shutil
from collections.abc import Iterator
from typing import Any

import coverage
import pytest
from django.conf import settings as project
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from core import printing
from search import registry, service
from tests.permissions import world as making
from tests.permissions.world import World


@pytest.fixture(scope="module", autouse=True)
def _not_counted() -> Iterator[None]:
    """What is only walked through here is tried elsewhere, line by line; counting lines takes a
    third of the time of ten thousand requests."""
    counting = coverage.Coverage.current()
    if counting:
        counting.stop()
    yield
    if counting:
        counting.start()


@pytest.fixture(scope="module")
def world(
    _not_counted: None,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """Everything happens inside a transaction that is rolled back after the module. The search has
    an index of it.
    """
    index = tmp_path_factory.mktemp("world") / "index"
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        translation.override("fi"),
    ):
        patch.setattr(project, "SEARCH_URL", f"tantivy://{index}")
        patch.setattr(printing, "can_make_pdf", lambda: False)
        connection.ensure_connection()
        with transaction.atomic():
            made = making.make()
            service.engine().rebuild(registry.every_document(), lambda number: None)
            yield made
            transaction.set_rollback(True)
    for idea in made.ideas.values():
        folder = project.ATTACHMENT_ROOT / idea.uid.hex[:2] / idea.uid.hex
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def sessions(world: World) -> dict[str, dict[str, str]]:
    """Role → the cookies of somebody who is signed in."""
    found: dict[str, dict[str, str]] = {"anonymous": {}}
    for role in making.ROLES[1:]:
        client = Client()
        client.force_login(world.people[role], "django.contrib.auth.backends.ModelBackend")
        found[role] = {name: morsel.value for name, morsel in client.cookies.items()}
    return found
