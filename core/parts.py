"""The parts of core that /health asks: database, jobs and mail."""

import shutil
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection

from core import clock
from core.healthchecks import Down, register
from core.models import Mail, OutboxRow

STUCK_AFTER = timedelta(minutes=10)
FREE_AT_LEAST = 64 * 1024 * 1024


@register("database")
def database() -> str:
    """Whether it answers and there is room to write."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        raise Down("the database does not answer") from error
    if shutil.disk_usage(settings.VAR_DIR).free < FREE_AT_LEAST:
        raise Down("the disk is nearly full")
    return str(connection.vendor)


@register("jobs")
def jobs() -> str:
    """Whether somebody runs them: nothing may be due for long without being taken up."""
    try:
        parked = OutboxRow.objects.filter(parked_at__isnull=False).count()
        waiting = OutboxRow.objects.filter(parked_at__isnull=True).count()
        stuck = OutboxRow.objects.filter(
            parked_at__isnull=True,
            run_after__lte=clock.now() - STUCK_AFTER,
        ).exists()
    except DatabaseError as error:
        raise Down("the jobs cannot be read") from error
    if stuck:
        raise Down(f"a job has been due for over {STUCK_AFTER.seconds // 60} minutes")
    return f"{waiting} waiting, {parked} parked"


@register("mail", matters=False)
def mail() -> str:
    """Whether letters leave: none may wait or fail for long."""
    try:
        late = Mail.objects.exclude(state=Mail.State.SENT).filter(
            created_at__lte=clock.now() - STUCK_AFTER,
            created_at__gte=clock.now() - timedelta(days=7),
        )
        unsent = late.count()
    except DatabaseError as error:
        raise Down("the letters cannot be read") from error
    if unsent:
        raise Down(f"{unsent} letters of this week could not be sent")
    return "ok"
