"""What follows when the names that stand in public change, whichever way they did (adr/0020)."""

from typing import Final

from django.utils import translation
from django.utils.crypto import salted_hmac

from core import outbox
from ideas.models import Compilation, Idea
from ideas.naming import shown
from ideas.reader import hides_proposer

CHANGED: Final = "ideas.named"
AS_PROVIDER: Final = 200  # characters that the catalogue keeps of it


def follow(idea: Idea, *, was: str) -> None:
    """Take off what still shows the names as they were, and tell of it. Inside a transaction; no
    query when they are the same, or have not stood in public. `series` and `challenge` at hand.
    """
    if idea.published_at is None or hides_proposer(idea) or was == in_its_language(idea):
        return
    gone, _rows = Compilation.objects.filter(challenge=idea.challenge_id).delete()
    outbox.emit(
        CHANGED,
        ideas=[idea.pk],
        challenge=idea.challenge_id,
        compiled=bool(gone),
        was=trace(was),
    )


def in_its_language(idea: Idea) -> str:
    """As the catalogue keeps it."""
    with translation.override(idea.language):
        return shown(idea)


def trace(words: str) -> str:
    """What tells the same names again, and nobody who has no key which: they may be forgotten."""
    return salted_hmac(CHANGED, words[:AS_PROVIDER]).hexdigest()
