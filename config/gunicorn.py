"""The web server: threads in one process, with the drainer beside them.

python manage.py serve      or      gunicorn -c python:config.gunicorn config.wsgi
"""

import ctypes
import gc
import sys
import time
from contextlib import suppress
from importlib import import_module
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

from config import settings
from core import arrival


class Worker(ThreadWorker):
    """Notes when a request was first readable, before it waits for a free thread, and how many
    wait."""

    def enqueue_req(self, conn: TConn) -> None:
        conn.readable_at = time.time()
        arrival.line.join()
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        arrival.line.leave()
        return super().handle(conn)

    def handle_request(self, req: Request, conn: TConn) -> bool:
        arrival.note(conn.readable_at)
        try:
            return bool(super().handle_request(req, conn))
        finally:
            arrival.note(None)


def keep_memory_together() -> None:
    """glibc gives each thread a heap of its own, and what they free in turns stays with the
    process: two heaps (M_ARENA_MAX, mallopt(3)) hold a fifth less. Elsewhere nothing is done."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(-8, 2)


keep_memory_together()

_host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
bind = f"{_host}:{settings.PORT}"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
worker_class = Worker
wsgi_app = "config.wsgi"
proc_name = "talkoot"
keepalive = 15
limit_request_line = 8190  # an address holds a whole search; an emoji takes twelve letters of it
timeout = 60
graceful_timeout = 20
loglevel = "warning"

_beside: list[Any] = []  # the drainer of this worker process


def post_fork(server: Arbiter, worker: Worker) -> None:
    """While the project is loaded nothing becomes garbage: looking for it only takes time."""
    gc.disable()


def post_worker_init(worker: Worker) -> None:
    """The project is loaded: start the drainer, and say where we are, once."""
    gc.freeze()
    gc.enable()
    if settings.OUTBOX_DRAINER:
        drainer = import_module("core.drainer").Drainer()
        drainer.start()
        _beside.append(drainer)
    if worker.age == 1:
        sys.stdout.write(f"Talkoot is at {settings.SITE_URL}\n")
        sys.stdout.flush()


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """The last request is answered: let the drainer finish the job at hand."""
    for drainer in _beside:
        drainer.stop()
