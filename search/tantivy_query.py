"""The schema of the embedded index, and a plan as tantivy's queries."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import tantivy
from tantivy import Occur
from tantivy import Query as TQuery

from search.analysis import FIELDS
from search.engine import FACET_VALUES, by_number
from search.plan import (
    NEAR_GRAMS,
    TIE,
    Form,
    Plan,
    Slot,
    Term,
    near_terms,
)

SCHEMA_VERSION: Final = 3
_MARK: Final = "="  # before facet values: none may look like a number or a date


def make_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("uid", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("digest", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("start", tokenizer_name="whitespace", index_option="basic")
    builder.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title_key", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_float_field("boost", fast=True)
    builder.add_integer_field("changed", fast=True)
    builder.add_float_field("latitude", fast=True)
    builder.add_float_field("longitude", fast=True)
    builder.add_integer_field("area", fast=True)
    builder.add_text_field("stored", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


SCHEMA: Final = make_schema()


def marked(values: Iterable[str]) -> list[str]:
    return [_MARK + value for value in values]


def _term(term: Term, weight: float = 1.0) -> TQuery:
    query = TQuery.term_query(SCHEMA, term.field, term.text, index_option="freq")
    weight *= term.weight
    return query if weight == 1.0 else TQuery.boost_query(query, weight)


def _best_of(queries: list[TQuery]) -> TQuery:
    return queries[0] if len(queries) == 1 else TQuery.disjunction_max_query(queries, TIE)


def _form(form: Form) -> TQuery:
    if len(form.needs) == 1:
        return _best_of([_term(term, form.weight) for term in form.needs[0]])
    needs = [(Occur.Must, _best_of([_term(term) for term in need])) for need in form.needs]
    # A form of several needs would score once for each: together they count as one word.
    return TQuery.boost_query(TQuery.boolean_query(needs), form.weight / len(form.needs))


def slot_query(slot: Slot) -> TQuery:
    return _best_of([_form(form) for form in slot.forms])


def kind_query(kind: str, score: float = 0.0) -> TQuery:
    return TQuery.const_score_query(
        TQuery.term_query(SCHEMA, "kind", kind, index_option="basic"), score
    )


def form_query(kind: str, form: Form) -> TQuery:
    return TQuery.boolean_query([(Occur.Must, _form(form)), (Occur.Must, kind_query(kind))])


def match_query(kind: str, plan: Plan) -> TQuery:
    """Every slot in some form; what is left to choose by filters."""
    clauses = [(Occur.Must, slot_query(slot)) for slot in plan.slots]
    # Without words all are equally good, and only boosts make a difference.
    clauses.append((Occur.Must, kind_query(kind, 0.0 if plan else 1.0)))
    return TQuery.boolean_query(clauses)


def filtered_query(matching: TQuery, filters: Mapping[str, tuple[str, ...]]) -> TQuery:
    """The match set with filters."""
    if not filters:
        return matching
    chosen = [(Occur.Must, filter_query(name, values)) for name, values in filters.items()]
    return TQuery.boolean_query([(Occur.Must, matching), *chosen])


def near_query(
    kind: str,
    slots: tuple[Slot, ...],
    filters: Mapping[str, tuple[str, ...]],
    without: Iterable[str],
) -> TQuery:
    """A form of any slot or a member of its compound, or enough of its grams."""
    ways = [(Occur.Should, _term(term)) for term in near_terms(slots)]
    for slot in slots:
        if len(slot.grams) > 1:
            grams = [(Occur.Should, _term(Term("gram", gram, 1.0))) for gram in slot.grams]
            together = TQuery.boolean_query(grams, minimum_number_should_match=slot.grams_needed)
            ways.append((Occur.Should, TQuery.boost_query(together, NEAR_GRAMS / len(grams))))
    clauses = [(Occur.Must, TQuery.boolean_query(ways))]
    clauses.append((Occur.Must, kind_query(kind)))
    clauses += [(Occur.Must, filter_query(name, values)) for name, values in filters.items()]
    clauses += [(Occur.MustNot, TQuery.term_query(SCHEMA, "uid", uid, "basic")) for uid in without]
    return TQuery.boolean_query(clauses)


def filter_query(name: str, values: tuple[str, ...]) -> TQuery:
    """Any of the values; adds no score."""
    path = f"facets.{name}"
    any_of = [(Occur.Should, TQuery.term_query(SCHEMA, path, v, "basic")) for v in marked(values)]
    return TQuery.const_score_query(TQuery.boolean_query(any_of), 0.0)


def facet_counts_request(
    facets: tuple[str, ...], filters: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """One aggregation for all facets: each under the filters of the others, not its own."""
    request: dict[str, Any] = {}
    for name in facets:
        others = {other: values for other, values in filters.items() if other != name}
        counts = {name: {"terms": {"field": f"facets.{name}", "size": FACET_VALUES}}}
        if not others:
            request |= counts
            continue
        key = "&".join(sorted(others))
        under = request.setdefault(f"_{key}", {"filter": _as_text(others), "aggs": {}})
        under["aggs"] |= counts
    return request


def facet_counts(answer: dict[str, Any], facets: tuple[str, ...]) -> dict[str, Any]:
    """Name → ((value, count), …), the most frequent first, then by value."""
    flat: dict[str, Any] = {}
    for key, part in answer.items():
        flat |= part if key.startswith("_") else {key: part}
    counted = {}
    for name in facets:
        buckets = flat.get(name, {}).get("buckets", ())
        counted[name] = by_number((bucket["key"][1:], bucket["doc_count"]) for bucket in buckets)
    return counted


def _as_text(filters: Mapping[str, tuple[str, ...]]) -> str:
    """Filters in tantivy's query language, as its filter aggregation wants them."""
    return " AND ".join(
        f"({' OR '.join(f'facets.{name}:{_quoted(value)}' for value in marked(values))})"
        for name, values in filters.items()
    )


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
