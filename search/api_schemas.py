"""What `/api/v1` takes and gives, as its OpenAPI description has it."""

import datetime as dt
from typing import Any, Final, Literal
from uuid import UUID

from ninja import Field, Schema

from search.plan import MAX_QUERY

MOST_RESULTS: Final = 200

Language = Literal["fi", "sv", "en"]


class Asked(Schema):
    """A search. Values of one facet are alternatives; different facets must all hold."""

    q: str = Field("", max_length=MAX_QUERY, description="Words in any form; typos are forgiven.")
    lang: Language = Field("fi", description="Language of the words, of labels and of links.")
    limit: int = Field(20, ge=1, le=MOST_RESULTS, description="Results of one page.")
    cursor: str = Field("", max_length=200, description="`next_cursor` of the page before.")
    sort: Literal["relevance", "newest", "title"] = Field(
        "relevance", description="Without words, relevance is by title."
    )
    theme: list[str] = Field([], max_length=12)
    readiness: list[str] = Field([], max_length=12)
    offer: list[str] = Field([], max_length=12)
    cost: list[str] = Field([], max_length=12)
    size: list[str] = Field(
        [], max_length=12, description="Residents of a municipality that owns or uses it."
    )
    users: list[str] = Field([], max_length=12, description="How many use it: 0, 1-2, 3-5, 6+.")
    region: list[str] = Field([], max_length=12)
    municipality: list[str] = Field([], max_length=12)
    licence: list[str] = Field([], max_length=12)
    technology: list[str] = Field([], max_length=12)
    language: list[str] = Field([], max_length=12, description="That it is written in.")
    challenge: list[str] = Field([], max_length=12)
    year: list[str] = Field([], max_length=12)
    award: list[str] = Field([], max_length=12)


class OwnerOut(Schema):
    name: str
    slug: str


class Brief(Schema):
    """A solution in a list."""

    uid: UUID
    title: str
    summary: str
    language: str
    url: str = Field(description="Its page.")
    api_url: str = Field(description="All of it as JSON.")
    owner: OwnerOut
    provider: str
    municipality: str
    theme: str
    readiness: str
    offer: str
    cost_band: str
    licence: str
    award: str
    users: int = Field(description="Organisations that pilot or use it, as told by them.")
    updated_at: dt.datetime


class ResultOut(Brief):
    near: bool = Field(description="Has only some of the words, or words like them.")


class CountOut(Schema):
    value: str
    label: str
    count: int


class ResultsOut(Schema):
    total: int = Field(description="Solutions that have all the words; near ones are not counted.")
    results: list[ResultOut] = Field(description="In the order of rank.")
    facets: dict[str, list[CountOut]] = Field(
        description="Counts by value; a facet's own choice does not limit its own counts."
    )
    near_misses: bool = Field(description="Nothing has all the words: all results are near ones.")
    suggestion: str = Field(description="The words spelled better, or nothing.")
    truncated: bool = Field(description="There were more words than a search takes.")
    next_cursor: str | None = Field(description="For the next page; null on the last one.")


class UseOut(Schema):
    organisation: OwnerOut
    stage: str
    since: dt.date | None
    note: str


class SolutionOut(Brief):
    """A solution with all that its page tells. Texts are in its own language."""

    problem: str
    solution: str
    how_it_works: str
    target_group: str
    context: str
    preconditions: str
    steps: list[Any]
    tags: list[str]
    technology: str
    cost: str
    procurement: str
    duration: str
    repository: str
    website: str
    trust: dict[str, Any]
    contact_email: str
    origin: str
    challenge: str | None
    reviewed_on: dt.date | None
    published_at: dt.datetime | None
    uses: list[UseOut]
