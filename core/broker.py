"""Jobs in other processes: loaded only when BROKER_URL is set.

The broker carries row numbers, nothing else. A lost message is handed over again when its lease
ends; a message that comes twice finds the row gone. So the broker need not keep anything.
"""

from celery import Celery
from django.conf import settings

from core import audit, clock, daily, outbox
from core.healthchecks import Down, register

app = Celery("talkoot", broker=settings.BROKER_URL, set_as_current=True)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_timeout": 10, "socket_connect_timeout": 5},
    timezone=settings.TIME_ZONE,
    beat_schedule_filename=str(settings.VAR_DIR / "beat"),
    beat_schedule={"drain": {"task": "core.tasks.drain", "schedule": 2.0}},
)


@app.task(name="core.tasks.run_row")
def run_row(row_id: int) -> str:
    """Run one row. What goes wrong is kept with the row, which comes back when it is due."""
    outcome, _error = outbox.run(row_id, outbox.new_owner())
    return outcome.value


@app.task(name="core.tasks.drain")
def drain() -> None:
    """Hand over what was left, and seal the audit log."""
    outbox.release_the_dead()
    daily.begin(at=clock.now())
    outbox.hand_over()
    audit.seal()


def send(row_id: int) -> None:
    run_row.apply_async((row_id,), retry=False)


@register("broker", matters=False)
def broker() -> str:
    """Jobs wait in the database while the broker is away: nothing is lost."""
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except (OSError, app.connection_for_write().connection_errors) as error:
        raise Down("the message broker does not answer") from error
    return "ok"


outbox.hand_to(send)
