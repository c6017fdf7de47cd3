"""Where higher floors add what a proposal's pages show, without ideas knowing them.

They fill it in their `AppConfig.ready()`::

    registry.similar_with(find_similar)        # search: f(SimilarQuery) -> list[Similar]
    registry.verdict_with(published_verdict)   # scoring: f(idea) -> Verdict | None
    registry.jury_reads_with(may_read)         # scoring: f(user, idea) -> bool
    registry.jury_sits_with(sits_in_jury)      # scoring: f(user, idea) -> bool
    registry.jury_has_with(with_jury)          # scoring: f(ideas) -> primary keys
    registry.tell_after_decision(after)        # scoring: f(idea) -> Part | None
    registry.check_policy_with(check_policy)   # scoring: f(idea) -> CheckPolicy
    registry.path_with(path)                   # scoring: f(idea) -> list[PathStep]
    registry.closed_with(closed_to)            # scoring: f(user) -> primary keys
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from challenges.models import Series
    from ideas.models import Idea


@dataclass(frozen=True)
class Similar:
    """Something already said or solved. `kind` is "idea" or "solution"; `note` says more of it."""

    kind: str
    title: str
    url: str
    seed: str  # of its kuosi
    note: str = ""
    family: str | None = None
    language: str = ""
    support_url: str = ""  # of a proposal that can be supported or commented on instead
    join_url: str = ""  # of one whose team takes people who ask to join


@dataclass(frozen=True)
class SimilarQuery:
    text: str
    language: str
    challenge_id: int
    exclude_idea: int | None = None
    title: str = ""
    area: str = ""  # the municipality, when it has been told
    limit: int = 5
    without: frozenset[int] = frozenset()  # proposals that the reader may not see


@dataclass(frozen=True)
class Verdict:
    """What was decided, as the public may know it. `award` is "" for others than winners."""

    summary: str
    reason: str = ""
    award: str = ""
    url: str = ""
    language: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the private page: the template that shows it and what it needs."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Gate:
    """A question of the rubric that is answered yes, no or «to be cleared up»."""

    key: str
    name: str
    question: str = ""


@dataclass(frozen=True)
class CheckPolicy:
    """How it is found whether a proposal meets the rules.

    `persons` must find the same; when the first two disagree, a third decides. `settled`: the
    round of eligibility has been closed, so that findings stand.
    """

    persons: int = 1
    gates: tuple[Gate, ...] = ()
    settled: bool = False


@dataclass(frozen=True)
class PathStep:
    """What became of a proposal in one round of scoring, as others than staff may know it."""

    label: str
    advanced: bool
    at: dt.datetime | None


CheckPolicyReader = Callable[["Idea"], CheckPolicy]
PathReader = Callable[["Idea"], "list[PathStep]"]
SimilarFinder = Callable[[SimilarQuery], "list[Similar]"]
VerdictReader = Callable[["Idea"], "Verdict | None"]
JuryReads = Callable[[Any, "Idea"], bool]
JuryHas = Callable[["Iterable[Idea]"], frozenset[int]]
AfterDecision = Callable[["Idea"], "Part | None"]
ClosedTo = Callable[[Any], frozenset[int]]
CriteriaReader = Callable[["Series"], dict[str, str]]

_similar: list[SimilarFinder] = []
_verdict: list[VerdictReader] = []
_jury_reads: list[JuryReads] = []
_jury_sits: list[JuryReads] = []
_jury_has: list[JuryHas] = []
_after_decision: list[AfterDecision] = []
_check_policy: list[CheckPolicyReader] = []
_path: list[PathReader] = []
_closed: list[ClosedTo] = []
_criteria: list[CriteriaReader] = []


def similar_with(finder: SimilarFinder) -> None:
    """Who finds what resembles a text: what the public may see, only. Must not raise."""
    _similar[:] = [finder]


def verdict_with(reader: VerdictReader) -> None:
    """Who tells the published decision on a proposal, None before its publication."""
    _verdict[:] = [reader]


def jury_reads_with(rule: JuryReads) -> None:
    """Who may read a proposal as its juror: it is given to them and they have told of no tie."""
    _jury_reads[:] = [rule]


def jury_sits_with(rule: JuryReads) -> None:
    """Who has a seat in the jury of a proposal's series, whether or not it is on their desk."""
    _jury_sits[:] = [rule]


def jury_has_with(reader: JuryHas) -> None:
    """Which of these have been given to jurors: after that their eligibility stands. One query."""
    _jury_has[:] = [reader]


def tell_after_decision(teller: AfterDecision) -> None:
    """Who tells the proposer, on the private page, what the jury said and what may be asked."""
    _after_decision[:] = [teller]


def check_policy_with(reader: CheckPolicyReader) -> None:
    """How many persons must agree on a proposal's eligibility, and on which questions."""
    _check_policy[:] = [reader]


def path_with(reader: PathReader) -> None:
    """The rounds that a proposal has been through, as far as they can no longer be undone."""
    _path[:] = [reader]


def criteria_with(reader: CriteriaReader) -> None:
    """What a published rubric looks for: criterion's key → a sentence beside its questions."""
    _criteria[:] = [reader]


def criteria(series: "Series") -> dict[str, str]:
    return _criteria[0](series) if _criteria else {}


def check_policy(idea: "Idea") -> CheckPolicy:
    return _check_policy[0](idea) if _check_policy else CheckPolicy()


def path(idea: "Idea") -> "list[PathStep]":
    return _path[0](idea) if _path else []


def closed_with(rule: ClosedTo) -> None:
    """Which proposals are closed to a person who has told of ties, though others may read them."""
    _closed[:] = [rule]


def closed_to(user: Any) -> frozenset[int]:
    """Primary keys; none for somebody who is not signed in."""
    return _closed[0](user) if _closed and user and user.is_authenticated else frozenset()


def similar(query: SimilarQuery) -> "list[Similar]":
    return _similar[0](query) if _similar and query.text.strip() else []


def verdict(idea: "Idea") -> "Verdict | None":
    return _verdict[0](idea) if _verdict else None


def may_read_as_jury(user: Any, idea: "Idea") -> bool:
    return bool(_jury_reads) and _jury_reads[0](user, idea)


def sits_in_jury(user: Any, idea: "Idea") -> bool:
    return bool(_jury_sits) and _jury_sits[0](user, idea)


def with_jury(ideas: "Iterable[Idea]") -> frozenset[int]:
    """Primary keys of those that have been given to jurors."""
    return _jury_has[0](ideas) if _jury_has else frozenset()


def is_with_jury(idea: "Idea") -> bool:
    return idea.pk in with_jury([idea])


def after_decision(idea: "Idea") -> Part | None:
    return _after_decision[0](idea) if _after_decision else None
