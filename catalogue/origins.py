"""Where imported solutions come from: challenges and proposals that a file names and we have.

A file may come from another Talkoot, whose challenges and proposals are not here: what is not
known is passed over. A proposal has one solution: a second one is not given to it.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from catalogue.models import Solution
from challenges.models import Challenge
from ideas.models import Idea


def give_origins(new: Sequence[tuple[Solution, dict[str, Any]]]) -> None:
    """Set the challenge and the proposal that each row names, in two queries."""
    slugs = {row.get("challenge") for _, row in new} - {None, ""}
    uids = set(_uids(row.get("proposal") for _, row in new))
    challenges = Challenge.objects.in_bulk(list(slugs), field_name="slug") if slugs else {}
    ideas = (
        {str(one.uid): one for one in Idea.objects.public().filter(uid__in=uids, solution=None)}
        if uids
        else {}
    )
    for one, row in new:
        one.challenge = challenges.get(row.get("challenge"))
        one.idea = ideas.pop(str(row.get("proposal", "")), None)


def _uids(given: Iterable[Any]) -> Iterable[UUID]:
    for value in given:
        try:
            yield UUID(value)
        except (ValueError, TypeError, AttributeError):
            continue
