from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import healthchecks
from search.health import search_index
from tests.factories.catalogue import SolutionFactory
from tests.search.making import BOTH

pytestmark = [pytest.mark.django_db, BOTH]


def index_command(*options: str) -> str:
    out = StringIO()
    call_command("index", *options, stdout=out)
    return out.getvalue()


def test_rebuild_then_check_agrees(search_url):
    SolutionFactory.create_batch(3)
    assert "3 documents indexed" in index_command("--rebuild")
    assert "3 documents, all as in the database" in index_command("--check")
    status = index_command("--status")
    assert "documents: 3" in status
    assert "snowball" in status


def test_check_names_what_differs(index):
    changed, gone, new = SolutionFactory.create_batch(3)
    index_command("--rebuild")
    changed.title = "Muutettu"
    changed.save()
    gone_pk = gone.pk
    gone.delete()
    new = SolutionFactory()
    out = StringIO()
    with pytest.raises(CommandError, match="does not agree"):
        call_command("index", "--check", stdout=out)
    assert f"missing: solution:{new.pk}" in out.getvalue()
    assert f"out of date: solution:{changed.pk}" in out.getvalue()
    assert f"too much: solution:{gone_pk}" in out.getvalue()


def test_ensure_rebuilds_only_when_needed(search_url):
    SolutionFactory()
    assert "1 documents indexed" in index_command("--ensure")
    assert index_command("--ensure") == ""


def test_missing_index_is_told_in_a_line(search_url):
    for option in ("--status", "--check"):
        with pytest.raises(CommandError, match="there is no index"):
            index_command(option)


def test_one_option_is_needed(search_url):
    with pytest.raises(CommandError):
        index_command()


def test_health_tells_of_the_index(search_url):
    with pytest.raises(healthchecks.Down, match="index --rebuild"):
        search_index()
    index_command("--rebuild")
    name = search_url.partition("://")[0]
    assert search_index().startswith(f"{name}: 0 documents, analyser ")
    assert any(part.name == "search" and not part.matters for part in healthchecks.parts())


def test_health_tells_that_the_engine_is_away(index, out_of_reach, search_url):
    with out_of_reach(), pytest.raises(healthchecks.Down) as told:
        search_index()
    assert str(told.value).startswith(f"{search_url.partition('://')[0]}: ")
    assert search_index()
