"""What the pages of writing a proposal share: who writes, by which addresses, with which headers.

The same pages serve the secret link (views/private.py) and people who are signed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.definition import Definition, Step
from core.arrival import arrived_at
from core.views import signed_out
from ideas import extensions, links, rules
from ideas.models import Idea
from ideas.states import IdeaState

View = Callable[..., HttpResponseBase]
Response = TypeVar("Response", bound=HttpResponseBase)


@dataclass(frozen=True)
class Paths:
    """Addresses of one proposal's private pages: `{prefix}step`, `{prefix}review` and so on."""

    prefix: str
    key: str

    def of(self, name: str, *args: str) -> str:
        return reverse(f"ideas:{self.prefix}{name}", args=[self.key, *args])

    def step(self, key: str) -> str:
        return self.of("step", key)

    @property
    def home(self) -> str:
        return self.of("home")

    @property
    def review(self) -> str:
        return self.of("review")

    @property
    def submit(self) -> str:
        return self.of("submit")

    @property
    def receipt(self) -> str:
        return self.of("receipt")

    @property
    def receipt_pdf(self) -> str:
        return self.of("receipt_pdf")

    @property
    def more_time(self) -> str:
        return self.of("more_time")

    @property
    def write(self) -> str:
        return self.of("write")

    @property
    def withdraw(self) -> str:
        return self.of("withdraw")

    @property
    def similar(self) -> str:
        return self.of("similar")

    @property
    def pieces(self) -> str:
        return self.of("pieces")

    @property
    def send_link(self) -> str:
        return self.of("send_link")

    @property
    def tasks(self) -> str:
        return self.of("tasks")

    @property
    def team(self) -> str:
        return self.of("team")

    def answer(self, comment: UUID) -> str:
        return self.of("answer", str(comment))

    def file(self, uid: UUID | str) -> str:
        name = "file" if self.prefix else "file_by_link"
        return self.of(name, str(UUID(str(uid))))


@dataclass(frozen=True)
class Desk:
    """A proposal on somebody's desk. `by` is None for whoever came by the secret link."""

    idea: Idea
    paths: Paths
    by: User | None = None

    @property
    def definition(self) -> Definition:
        parsed: Definition = self.idea.form.parsed
        return parsed

    @property
    def is_draft(self) -> bool:
        return self.idea.state == IdeaState.DRAFT

    @property
    def by_link(self) -> bool:
        return self.by is None

    @property
    def writes(self) -> bool:
        """False of the team's readers."""
        return bool(rules.can_edit_draft(self.by, self.idea))

    @property
    def any_order(self) -> bool:
        """An organisation fills its parts in any order, a citizen goes step by step."""
        return self.idea.organisation_id is not None

    @property
    def steps(self) -> list[Step]:
        """The steps with those questions that the answers so far lead to."""
        return self.definition.steps_for(self.idea.written)

    def step(self, key: str) -> Step:
        found = next((step for step in self.steps if step.key == key), None)
        if found is None:
            raise Http404
        return found

    def step_number(self, step: Step) -> int:
        return [one.key for one in self.steps].index(step.key) + 1

    def after(self, step: Step) -> str:
        """Where one goes on to from a step."""
        if self.any_order:
            return self.paths.tasks
        position, steps = self.step_number(step), self.steps
        if position < len(steps):
            return self.paths.step(steps[position].key)
        return self.paths.review

    def before(self, step: Step) -> str | None:
        if self.any_order:
            return self.paths.tasks
        position = self.step_number(step)
        return self.paths.step(self.steps[position - 2].key) if position > 1 else None

    def may_write(self, request: HttpRequest) -> bool:
        """Whether what this person writes now can still be handed in."""
        return (
            self.writes
            and self.idea.state in extensions.MAY_CHANGE
            and extensions.open_for(self.idea, arrived_at(request))
        )


def by_link(view: View) -> View:
    """Opens the proposal of a secret link; a wrong, foreign or withdrawn one is a 404."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        idea = links.find(token)
        if idea is None:
            raise Http404
        by = request.user if rules.can_edit_draft(request.user, idea) else None
        desk = Desk(idea, Paths("", token), by if isinstance(by, User) else None)
        return keep_private(view(request, desk, *args, **kwargs))

    return opened


def by_account(view: View, *, readers: bool = False) -> View:
    """Opens a proposal that the person writes; anybody else's is a 404.

    readers: also to those of the team who only read.
    """
    may_open = rules.can_read_draft if readers else rules.can_edit_draft

    @wraps(view)
    def opened(request: HttpRequest, uid: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return keep_private(to_sign_in(request))
        idea = Idea.objects.for_writing().filter(uid=uid, withdrawn_at=None).first()
        if idea is None or not may_open(request.user, idea):
            raise Http404
        desk = Desk(idea, Paths("own_", str(uid)), request.user)
        return keep_private(view(request, desk, *args, **kwargs))

    return opened


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in; what was typed in a session that has ended is given back, not lost."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    if request.headers.get("X-Autosave") == "1":
        words = _("You have been signed out. Your text is on this page: sign in in another window.")
        return JsonResponse({"problem": words}, status=401)
    return signed_out(request)


def keep_private(response: Response) -> Response:
    """Not kept by anybody between, not indexed, and its address is told to no other site.

    The policy is not `no-referrer`: browsers then send `Origin: null` with our own forms, and
    they would be refused as coming from elsewhere.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    patch_cache_control(response, private=True, no_store=True, max_age=0)
    return response
