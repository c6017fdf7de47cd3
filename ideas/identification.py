"""How surely it is known who hands a proposal in, and how one shows it (adr/0017)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse

from accounts import oidc
from accounts.oidc import Identified
from challenges.models import Challenge
from challenges.states import Assurance


@dataclass(frozen=True)
class Shown:
    """What was shown when the proposal was handed in; by default nothing was asked."""

    assurance: str = ""
    identified: Identified | None = None

    @classmethod
    def by(cls, identified: Identified | None) -> "Shown":
        return cls(Assurance.STRONG if identified else Assurance.EMAIL, identified)

    @property
    def record(self) -> dict[str, Any]:
        """For the audit row. The subject tells people apart, and not who they are."""
        if self.identified is None:
            return {"assurance": self.assurance} if self.assurance else {}
        who = self.identified
        return {
            "assurance": self.assurance,
            "identified_at": who.at,
            "provider": who.provider,
            "acr": who.acr,
            "subject": who.subject,
        }


@dataclass(frozen=True)
class Question:
    """Of a challenge that asks for strong identification: what the session has shown, and the ways
    to show it (label, address), which lead back to the page `back`.
    """

    shown: Identified | None
    ways: list[tuple[str, str]]


def question(request: HttpRequest, challenge: Challenge, *, back: str) -> Question | None:
    """None where an e-mail address is enough."""
    if challenge.assurance != Assurance.STRONG:
        return None
    onward = urlencode({"process": "redirect", REDIRECT_FIELD_NAME: back})
    ways = [
        (one.label, f"{reverse('openid_connect_login', args=[one.key])}?{onward}")
        for one in oidc.strong()
    ]
    return Question(oidc.identified(request), ways)
