"""The outbox handlers of core itself."""

from typing import Any

from django.utils.module_loading import import_string
from django_tasks.base import Task, TaskContext

from core import jobs, outbox
from core.mail import deliver
from core.models import Mail


@outbox.handler("mail.queued", atomic=False)
def deliver_mail(*, mail: int) -> None:
    """Send one letter. Not in a transaction: a slow mail server must not hold the database."""
    letter = Mail.objects.filter(pk=mail).first()
    if letter is not None:
        deliver(letter)


@outbox.handler(jobs.EVENT)
def run_task(
    *, task: str, backend: str, result: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    """Call the function of a task that Wagtail enqueued."""
    known: Task[..., Any] = import_string(task)
    if known.takes_context:
        context = TaskContext(task_result=jobs.result_of(known, backend, args, kwargs, result))
        known.call(context, *args, **kwargs)
    else:
        known.call(*args, **kwargs)
