"""What is to be done after a change, written in the transaction of the change.

    outbox.emit("idea.submitted", idea=idea.pk)      in an action, inside its transaction

    @outbox.handler("idea.submitted")                in an app's tasks.py
    def thank_the_proposer(*, idea: int) -> None: ...

A handler runs in one transaction with the deletion of its row, so its effects in the database
happen exactly once whatever dies in between. A handler that talks to the world outside the database
(`atomic=False`) runs under a lease without a transaction and may be repeated after a crash: it
must recognise work that it has already done. `core.drainer` runs what is due.
"""

import logging
import os
import secrets
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import count
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models import Q

from core import clock, pagecache
from core.models import OutboxRow

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
HANDED = timedelta(seconds=30)  # until a row that waits in the broker is handed over again
HANDED_AT_MOST = 200  # rows out with the broker at a time; the rest wait in the database
BACK_OFF_AT_MOST = timedelta(hours=1)
ATTEMPTS_AT_MOST = 8
BROKER = "broker"  # the owner of rows that wait in the message broker for a worker

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that does something about events."""

    name: str
    function: Callable[..., Any]
    atomic: bool
    lease: timedelta


class Outcome(Enum):
    """What became of a row that a runner took up."""

    DONE = "done"
    GONE = "gone"  # somebody has done it: success
    BUSY = "busy"  # somebody is doing it, or it waits for its time
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event that was collected instead of written; see `aside`."""

    event: str
    run_after: datetime | None
    payload: dict[str, Any]


class PutOff(Exception):
    """What a job needs is out of reach, and so it is for all of its kind: they wait until then, and
    an outage uses up no attempts."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"put off until {until.isoformat(timespec='seconds')}")
        self.until = until


class UnknownHandlerError(LookupError):
    """The row names a function that this version of the program does not have."""


_by_event: dict[str, list[Handler]] = defaultdict(list)
_by_name: dict[str, Handler] = {}
_host = socket.gethostname()[:60].replace(":", "_")
_nonce = secrets.token_hex(4)  # tells this process from an earlier one with the same number
_runners = count(1)
_send: Callable[[int], None] | None = None
_aside: ContextVar[list[Emitted] | None] = ContextVar("outbox_aside", default=None)

wake = threading.Event()
"""Set when this process has committed new rows, so that its drainer need not wait for its poll."""


def handler(
    event: str, *, atomic: bool = True, lease: timedelta = LEASE
) -> Callable[[Function], Function]:
    """Register a function for an event; it may be for several, by one decorator each. Its keyword
    arguments are the event's payload."""

    def register(function: Function) -> Function:
        name = f"{function.__module__}.{function.__qualname__}"
        known = Handler(name=name, function=function, atomic=atomic, lease=lease)
        listening = _by_event[event]
        listening[:] = [one for one in listening if one.name != name]  # its module was read anew
        listening.append(known)
        _by_name[name] = known
        return function

    return register


def handlers_of(event: str) -> list[Handler]:
    """Who listens to an event, in the order of registration."""
    return list(_by_event.get(event, ()))


def emit(event: str, *, run_after: datetime | None = None, **payload: Any) -> None:
    """Write one row per handler of the event, in the caller's transaction.

    The payload is JSON: give primary keys, not objects. `run_after` delays it.
    """
    collected = _aside.get()
    if collected is not None:
        collected.append(Emitted(event, run_after, payload))
        return
    due = run_after or clock.now()
    rows = [
        OutboxRow(event=event, handler=known.name, payload=payload, run_after=due)
        for known in _by_event.get(event, ())
    ]
    if rows:
        OutboxRow.objects.bulk_create(rows)
        transaction.on_commit(wake.set)
    pagecache.invalidate()


def emit_each(event: str, payloads: Iterable[dict[str, Any]]) -> None:
    """`emit` for many at once: one statement, whatever their number."""
    payloads = list(payloads)
    if _aside.get() is not None:
        for payload in payloads:
            emit(event, **payload)
        return
    due = clock.now()
    rows = [
        OutboxRow(event=event, handler=known.name, payload=payload, run_after=due)
        for payload in payloads
        for known in _by_event.get(event, ())
    ]
    if rows:
        OutboxRow.objects.bulk_create(rows)
        transaction.on_commit(wake.set)
    pagecache.invalidate()


