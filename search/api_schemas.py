"""What `/api/v1` takes and gives, as its OpenAPI description has it."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Field, Schema
from pydantic import AfterValidator

from search.plan import MAX_QUERY

MOST_RESULTS: Final = 200

Language = Literal["fi", "sv", "en"]


def _moment(given: dt.datetime) -> dt.datetime:
    """In UTC. Without an offset it is Finnish time."""
    try:
        whole = timezone.make_aware(given) if timezone.is_naive(given) else given
        return whole.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("is outside of the calendar") from None


Moment = Annotated[dt.datetime, AfterValidator(_moment)]


class Asked(Schema):
    """A search. Values of one facet are alternatives; different facets must all hold."""

    q: str = Field("", max_length=MAX_QUERY, description="Words in any form; typos are forgiven.")
    lang: Language = Field("fi", description="Language of the words, of labels and of links.")
    limit: int = Field(20, ge=1, le=MOST_RESULTS, description="Results of one page.")
    cursor: str = Field("", max_length=200, description="`next_cursor` of the page before.")
    sort: Literal["relevance", "newest", "title"] = Field(
        "relevance", description="Without words, relevance is by title."
    )
    updated_since: Moment | None = Field(
        None,
        description="Instead of a search: all that has changed at this moment (ISO 8601) or later, "
        "the oldest change first. Only `lang`, `limit` and `cursor` go with it.",
    )
    theme: list[str] = Field([], max_length=12, description="Key of a theme.")
    readiness: list[str] = Field([], max_length=12, description="How ready it is.")
    offer: list[str] = Field([], max_length=12, description="How one gets it.")
    cost: list[str] = Field([], max_length=12, description="Cost of a pilot.")
    size: list[str] = Field(
        [], max_length=12, description="Residents of a municipality that owns or uses it."
    )
    evidence: list[str] = Field([], max_length=12, description="0 none … 4 verified by another.")
    target: list[str] = Field([], max_length=12, description="For whom it is.")
    users: list[str] = Field([], max_length=12, description="How many use it: 0, 1-2, 3-5, 6+.")
    region: list[str] = Field(
        [], max_length=12, description="Region of a municipality that owns or uses it."
    )
    municipality: list[str] = Field([], max_length=12, description="Municipality of origin.")
    licence: list[str] = Field([], max_length=12, description="Licence of the solution.")
    technology: list[str] = Field([], max_length=12, description="What it is built with.")
    language: list[str] = Field([], max_length=12, description="That it is written in.")
    challenge: list[str] = Field([], max_length=12, description="Slug of a challenge.")
    year: list[str] = Field([], max_length=12, description="Year of its origin.")
    award: list[str] = Field([], max_length=12, description="`yes`: winners of a challenge.")


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


class RemovedOut(Schema):
    """A solution that was public and is no longer."""

    uid: UUID
    removed_at: dt.datetime


class ResultsOut(Schema):
    total: int = Field(description="Solutions that have all the words; near ones are not counted.")
    results: list[ResultOut] = Field(
        description="In the order of rank; with `updated_since`, of change."
    )
    removed: list[RemovedOut] = Field(
        [], description="With `updated_since`: those that are no longer public."
    )
    facets: dict[str, list[CountOut]] = Field(
        description="Counts by value; a facet's own choice does not limit its own counts."
    )
    near_misses: bool = Field(description="Nothing has all the words: all results are near ones.")
    suggestion: str = Field(description="The words spelled better, or nothing.")
    truncated: bool = Field(description="There were more words than a search takes.")
    partial: bool = Field(description="The search ran out of time: there may be more.")
    next_cursor: str | None = Field(description="For the next page; null on the last one.")


class AskOut(Schema):
    """A person of an organisation who has consented to be asked."""

    name: str
    email: str


class UseOut(Schema):
    organisation: OwnerOut
    stage: str
    since: dt.date | None
    note: str
    scope: str = Field(description="How widely it is used there.")
    changes: str = Field(description="What the organisation has changed in it.")
    supplier: str
    cost_once: Decimal | None = Field(description="Euros that the organisation has paid once.")
    cost_yearly: Decimal | None = Field(description="Euros that the organisation pays in a year.")
    contact: AskOut | None


class ClaimOut(Schema):
    """An effect told by one who uses it: a year's amounts, of which less is better."""

    organisation: OwnerOut
    indicator: str
    name: str = Field(description="What it is, when the indicator is `other`.")
    unit: str = Field(description="When the indicator is `other`.")
    baseline: Decimal
    result: Decimal
    starts_on: dt.date
    ends_on: dt.date
    method: str = Field(description="`measured`, `estimated` or the `supplier`'s figure.")
    basis: str
    basis_url: str
    verified_by: OwnerOut | None = Field(description="Another organisation.")


class MaturityOut(Schema):
    """What it became on one axis, and when."""

    axis: str = Field(description="`readiness` or `offer`.")
    value: str
    changed_on: dt.date
    note: str


class ContactOut(Schema):
    """A person who has consented to be shown, for as long as the consent runs."""

    name: str
    role: str
    email: str
    phone: str


class SolutionOut(Brief):
    """A solution with all that its page tells. Texts are in its own language."""

    problem: str
    solution: str
    how_it_works: str
    target_group: str
    target_groups: list[str]
    context: str
    preconditions: str
    fits_sizes: list[str] = Field(description="Bands of residents.")
    fits_regions: list[str]
    systems: str = Field(description="Systems that it needs.")
    steps: list[Any]
    risks: str
    tags: list[str]
    technology: str
    function: str = Field(description="Municipal function.")
    sdgs: list[int] = Field(description="Sustainable development goals, 1–17.")
    trl: int | None = Field(description="Technology readiness level, 1–9.")
    cost: str
    cost_model: str
    cost_once: Decimal | None = Field(description="Euros.")
    cost_yearly: Decimal | None = Field(description="Euros.")
    cost_basis: str
    staff_days: Decimal | None = Field(description="Days of the municipality's own staff.")
    procurement_route: str
    procurement: str
    duration: str
    text_licence: str
    repository: str
    publiccode_url: str
    website: str
    trust: dict[str, Any]
    suppliers: list[dict[str, str]]
    contact_email: str = Field(description="The office's shared address.")
    contacts: list[ContactOut]
    origin: str
    challenge: str | None
    proposal: str = Field(description="Uid of the proposal that it began as, while that is public.")
    reviewed_on: dt.date | None
    due_on: dt.date | None = Field(description="When it is to be reviewed again.")
    freshness: str = Field(description="`fresh`, `due`, `stale` or `archived`.")
    archived_at: dt.datetime | None
    published_at: dt.datetime | None
    maturity: list[MaturityOut]
    evidence: int = Field(description="0 none … 4 measured and verified by another.")
    saving: int = Field(description="Euros a year, measured, of known uses.")
    claims: list[ClaimOut]
    uses: list[UseOut]
