"""What happens to accounts from the outbox."""

from accounts import sessions
from core import clock, daily, outbox


@outbox.handler(daily.EVENT)
def forget_ended_sessions() -> None:
    sessions.forget_ended(at=clock.now())
