"""What challenges keep: the challenge and its parts, forms as data, what people tell. One door."""

from challenges.models.challenge import Challenge, ChallengeQuerySet, Phase, Series, Theme
from challenges.models.forms import FormIsFrozen, FormVersion, SavedRecipe
from challenges.models.heard import Follower, Inquiry, Need
from challenges.pages import ChallengePage, HostPage

__all__ = [
    "Challenge",
    "ChallengePage",
    "ChallengeQuerySet",
    "Follower",
    "FormIsFrozen",
    "FormVersion",
    "HostPage",
    "Inquiry",
    "Need",
    "Phase",
    "SavedRecipe",
    "Series",
    "Theme",
]
