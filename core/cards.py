"""What the cards and rows of lists show: queries of any app fill them, templates print them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Tag:
    label: str
    kind: str = ""  # win, citizen, org, ok, now, secret, jury


@dataclass(frozen=True, kw_only=True)
class IdeaCard:
    url: str
    title: str
    summary: str
    seed: str  # of the kuosi: the proposal's uid
    family: str = ""  # theme's key: the family of the kuosi's colours
    series: str = ""  # name of the series
    series_kind: str = ""  # "citizen" or "org"
    place: str = ""  # municipality
    language: str = ""  # of the proposal, when not the reader's
    tags: Sequence[Tag] = ()
    supporters: int = 0


@dataclass(frozen=True, kw_only=True)
class ChallengeCard:
    url: str
    title: str
    host: str
    summary: str
    seed: str
    family: str = ""
    state: str = ""  # "Open until 30 November", in the reader's language
    state_kind: str = ""  # kind of the tag: now, ok, jury, win
    kind: str = ""  # "Idea competition, no purchase"
    meta: str = ""  # "61 proposals from 41 municipalities"
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    term: str
    value: str
    note: str = ""
    stage: int | None = None  # 0–4 filled steps under the value


@dataclass(frozen=True, kw_only=True)
class SolutionRow:
    uid: str
    url: str
    title: str
    by: str
    summary: str  # may be marked up by the search: then a SafeString
    family: str = ""
    language: str = ""
    facts: Sequence[Fact] = ()
    tags: Sequence[Tag] = ()
    places: Sequence[str] = ()  # municipalities that use it: the dots of the map
    why_url: str = ""  # of a search: why this was found
    compare_url: str = ""  # compares this one too, or no more when it is `compared`
    compared: bool = False


@dataclass(frozen=True, kw_only=True)
class PhaseMark:
    """One stretch of the phase bar. `progress` is the share of it that has passed, 0–100."""

    name: str
    state: str  # past, now, next
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    progress: int = 0
    caption: str = ""  # "1.10.–30.11. We are here."


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a trail."""

    label: str
    state: str  # done, now, next, bad
    caption: str = ""
