"""What the jury's back-office views stand on: what of a challenge is closed to the person."""

from functools import cached_property
from typing import Any

from challenges.admin_base import ChallengeAdminView
from ideas.models import Idea
from scoring.rules import closed_to


class JuryAdminView(ChallengeAdminView):
    """A tab of the jury. Staff who sit on the jury themselves may have told of ties: those
    proposals are left out of every list here, and what holds all proposals whole (the canonical
    ranking, the audit package, approval of the decision) is for somebody else.
    """

    @cached_property
    def closed(self) -> frozenset[int]:
        """Primary keys of the challenge's proposals that a tie closes to the person."""
        told = closed_to(self.request.user)
        mine = Idea.objects.filter(challenge=self.challenge, pk__in=told) if told else None
        return frozenset(mine.values_list("pk", flat=True)) if mine is not None else told

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "left_out": self.closed}
