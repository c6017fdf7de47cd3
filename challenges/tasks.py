"""What happens when its time comes."""

from challenges.actions import close_challenge
from challenges.models import Challenge
from core import clock, outbox


@outbox.handler("challenge.closing")
def close_when_due(*, challenge: int) -> None:
    """Runs at a closing time that was once set; of one that has been moved since, does nothing."""
    found = Challenge.objects.filter(pk=challenge).first()
    if found:
        close_challenge(challenge=found, at=clock.now())
