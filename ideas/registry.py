"""Where higher floors add what a proposal's pages show, without ideas knowing them.

They fill it in their `AppConfig.ready()`::

    registry.similar_with(find_similar)        # search: f(SimilarQuery) -> list[Similar]
    registry.verdict_with(published_verdict)   # scoring: f(idea) -> Verdict | None
    registry.jury_reads_with(may_read)         # scoring: f(user, idea) -> bool
    registry.jury_has_with(is_with_jury)       # scoring: f(idea) -> bool
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


@dataclass(frozen=True)
class SimilarQuery:
    text: str
    language: str
    challenge_id: int
    exclude_idea: int | None = None
    limit: int = 4


@dataclass(frozen=True)
class Verdict:
    """What was decided, as the public may know it. `award` is "" for others than winners."""

    summary: str
    reason: str = ""
    award: str = ""
    url: str = ""
    language: str = ""


SimilarFinder = Callable[[SimilarQuery], "list[Similar]"]
VerdictReader = Callable[["Idea"], "Verdict | None"]
JuryReads = Callable[[Any, "Idea"], bool]
JuryHas = Callable[["Idea"], bool]

_similar: list[SimilarFinder] = []
_verdict: list[VerdictReader] = []
_jury_reads: list[JuryReads] = []
_jury_has: list[JuryHas] = []


def similar_with(finder: SimilarFinder) -> None:
    """Who finds what resembles a text: what the public may see, only. Must not raise."""
    _similar[:] = [finder]


def verdict_with(reader: VerdictReader) -> None:
    """Who tells the published decision on a proposal, None before its publication."""
    _verdict[:] = [reader]


def jury_reads_with(rule: JuryReads) -> None:
    """Who may read a proposal as its juror: it is given to them and they have told of no tie."""
    _jury_reads[:] = [rule]


def jury_has_with(rule: JuryHas) -> None:
    """Whether a proposal has been given to jurors: after that its eligibility stands."""
    _jury_has[:] = [rule]


def similar(query: SimilarQuery) -> "list[Similar]":
    return _similar[0](query) if _similar and query.text.strip() else []


def verdict(idea: "Idea") -> "Verdict | None":
    return _verdict[0](idea) if _verdict else None


def may_read_as_jury(user: Any, idea: "Idea") -> bool:
    return bool(_jury_reads) and _jury_reads[0](user, idea)


def is_with_jury(idea: "Idea") -> bool:
    return bool(_jury_has) and _jury_has[0](idea)
