"""Wagtail's tasks go through the outbox."""

from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks import task, task_backends

from core import clock, outbox
from core.jobs import OutboxBackend
from core.models import OutboxRow

pytestmark = pytest.mark.django_db
ran: list[tuple] = []


@task()
def add(left: int, *, right: int) -> None:
    ran.append((left, right))


@task(takes_context=True, queue_name="images", priority=5)
def with_context(context, word: str) -> None:
    ran.append((context.task_result.id, word))


@pytest.fixture(autouse=True)
def _forget() -> None:
    ran.clear()


def test_backend_is_ours():
    assert isinstance(task_backends["default"], OutboxBackend)


def test_enqueue_writes_a_row_in_the_transaction_and_runs_later():
    add.enqueue(1, right=2)
    assert ran == []
    assert OutboxRow.objects.count() == 1
    outbox.run_now()
    assert ran == [(1, 2)]


def test_enqueue_is_undone_with_the_transaction():
    with transaction.atomic():
        add.enqueue(1, right=2)
        transaction.set_rollback(True)
    assert outbox.run_now() == 0
    assert ran == []


def test_task_gets_its_context_with_the_result_it_was_enqueued_as():
    result = with_context.enqueue("hello")
    outbox.run_now()
    assert ran == [(result.id, "hello")]


def test_task_for_later_waits():
    add.using(run_after=clock.now() + timedelta(hours=1)).enqueue(1, right=2)
    assert outbox.run_now() == 0
    OutboxRow.objects.update(run_after=clock.now())
    assert outbox.run_now() == 1
