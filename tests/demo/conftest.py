from collections.abc import Iterator
from importlib import import_module

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from search import service


@pytest.fixture(scope="package")
def demo(
    django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The whole demo, written once for the tests of this folder and taken back after them.

    Each test is marked with django_db besides: what it changes is not there for the next one.
    """
    import_module("config.urls")  # before DEMO is on: what it then held would stay to the end
    var = tmp_path_factory.mktemp("demo")
    changed = {
        "DEMO": True,
        "VAR_DIR": var,
        "SEARCH_URL": f"tantivy://{var / 'index'}",
        "ROOT_URLCONF": "tests.demo.urls",
        "ALLOWED_HOSTS": [*settings.ALLOWED_HOSTS, "testserver"],
    }
    with django_db_blocker.unblock(), override_settings(**changed), transaction.atomic():
        service.forget_synonyms()
        call_command("seed_demo")
        yield
        transaction.set_rollback(True)
