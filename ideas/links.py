"""The secret link of a proposal: whoever has it may go on writing, without an account."""

import uuid

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from core import tokens
from ideas.models import Idea

KIND = "idea"
KIND_START = "idea-start"


def token_of(idea: Idea) -> str:
    return tokens.make(KIND, idea.uid.hex, idea.token_version)


def new_start() -> str:
    """A number for a proposal to be, given with the empty form.

    Nothing is stored. Sent twice (double press, back button, two tabs) it makes one draft.
    """
    return tokens.make(KIND_START, uuid.uuid4().hex)


def read_start(token: str) -> uuid.UUID | None:
    found = tokens.read(KIND_START, token)
    return _uid(found[0]) if found else None


def find(token: str) -> Idea | None:
    """The proposal that the link opens; None for a wrong, revoked or withdrawn one.

    A proposal of an organisation has no such link: its people sign in.
    """
    found = tokens.read(KIND, token)
    if found is None or (uid := _uid(found[0])) is None:
        return None
    theirs = Idea.objects.for_writing().filter(organisation=None, withdrawn_at=None)
    try:
        return theirs.get(uid=uid, token_version=found[1])
    except Idea.DoesNotExist:
        return None


def status_path(idea: Idea) -> str:
    return reverse("ideas:home", args=[token_of(idea)])


def own_path(idea: Idea) -> str:
    """The page of the proposal for its team, signed in."""
    return reverse("ideas:own_home", args=[idea.uid])


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def in_language(idea: Idea) -> str:
    """The whole address of the private page, in the proposal's own language.

    A secret link for a citizen; an organisation's people sign in.
    """
    with translation.override(idea.language):
        return absolute(own_path(idea) if idea.organisation_id else status_path(idea))


def _uid(value: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=value)
    except ValueError:
        return None
