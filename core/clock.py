"""One clock for the whole house: aware UTC inside, Europe/Helsinki for people."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Finland."""
    return moment.astimezone(HELSINKI)