@contextmanager
def aside() -> Iterator[list[Emitted]]:
    """Collect what is emitted inside instead of writing it: the caller answers for what follows.

    For content with a past of its own (a demo, an import), whose letters nobody should get.
    """
    collected: list[Emitted] = []
    token = _aside.set(collected)
    try:
        yield collected
    finally:
        _aside.reset(token)


def new_owner() -> str:
    """A name for one runner of rows: host, process, a number used once, and the runner's own."""
    return f"{_host}:{os.getpid()}:{_nonce}:{next(_runners)}"


def due(moment: datetime) -> models.QuerySet[OutboxRow]:
    """Rows that may be taken up at `moment`, oldest first."""
    return OutboxRow.objects.filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=moment),
        parked_at__isnull=True,
        run_after__lte=moment,
    ).order_by("id")


def waits_until(event: str) -> datetime | None:
    """The nearest moment for which such an event waits, put off before it was tried; else None."""
    return (
        OutboxRow.objects.filter(
            event=event, attempts=0, parked_at__isnull=True, run_after__gt=clock.now()
        )
        .order_by("run_after")
        .values_list("run_after", flat=True)
        .first()
    )


def claim(owner: str, *, limit: int, lease: timedelta = LEASE) -> list[int]:
    """Lease up to `limit` due rows to `owner`; what another has taken is passed over."""
    moment = clock.now()
    if not due(moment).exists():  # an idle drainer takes no write lock
        return []
    with transaction.atomic():
        rows = due(moment)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:limit])
        OutboxRow.objects.filter(pk__in=ids).update(lease_owner=owner, leased_until=moment + lease)
    return ids


def release(owner: str) -> int:
    """Give back what `owner` claimed and has not begun."""
    return OutboxRow.objects.filter(lease_owner=owner).update(lease_owner="", leased_until=None)


def release_the_dead() -> int:
    """Free the rows of processes of this machine that are no more, without waiting for the lease.

    Should a living process be taken for dead (same host name, other process namespace), nothing
    is done twice in the database: the row itself is locked while its handler runs.
    """
    owners = (
        OutboxRow.objects.filter(lease_owner__startswith=f"{_host}:")
        .order_by()
        .values_list("lease_owner", flat=True)
        .distinct()
    )
    dead = [owner for owner in owners if not _lives(owner)]
    if not dead:
        return 0
    return OutboxRow.objects.filter(lease_owner__in=dead).update(lease_owner="", leased_until=None)


def _lives(owner: str) -> bool:
    _, pid, nonce, _ = owner.rsplit(":", 3)
    if int(pid) == os.getpid():
        return nonce == _nonce
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def run(row_id: int, owner: str) -> tuple[Outcome, BaseException | None]:
    """Run one row's handler as `owner`, unless it is gone, busy or not yet due."""
    row = _take(row_id, owner)
    if row is None:
        gone = not OutboxRow.objects.filter(pk=row_id).exists()
        return (Outcome.GONE if gone else Outcome.BUSY), None
    try:
        if row.attempts > ATTEMPTS_AT_MOST:
            raise RuntimeError("the process ended each time while this job ran")
        known = _by_name.get(row.handler)
        if known is None:
            raise UnknownHandlerError(row.handler)
        if known.atomic:
            with transaction.atomic():
                if not _mine(row_id, owner).select_for_update().exists():
                    return Outcome.BUSY, None
                known.function(**row.payload)
                OutboxRow.objects.filter(pk=row_id).delete()
        else:
            known.function(**row.payload)
            _mine(row_id, owner).delete()
    except (KeyboardInterrupt, SystemExit):
        raise
    except PutOff as wait:
        _put_off(row, owner, wait)
        return Outcome.BUSY, None
    except BaseException as error:  # whatever it is, a library's panic too, the row keeps it
        _put_back(row, owner, error)
        return Outcome.FAILED, error
    return Outcome.DONE, None


def _mine(row_id: int, owner: str) -> models.QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(pk=row_id, lease_owner=owner)


