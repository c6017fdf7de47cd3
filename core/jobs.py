"""Wagtail's own tasks go through the outbox: written in the caller's transaction, run once."""

from typing import Any

from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.signals import task_enqueued
from django_tasks.utils import get_random_id, normalize_json

from core import clock, outbox

EVENT = "task.enqueued"


class OutboxBackend(BaseTaskBackend):
    """A backend of django-tasks. Results are not kept: a task that is gone has been done."""

    supports_defer = True
    supports_priority = True  # accepted and not used: the outbox runs in the order of writing

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        self.queues: set[str] = set(params.get("QUEUES", []))  # empty: any name will do

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:  # type: ignore[type-arg]
        self.validate_task(task)
        result = result_of(
            task, self.alias, normalize_json(list(args)), normalize_json(dict(kwargs))
        )
        outbox.emit(
            EVENT,
            run_after=task.run_after,
            task=task.module_path,
            backend=self.alias,
            result=result.id,
            args=result.args,
            kwargs=result.kwargs,
        )
        task_enqueued.send(type(self), task_result=result)
        return result


def result_of(  # type: ignore[type-arg]
    task: Task, backend: str, args: list[Any], kwargs: dict[str, Any], known_as: str | None = None
) -> TaskResult:
    return TaskResult(
        task=task,
        id=known_as or get_random_id(),
        status=TaskResultStatus.READY,
        enqueued_at=clock.now(),
        started_at=None,
        last_attempted_at=None,
        finished_at=None,
        args=args,
        kwargs=kwargs,
        backend=backend,
        errors=[],
        worker_ids=[],
    )
