"""The outbox handlers of core itself."""

import datetime as dt
from typing import Any, Final

from django.utils.module_loading import import_string
from django_tasks.base import Task, TaskContext

from core import clock, jobs, outbox
from core.mail import GREYLISTED, QUEUED, Greylisted, PostAway, deliver
from core.models import Mail

ROUND: Final = dt.timedelta(seconds=15)
REST: Final = dt.timedelta(minutes=5)  # greylisting servers ask for a few minutes (RFC 6647, 5)


@outbox.handler(GREYLISTED, atomic=False)
@outbox.handler(QUEUED, atomic=False)
def deliver_mail(*, mail: int) -> None:
    """Send one letter. Not in a transaction: a slow mail server must not hold the database.

    While the mail server is away letters wait in the order of their writing, for as long as it
    takes. The first of each round finds out whether it is back, the others go by that.
    """
    letter = Mail.objects.filter(pk=mail).first()
    if letter is None:
        return
    if until := outbox.waits_until(QUEUED):
        raise outbox.PutOff(until)
    try:
        deliver(letter)
    except PostAway as away:
        raise outbox.PutOff(clock.now() + ROUND) from away
    except Greylisted:
        outbox.emit(GREYLISTED, run_after=clock.now() + REST, mail=mail)


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
