"""The mapping of Elasticsearch's index, and a plan as its queries.

The same sums as in tantivy_query.py: both engines reckon BM25 with the same constants, lengths of
texts in the same steps, and one shard knows every document. No scripts: the capped factor of a
document is a number of its own, by which Elasticsearch multiplies.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import Any, Final

from elasticsearch.dsl import (
    A,
    Document,
    Double,
    Keyword,
    Long,
    MetaField,
    Object,
    Search,
    Text,
)

from search.analysis import FIELDS
from search.engine import FACET_VALUES, Query, Sort, by_number
from search.plan import NEAR_GRAMS, TIE, Form, Plan, Slot, Term, near_terms

SCHEMA_VERSION: Final = 1
SHOWN: Final[list[Any]] = ["uid", "stored"]
Raw = dict[str, Any]


def _terms() -> Text:
    """Terms of analysis.py with spaces between; nothing is made of them here."""
    return Text(analyzer="whitespace", index_options="freqs")


class Entry(Document):
    """A document of the index. What was taken out stays as an entry without a kind."""

    uid = Keyword(index=False)
    kind = Keyword()
    digest = Keyword(index=False, doc_values=False)
    lemma = _terms()
    part = _terms()
    stem = _terms()
    gram = _terms()
    start = Text(analyzer="whitespace", index_options="docs", norms=False)
    facets = Object(dynamic=True)
    title_key = Keyword(index=False)
    boost = Double(index=False)
    changed = Long(index=False)
    latitude = Double(index=False, doc_values=False)
    longitude = Double(index=False, doc_values=False)
    area = Long(index=False, doc_values=False)
    stored = Keyword(index=False, doc_values=False)

    class Meta:
        dynamic = MetaField("strict")
        source = MetaField(excludes=[*FIELDS, "start", "facets"])
        dynamic_templates = MetaField(
            [{"facets": {"path_match": "facets.*", "mapping": {"type": "keyword"}}}]
        )


def mapping() -> Raw:
    """Entry's mapping as Elasticsearch wants it."""
    return dict(Entry._doc_type.mapping.to_dict())


# Queries are plain dictionaries: a plan has hundreds of them, and Q checks and copies each.


def _term(term: Term, weight: float = 1.0) -> Raw:
    return {"term": {term.field: {"value": term.text, "boost": term.weight * weight}}}


def _best_of(queries: list[Raw]) -> Raw:
    if len(queries) == 1:
        return queries[0]
    return {"dis_max": {"queries": queries, "tie_breaker": TIE}}


def _form(form: Form) -> Raw:
    if len(form.needs) == 1:
        return _best_of([_term(term, form.weight) for term in form.needs[0]])
    needs = [_best_of([_term(term) for term in need]) for need in form.needs]
    return {"bool": {"must": needs, "boost": form.weight / len(form.needs)}}


def slot_query(slot: Slot) -> Raw:
    return _best_of([_form(form) for form in slot.forms])


def _of_kind(kind: str) -> Raw:
    return {"term": {"kind": kind}}


def _filter(name: str, values: tuple[str, ...]) -> Raw:
    return {"terms": {f"facets.{name}": list(values)}}


def _filters(filters: Mapping[str, tuple[str, ...]]) -> list[Raw]:
    return [_filter(name, values) for name, values in filters.items()]


def lifted(query: Raw) -> Raw:
    """The query's score times the document's factor."""
    factor = {"field": "boost", "missing": 1}
    return {
        "function_score": {
            "query": query,
            "field_value_factor": factor,
            "boost_mode": "multiply",
        }
    }


def alike_query(kind: str, terms: Iterable[tuple[str, str, float]]) -> Raw:
    should = [_term(Term(name, text, weight)) for name, text, weight in terms]
    inside = {"should": should, "minimum_should_match": 1, "filter": [_of_kind(kind)]}
    return {"bool": inside}


def met_query(kind: str, slot: Slot) -> Raw:
    return {"bool": {"filter": [_of_kind(kind), slot_query(slot)]}}


def all_words(plan: Plan, query: Query) -> Raw:
    """The match set, its page in order, and the counts of facets, in one request.

    Counts want the match set before filters; so filters are put on the hits after counting.
    """
    frame = _frame(
        tuple(query.filters.items()), query.facets, query.sort, query.offset, query.limit
    )
    inside: Raw = {"filter": [_of_kind(query.kind)]}
    if not (query.facets and query.filters):
        inside["filter"] += _filters(query.filters)
    slots = [slot_query(slot) for slot in plan.slots]
    if query.sort != Sort.RELEVANCE:
        inside["filter"] += slots
        return {**frame, "query": {"bool": inside}}
    if plan:
        matching: Raw = {"bool": {**inside, "must": slots}}
    else:
        # Without words all are equally good, and only boosts make a difference.
        matching = {"constant_score": {"filter": {"bool": inside}}}
    return {**frame, "query": lifted(matching)}


@functools.lru_cache(maxsize=256)
def _frame(
    chosen: tuple[tuple[str, tuple[str, ...]], ...],
    facets: tuple[str, ...],
    sort: Sort,
    offset: int,
    limit: int,
) -> Raw:
    """A request but for its query: the same for whatever words are asked. Not to be changed."""
    filters = dict(chosen)
    search = Search()[offset : offset + limit].source(SHOWN).extra(track_total_hits=True)
    if facets and filters:
        search = search.post_filter("bool", filter=_filters(filters))
    order = {Sort.RELEVANCE: "_score", Sort.TITLE: "title_key", Sort.NEWEST: "-changed"}[sort]
    search = search.sort(order, "uid")
    for name in facets:
        others = {other: values for other, values in chosen if other != name}
        counts = A("terms", field=f"facets.{name}", size=FACET_VALUES)
        if others:
            search.aggs.bucket(name, "filter", bool={"filter": _filters(others)}).bucket(
                "values", counts
            )
        else:
            search.aggs.bucket(name, counts)
    return dict(search.to_dict())


def facet_counts(
    answer: Mapping[str, Any], facets: tuple[str, ...]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Name → ((value, count), …), the most frequent first, then by value."""
    counted = {}
    for name in facets:
        found = answer[name]
        buckets = found.get("values", found)["buckets"]
        counted[name] = by_number((bucket["key"], bucket["doc_count"]) for bucket in buckets)
    return counted


def near_query(
    kind: str,
    slots: tuple[Slot, ...],
    filters: Mapping[str, tuple[str, ...]],
    without: Iterable[str],
) -> Raw:
    """A form of any slot or a member of its compound, or enough of its grams."""
    ways = [_term(term) for term in near_terms(slots)]
    for slot in slots:
        if len(slot.grams) > 1:
            together = {
                "should": [_term(Term("gram", gram, 1.0)) for gram in slot.grams],
                "minimum_should_match": slot.grams_needed,
                "boost": NEAR_GRAMS / len(slot.grams),
            }
            ways.append({"bool": together})
    inside = {
        "should": ways,
        "minimum_should_match": 1,
        "filter": [_of_kind(kind), *_filters(filters)],
        "must_not": [{"ids": {"values": list(without)}}],
    }
    return lifted({"bool": inside})


def begun_query(kind: str, starts: list[str]) -> Raw:
    begun = [{"term": {"start": start}} for start in starts]
    return lifted({"constant_score": {"filter": {"bool": {"filter": [_of_kind(kind), *begun]}}}})
