"""Both engines give the same answer to the same question: hits, counts, scores, order."""

import os
import random
from dataclasses import replace
from itertools import zip_longest

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from search.analysis import Analyser
from search.engine import Document, Engine, Likeness, Place, Query, Results, Sort
from tests.search.making import (
    another_url,
    elastic,
    elastic_urls,
    embedded,
    no_progress,
    solution,
)
from tests.search.quality import QUERIES, SYNONYMS, documents

pytestmark = pytest.mark.elasticsearch

THEMES, REGIONS = ("koti", "digi", "liikenne", "kulttuuri"), ("savo", "häme", "lappi")
RANDOM_QUERIES = int(os.environ.get("TALKOOT_RANDOM_QUERIES", "300"))  # 10000 before a release
TIE = 1e-4  # engines add the same numbers in another order
Pair = tuple[Engine, Engine]


def shelf() -> list[Document]:
    """The development set, and four hundred made of its words, with facets, boosts and places."""
    dice = random.Random(11)
    own = documents()
    words = sorted({word for d in own for word in f"{d.title} {d.body[0]}".split()})
    made = [
        solution(
            number,
            " ".join(dice.sample(words, dice.randint(1, 5))),
            " ".join(dice.choices(words, k=dice.randint(0, 60))),
            language=dice.choice(["fi", "fi", "sv", "en"]),
        )
        for number in range(400)
    ]
    return [
        replace(
            document,
            facets={
                "theme": tuple(dice.sample(THEMES, dice.randint(0, 2))),
                "region": (dice.choice(REGIONS),),
            },
            boosts={"users": 1 + dice.random() / 5, "fresh": dice.choice([1.0, 1.05])},
            place=Place(60 + dice.random(), 24 + dice.random()) if dice.random() < 0.5 else None,
            area=dice.choice(["", "Itä", "Länsi"]),
        )
        for document in own + made
    ]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    plain = Analyser(use_voikko=False)
    with elastic_urls() as taken:
        engines = (
            embedded(tmp_path_factory.mktemp("index") / "i", plain, SYNONYMS),
            elastic(another_url(taken), plain, SYNONYMS),
        )
        for engine in engines:
            engine.rebuild(shelf(), no_progress)
        yield engines


def assert_same_order(one, other) -> None:
    """The same scores, and the same documents but where scores are equal."""
    for mine, its in zip_longest(one[:10], other[:10]):
        assert mine is not None, its
        assert its is not None, mine
        assert mine.score == pytest.approx(its.score, rel=TIE)
        if mine.uid != its.uid:
            there = next((hit for hit in other if hit.uid == mine.uid), its)
            assert there.score == pytest.approx(mine.score, rel=TIE), (mine.uid, its.uid)


def assert_agree(both: Pair, query: Query) -> Results:
    one, other = (engine.search(query) for engine in both)
    assert one.total == other.total
    assert one.facets == other.facets
    assert one.suggestion == other.suggestion
    assert one.near_misses == other.near_misses
    assert [hit.near for hit in one.hits] == [hit.near for hit in other.hits]
    if one.total <= query.limit:
        found = [{hit.uid for hit in results.hits if not hit.near} for results in (one, other)]
        assert found[0] == found[1]
    assert_same_order(one.hits, other.hits)
    return one


@pytest.mark.parametrize("sort", Sort)
def test_every_query_of_the_development_set(both: Pair, sort: Sort):
    found = 0
    for text, language, _, _ in QUERIES:
        query = Query(text, language=language, facets=("theme", "region"), limit=200, sort=sort)
        found += assert_agree(both, query).total
    assert found > len(QUERIES)


words = st.sampled_from(sorted({word for text, *_ in QUERIES for word in text.split()}))
chosen = st.fixed_dictionaries(
    {},
    optional={
        "theme": st.lists(st.sampled_from(THEMES), unique=True).map(tuple),
        "region": st.lists(st.sampled_from(REGIONS), unique=True).map(tuple),
    },
)


@settings(
    max_examples=RANDOM_QUERIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.one_of(
        st.lists(words, max_size=3).map(" ".join),
        # A letter more, less or other: near misses and suggestions.
        st.tuples(words, st.integers(0, 12), st.sampled_from("aeiklnst")).map(
            lambda typo: typo[0][: typo[1]] + typo[2] + typo[0][typo[1] + 1 :]
        ),
    ),
    language=st.sampled_from(["fi", "sv", "en"]),
    filters=chosen,
    fill=st.sampled_from([0, 1, 10]),
    offset=st.sampled_from([0, 0, 0, 7]),
)
@example(text="", language="fi", filters={"theme": ("digi",)}, fill=1, offset=0)
def test_random_queries(both: Pair, text, language, filters, fill, offset):
    asked = Query(
        text,
        language=language,
        filters=filters,
        facets=("theme", "region", "unknown"),
        fill=fill,
        offset=offset,
    )
    assert_agree(both, asked)


def test_similar_texts(both: Pair):
    """Short ones, whose every term counts, and long ones, of which the most telling are taken."""
    whole = " ".join(document.body[0] for document in documents()[:30])
    asked = [Likeness(d.title, d.body[0], "solution", limit=10) for d in documents()[:25]]
    asked.append(Likeness("Kirjasto", whole, "solution", limit=10))
    asked += [replace(one, area="itä", place=Place(60.5, 24.5)) for one in asked]
    for likeness in asked:
        one, other = (engine.similar(likeness) for engine in both)
        assert len(one) == 10
        assert_same_order(one, other)


def test_completion(both: Pair):
    for start in ("ki", "kirj", "DIGI", "koulu", "sko", "a b", "zzz", "bi"):
        one, other = (engine.complete(start, kind="solution") for engine in both)
        assert one == other


def test_digests_and_status(both: Pair):
    one, other = both
    assert one.digests() == other.digests()
    assert one.status().documents == other.status().documents == len(one.digests())
    assert one.status().analyser == other.status().analyser


def test_changes_in_place(tmp_path):
    """After the same changes: the same hits and counts at once; frequencies, too, when the index
    has been rebuilt (till then each engine remembers replaced documents in its own way)."""
    plain, dice, before = Analyser(use_voikko=False), random.Random(5), shelf()
    with elastic_urls() as taken:
        engines = embedded(tmp_path / "i", plain), elastic(another_url(taken), plain)
        changed = [replace(before[n], title=before[-n - 1].title) for n in range(40)]
        gone = {document.uid for document in dice.sample(before[40:], 40)}
        after = [*changed, *(d for d in before[40:] if d.uid not in gone)]
        for engine in engines:
            engine.rebuild(before, no_progress)
            engine.upsert(changed)
            engine.delete(gone)
        for text, language, _, _ in QUERIES[:60]:
            asked = Query(text, language=language, facets=("theme", "region"), limit=200, fill=0)
            one, other = (engine.search(asked) for engine in engines)
            assert {hit.uid for hit in one.hits} == {hit.uid for hit in other.hits}
            assert (one.total, one.facets) == (other.total, other.facets)
        assert engines[0].digests() == engines[1].digests() == {d.uid: d.digest for d in after}
        for engine in engines:
            engine.rebuild(after, no_progress)
        for text, language, _, _ in QUERIES[:60]:
            assert_agree(engines, Query(text, language=language, limit=200))