def _take(row_id: int, owner: str) -> OutboxRow | None:
    """Begin: count the attempt and set the back-off first, so that a crash counts as one too."""
    with transaction.atomic():
        moment = clock.now()
        row = (
            OutboxRow.objects.select_for_update()
            .filter(
                Q(lease_owner__in=(owner, BROKER))
                | Q(leased_until__isnull=True)
                | Q(leased_until__lte=moment),
                pk=row_id,
                parked_at__isnull=True,
                run_after__lte=moment,
            )
            .first()
        )
        if row is None:
            return None
        known = _by_name.get(row.handler)
        row.attempts += 1
        row.lease_owner = owner
        row.leased_until = moment + (known.lease if known else LEASE)
        row.run_after = moment + back_off(row.attempts)
        row.save(update_fields=["attempts", "lease_owner", "leased_until", "run_after"])
        return row


def back_off(attempts: int) -> timedelta:
    """How long a row rests after its n-th attempt: 2, 4, 8 … seconds, an hour at most."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), BACK_OFF_AT_MOST)


def _put_off(row: OutboxRow, owner: str, wait: PutOff) -> None:
    """The row as if it had not been tried, with those of its kind that nobody has begun: all are
    due again at one moment, in the order of their writing."""
    others = OutboxRow.objects.filter(
        handler=row.handler, event=row.event, attempts=0, parked_at__isnull=True
    )
    with transaction.atomic():
        _mine(row.pk, owner).update(
            lease_owner="",
            leased_until=None,
            attempts=row.attempts - 1,
            run_after=wait.until,
            last_error=str(wait),
        )
        others.filter(run_after__lt=wait.until).update(
            lease_owner="", leased_until=None, run_after=wait.until
        )


def _put_back(row: OutboxRow, owner: str, error: BaseException) -> None:
    parked = row.attempts >= ATTEMPTS_AT_MOST
    log.log(
        logging.ERROR if parked else logging.WARNING,
        "%s failed at attempt %d%s",
        row,
        row.attempts,
        ", parked" if parked else "",
        exc_info=error,
    )
    _mine(row.pk, owner).update(
        lease_owner="",
        leased_until=None,
        run_after=clock.now() + back_off(row.attempts),
        parked_at=clock.now() if parked else None,
        last_error=f"{type(error).__name__}: {error}".replace("\x00", "")[:4000],
    )


def retry(row: OutboxRow) -> None:
    """Let a parked row try again from the beginning."""
    OutboxRow.objects.filter(pk=row.pk, parked_at__isnull=False).update(
        parked_at=None, attempts=0, run_after=clock.now()
    )
    transaction.on_commit(wake.set)


def drain(limit: int = 20, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Claim and run up to `limit` due rows; how many were taken up.

    Once `stopping` says yes, no further row is begun and the rest is given back.
    """
    return len(_drain(limit, stopping))


def _drain(limit: int, stopping: Callable[[], bool]) -> list[tuple[Outcome, BaseException | None]]:
    owner, outcomes = new_owner(), []
    ids = claim(owner, limit=limit)
    for row_id in ids:
        if stopping():
            release(owner)
            break
        outcomes.append(run(row_id, owner))
    return outcomes


def hand_to(send: Callable[[int], None] | None) -> None:
    """Have due rows handed to a message broker by `send(row id)` instead of run here."""
    global _send  # noqa: PLW0603 - set once at start, from the settings
    _send = send


def hands_over() -> bool:
    return _send is not None


def hand_over(limit: int = 100) -> int:
    """Give due rows to the broker; how many. What it does not accept is due again at once.

    A message that dies with its worker is made up for by handing the row over again: whoever comes
    second finds it gone.
    """
    if _send is None:
        raise RuntimeError("no broker is set")
    waiting = OutboxRow.objects.filter(lease_owner=BROKER, leased_until__gt=clock.now()).count()
    ids = claim(BROKER, limit=max(0, min(limit, HANDED_AT_MOST - waiting)), lease=HANDED)
    for position, row_id in enumerate(ids):
        try:
            _send(row_id)
        except Exception:
            OutboxRow.objects.filter(pk__in=ids[position:], lease_owner=BROKER).update(
                lease_owner="", leased_until=None
            )
            raise
    return len(ids)


def run_now(*, strict: bool = True) -> int:
    """Run everything that is due, also what the handlers emit; how many rows were done.

    For tests and commands. With `strict` the first failure is raised once the rest has run;
    the failed row stays for the drainer either way.
    """
    done = 0
    failures: list[BaseException] = []
    while outcomes := _drain(100, lambda: False):
        done += sum(outcome is Outcome.DONE for outcome, _ in outcomes)
        failures += [error for _, error in outcomes if error is not None]
    if strict and failures:
        raise failures[0]
    return done
