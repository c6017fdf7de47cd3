"""Refusals that the proposing pages show in their own way."""

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.errors import NotNow
from ideas.answers import Answers

if TYPE_CHECKING:
    from ideas.models import Idea


class CallClosed(NotNow):
    """The challenge does not take proposals at the moment that the request reached us."""

    def __init__(self, closed_at: dt.datetime | None) -> None:
        super().__init__(_("The challenge is not open for proposals now."))
        self.closed_at = closed_at


class NotIdentified(NotNow):
    """The challenge asks for strong identification, and the session has not shown it."""

    def __init__(self) -> None:
        super().__init__(_("Identify yourself first: this challenge asks for it."))


class StaleDraft(NotNow):
    """Another window or device saved the draft in between. Both texts are here, none is lost."""

    def __init__(self, *, idea: "Idea", stored: Answers, sent: Answers) -> None:
        super().__init__(_("This draft was changed in another window or device in between."))
        self.idea = idea
        self.stored = stored
        self.sent = sent
