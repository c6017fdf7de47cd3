"""Many at once: numbers without gaps or doubles, one proposal from a double press."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections

from challenges.models import Challenge
from core import clock
from core.errors import Invalid
from ideas import actions
from ideas.errors import StaleDraft
from ideas.models import Idea
from tests.factories.ideas import IdeaFactory, open_series, whole_answers

pytestmark = pytest.mark.django_db(transaction=True)


def together(*jobs):
    """Run the jobs in threads that start at once; their results or errors in order."""
    gate = threading.Barrier(len(jobs))
    results = [None] * len(jobs)

    def run(position, job):
        gate.wait()
        try:
            results[position] = job()
        except Exception as error:
            results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture(autouse=True)
def _needs_a_shared_database():
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.fail("threads need a database file: settings give the tests one")


def submitting(pk):
    return lambda: actions.submit_idea(idea=Idea.objects.for_writing().get(pk=pk), at=clock.now())


def test_numbers_have_no_gaps_and_no_doubles_even_when_some_fail():
    series = open_series()
    good = IdeaFactory.create_batch(8, series=series)
    bad = IdeaFactory.create_batch(3, series=series, answers=whole_answers(email=""))
    results = together(*(submitting(idea.pk) for idea in [*good, *bad]))
    assert [type(result) for result in results[8:]] == [Invalid] * 3
    numbers = sorted(Idea.objects.exclude(number=None).values_list("number", flat=True))
    assert numbers == list(range(1, 9))
    assert Challenge.objects.get().last_number == 8
    assert Challenge.objects.get().public_ideas == 8


def test_double_press_at_the_same_moment_is_one_version():
    idea = IdeaFactory()
    first, *others = together(*[submitting(idea.pk)] * 4)
    assert all(other == first for other in others)
    assert idea.versions.count() == 1
    assert Challenge.objects.get().last_number == 1


def test_one_start_from_two_tabs_is_one_draft():
    series = open_series()
    uid = Idea().uid

    def begin():
        return actions.start_draft(series=series, language="fi", at=clock.now(), uid=uid)

    first, second = together(begin, begin)
    assert first.pk == second.pk
    assert Idea.objects.count() == 1


def test_two_devices_at_once_lose_no_text():
    idea = IdeaFactory()

    def saving(title):
        return lambda: actions.save_draft(
            idea=Idea.objects.for_writing().get(pk=idea.pk),
            answers={"title": title},
            revision=1,
            at=clock.now() + dt.timedelta(seconds=1),
        )

    results = together(saving("Puhelin"), saving("Kone"))
    stale = next(result for result in results if isinstance(result, StaleDraft))
    assert {stale.stored["title"], stale.sent["title"]} == {"Puhelin", "Kone"}
