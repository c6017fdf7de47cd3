"""celery -A tests.core.processes.worker worker: the project's worker with the tests' handlers."""

from config.celery import app
from tests.core.processes import handlers

__all__ = ["app", "handlers"]
