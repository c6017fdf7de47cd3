"""What every search engine must do, with the same documents and the same answers."""

import random
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engine import Document, Engine, Likeness, Place, Query, SearchUnavailable, Sort
from tests.search.making import (
    idea,
    no_progress,
    numbers,
    solution,
    uids,
)
from tests.search.quality import SYNONYMS, documents

FOUR = [
    solution(
        1,
        "Koulukyytien yhdistely",
        "Taksit ja bussit samaan kyytiin",
        facets={"theme": ("liikenne",), "region": ("savo", "lappi")},
        payload={"slug": "kyydit"},
    ),
    solution(
        2,
        "Digituki kirjastossa",
        "Kirjastossa neuvotaan puhelimen käytössä",
        facets={"theme": ("digi",), "region": ("savo",)},
        boosts={"users": 1.1},
    ),
    solution(
        3,
        "Omatoiminen kirjasto",
        "Ovi aukeaa kortilla",
        facets={"theme": ("digi", "kulttuuri"), "region": ("häme",)},
    ),
    solution(4, "Skolskjutsar på kartan", "Bussen syns i mobilen", language="sv"),
]


@pytest.fixture(scope="module")
def four(make) -> Engine:
    engine = make(None)[1]
    engine.rebuild([*FOUR, idea(1, "Kirjasto auki yöllä")], no_progress)
    return engine


def test_inflected_word_is_found(four: Engine):
    assert numbers(four.search(Query("kirjastoja"))) == [2, 3] or numbers(
        four.search(Query("kirjastoja"))
    ) == [3, 2]
    assert numbers(four.search(Query("koulukyyti"))) == [1]


def test_kinds_are_apart(four: Engine):
    assert uids(four.search(Query("kirjasto", kind="idea"))) == ["idea:1"]
    assert all(uid.startswith("solution:") for uid in uids(four.search(Query("kirjasto"))))


def test_hit_brings_its_payload_and_says_why(four: Engine):
    hit = four.search(Query("koulukyydit")).hits[0]
    assert hit.payload == {"slug": "kyydit"}
    assert hit.parts["text"] > 0
    boosted = next(h for h in four.search(Query("kirjasto")).hits if h.uid == "solution:2")
    assert boosted.parts["users"] == pytest.approx(1.1)
    assert boosted.score == pytest.approx(boosted.parts["text"] * 1.1, rel=1e-4)


def test_all_words_are_needed_and_near_misses_come_after(four: Engine):
    assert uids(four.search(Query("kirjasto ovi"))) == ["solution:3"]
    results = four.search(Query("kirjasto ovi", fill=10))
    assert numbers(results) == [3]
    assert results.total == 1
    assert not results.near_misses
    assert [hit.uid for hit in results.hits if hit.near] == ["solution:2"]


def test_nothing_found_gives_near_misses_and_a_suggestion(four: Engine):
    results = four.search(Query("digitkui"))
    assert results.total == 0
    assert results.near_misses
    assert results.suggestion == "digituki"
    assert results.hits[0].uid == "solution:2"
    assert results.hits[0].near


def test_near_misses_can_be_declined(four: Engine):
    assert four.search(Query("digitkui", fill=0)).hits == ()


def test_other_language_is_found_at_lower_weight(four: Engine):
    assert numbers(four.search(Query("skolskjuts", language="fi"))) == [4]
    own = four.search(Query("skolskjutsarna", language="sv")).hits[0].score
    other = four.search(Query("skolskjutsarna", language="fi")).hits[0].score
    assert own > other


def test_title_counts_more_than_text(start):
    engine = start([solution(1, "Muu asia", "puisto"), solution(2, "Puisto", "muu asia")])
    assert numbers(engine.search(Query("puisto"))) == [2, 1]


def test_boost_lifts_only_a_little(start):
    same = [solution(n, "Puisto", "sama teksti") for n in (1, 2)]
    engine = start([same[0], solution(3, "Puisto", "sama teksti", boosts={"users": 9.0})])
    best, rest = engine.search(Query("puisto")).hits
    assert best.uid == "solution:3"
    assert best.score == pytest.approx(rest.score * 1.15, rel=1e-3)


def test_ties_fall_by_uid_across_pages(start):
    engine = start([solution(n, "Puisto", "sama") for n in random.Random(1).sample(range(99), 60)])
    whole = [hit.uid for hit in engine.search(Query("puisto", limit=60)).hits]
    paged = [
        hit.uid
        for offset in range(0, 60, 7)
        for hit in engine.search(Query("puisto", limit=7, offset=offset)).hits
    ]
    assert whole == sorted(whole)
    assert paged == whole


def test_empty_query_lists_all(four: Engine):
    results = four.search(Query("", facets=("theme",)))
    assert results.total == 4
    assert results.facets["theme"] == (("digi", 2), ("kulttuuri", 1), ("liikenne", 1))


def test_lists_can_be_sorted_by_title(four: Engine):
    assert numbers(four.search(Query("", sort=Sort.TITLE))) == [2, 1, 3, 4]


def test_facet_filters_are_or_inside_and_between(four: Engine):
    def found(**filters):
        query = Query("", filters={name: tuple(v) for name, v in filters.items()})
        return sorted(numbers(four.search(query)))

    assert found(theme=["digi", "liikenne"]) == [1, 2, 3]
    assert found(theme=["digi"], region=["savo", "lappi"]) == [2]
    assert found(theme=["digi"], region=["lappi"]) == []
    assert found(theme=["none"]) == []
    assert found(unknown=["x"]) == []


def test_own_filter_is_left_out_of_own_counts(four: Engine):
    results = four.search(
        Query("", facets=("theme", "region"), filters={"theme": ("digi",), "region": ("savo",)})
    )
    assert results.total == 1
    assert results.facets["theme"] == (("digi", 1), ("liikenne", 1))
    assert results.facets["region"] == (("häme", 1), ("savo", 1))


@pytest.mark.parametrize(
    "value",
    ['with "quotes"', "back\\slash", "2026", "2024-01-01T00:00:00Z", "a b:c*", "ÄÖ/å", "=x"],
)
def test_odd_facet_values_are_exact(start, value):
    engine = start(
        [solution(1, "Yksi", facets={"tag": (value,), "other": ("x",)}), solution(2, "Kaksi")]
    )
    query = Query("", facets=("tag", "other"), filters={"tag": (value,), "other": ("x",)})
    results = engine.search(query)
    assert numbers(results) == [1]
    assert results.facets == {"tag": ((value, 1),), "other": (("x", 1),)}


THEMES, REGIONS, SIZES = ("a", "b", "c"), ("r1", "r2", "r3", "r4"), ("s", "m")


@pytest.fixture(scope="module")
def many(make) -> tuple[Engine, list[Document]]:
    dice = random.Random(7)
    words = ["puisto", "koulu", "kirjasto", "bussi", "digituki", "latu"]
    made = [
        solution(
            number,
            dice.choice(words).capitalize(),
            " ".join(dice.sample(words, 3)),
            facets={
                "theme": tuple(dice.sample(THEMES, dice.randint(0, 2))),
                "region": (dice.choice(REGIONS),),
                "size": tuple(dice.sample(SIZES, dice.randint(0, 1))),
            },
        )
        for number in range(200)
    ]
    engine = make(None)[1]
    engine.rebuild(made, no_progress)
    return engine, made


chosen = st.fixed_dictionaries(
    {},
    optional={
        "theme": st.lists(st.sampled_from(THEMES), unique=True).map(tuple),
        "region": st.lists(st.sampled_from(REGIONS), unique=True).map(tuple),
        "size": st.lists(st.sampled_from(SIZES), unique=True).map(tuple),
    },
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(word=st.sampled_from(["", "puisto", "koulu kirjasto", "bussit"]), filters=chosen)
def test_facet_counts_are_those_of_plain_counting(many, word, filters):
    engine, made = many
    matching = engine.search(Query(word, limit=200, fill=0))
    found = {hit.uid for hit in matching.hits}
    results = engine.search(
        Query(word, facets=("theme", "region", "size"), filters=filters, limit=200, fill=0)
    )

    def passes(document: Document, without: str = "") -> bool:
        return document.uid in found and all(
            set(values) & set(document.facets.get(name, ()))
            for name, values in filters.items()
            if values and name != without
        )

    assert {hit.uid for hit in results.hits} == {d.uid for d in made if passes(d)}
    for name in ("theme", "region", "size"):
        counted = {
            value: sum(passes(d, name) and value in d.facets.get(name, ()) for d in made)
            for value in {v for d in made for v in d.facets.get(name, ())}
        }
        assert dict(results.facets[name]) == {v: n for v, n in counted.items() if n}


ODD = [
    "", " ", "\0", "a\0b", "🎉", "(", '"', "AND", "OR NOT", "title:x", "*", "a*", "~", "\\", "^2",
    "\u202eabc", "שלום", "مرحبا", "𝔞𝔟𝔠", "ä" * 10_000, "sana " * 3000, "-", "'", "<script>", "%00",
    "9" * 400, "\ufeff", "a" * 300, "koulu\nkoulu", "\ud7ff",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_queries_get_an_ordinary_answer(four: Engine, text):
    results = four.search(Query(text, facets=("theme",)))
    assert results.total >= 0
    assert len(results.hits) <= 20
    assert four.complete(text, kind="solution") is not None
    assert four.similar(Likeness(title=text, text=text, kind="idea")) is not None


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=80), language=st.sampled_from(["fi", "sv", "en", "xx", ""]))
def test_any_text_can_be_searched(four: Engine, text, language):
    results = four.search(Query(text, language=language, facets=("theme",)))
    assert len(results.hits) <= 20


def test_limits_hold_whatever_is_asked(four: Engine):
    assert four.search(Query("", offset=-5, limit=-1)).hits == ()
    assert four.search(Query("", offset=10**9)).hits == ()
    assert len(four.search(Query("", limit=10**9)).hits) == 4
    odd = Query("", facets=("no such", "Theme;"), filters={"../": ("x",)})
    assert four.search(odd).total == 4


def test_change_and_removal_are_seen_at_once(start):
    engine = start(FOUR)
    engine.upsert([solution(4, "Verkkotuki", "apua nettiin")])
    assert numbers(engine.search(Query("verkkotuki"))) == [4]
    assert engine.search(Query("skolskjuts", fill=0)).total == 0
    engine.upsert([solution(5, "Verkkotuki", "apua nettiin")])
    assert sorted(numbers(engine.search(Query("verkkotuki")))) == [4, 5]
    engine.delete(["solution:4", "solution:999"])
    assert numbers(engine.search(Query("verkkotuki"))) == [5]
    assert set(engine.digests()) == {f"solution:{n}" for n in (1, 2, 3, 5)}


def test_refresh_puts_in_what_is_there_and_takes_out_the_rest(start):
    engine = start(FOUR)

    def load(wanted):
        return [solution(2, "Puisto")] if "solution:2" in wanted else []

    engine.refresh(["solution:1", "solution:2"], load)
    assert set(engine.digests()) == {"solution:2", "solution:3", "solution:4"}
    assert numbers(engine.search(Query("puisto"))) == [2]


def test_rebuild_replaces_everything(start):
    engine = start(FOUR)
    assert engine.rebuild([solution(9, "Uusi")], no_progress) == 1
    assert engine.status().documents == 1
    assert numbers(engine.search(Query("uusi"))) == [9]
    assert engine.search(Query("kirjasto", fill=0)).total == 0


def test_changes_during_a_rebuild_are_in_the_new_index(start):
    engine = start(FOUR)

    def documents_while_others_write():
        yield FOUR[0]
        engine.upsert([solution(50, "Tuli kesken"), solution(1, "Muuttui kesken")])
        engine.delete(["solution:2"])
        yield FOUR[1]
        yield FOUR[2]

    engine.rebuild(documents_while_others_write(), no_progress)
    assert set(engine.digests()) == {"solution:1", "solution:3", "solution:50"}
    assert numbers(engine.search(Query("muuttui"))) == [1]


def test_rebuild_that_fails_leaves_the_old_index(start):
    engine = start(FOUR)

    def broken():
        yield solution(8, "Uusi")
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        engine.rebuild(broken(), no_progress)
    assert engine.status().documents == 4
    engine.upsert([solution(5, "Viides")])
    assert engine.rebuild([*FOUR, solution(5, "Viides")], no_progress) == 5


def test_digest_changes_with_what_is_shown(start):
    engine = start(FOUR)
    before = engine.digests()["solution:1"]
    assert before == FOUR[0].digest
    engine.upsert([solution(1, "Koulukyytien yhdistely", "Muu teksti")])
    assert engine.digests()["solution:1"] != before


def test_missing_index_is_unavailable(make):
    engine = make(None)[1]
    for ask in (
        lambda: engine.search(Query("x")),
        lambda: engine.similar(Likeness("x", "x", "idea")),
        lambda: engine.complete("x", kind="idea"),
        lambda: engine.upsert([solution(1, "x")]),
        lambda: engine.delete(["solution:1"]),
        engine.status,
        engine.digests,
    ):
        with pytest.raises(SearchUnavailable):
            ask()


def test_completion_gives_titles_by_any_of_their_words(four: Engine):
    assert four.complete("kirj", kind="solution") == [
        "Digituki kirjastossa",
        "Omatoiminen kirjasto",
    ]
    assert four.complete("DIGI", kind="solution") == ["Digituki kirjastossa"]
    assert four.complete("kirjasto", kind="idea") == ["Kirjasto auki yöllä"]
    assert four.complete("kirjastossa digi", kind="solution") == ["Digituki kirjastossa"]
    assert four.complete("kirjastossakin", kind="solution") == []
    assert four.complete("zzz", kind="solution") == []


def test_similar_things_are_ordered_and_limited(start):
    engine = start(
        [
            idea(1, "Uimaranta kuntoon", "laituri ja pukukopit rannalle"),
            idea(2, "Laituri uimarannalle", "uimaranta kaipaa laituria"),
            idea(3, "Koirapuisto", "aitaus koirille"),
            solution(1, "Uimarantojen laiturit", "laituri"),
        ]
    )
    alike = Likeness("Uimarannan laituri", "Rannalle tarvitaan uusi laituri", "idea")
    assert [hit.uid for hit in engine.similar(alike)] == ["idea:2", "idea:1"]
    without = Likeness(alike.title, alike.text, "idea", without=frozenset({"idea:2"}), limit=1)
    assert [hit.uid for hit in engine.similar(without)] == ["idea:1"]
    solutions = Likeness(alike.title, alike.text, "solution")
    assert [hit.uid for hit in engine.similar(solutions)] == ["solution:1"]


def test_nearness_and_area_lift_similar_things(start):
    here, there = Place(60.17, 24.94), Place(60.30, 25.10)
    engine = start(
        [
            idea(1, "Uusi koirapuisto", place=there, area="Itä"),
            idea(2, "Uusi koirapuisto", place=here, area="Keskusta"),
            idea(3, "Uusi koirapuisto"),
        ]
    )

    def order(**where):
        asked = Likeness("Koirapuisto", "uusi koirapuisto", "idea", **where)
        return [(hit.uid, round(hit.parts["place"], 2)) for hit in engine.similar(asked)]

    assert order() == [("idea:1", 1.0), ("idea:2", 1.0), ("idea:3", 1.0)]
    assert order(place=here, area="keskusta")[0] == ("idea:2", 1.7)
    assert order(area="Itä")[0] == ("idea:1", 1.4)


def test_synonyms_work_without_a_rebuild(start):
    without = start(documents())
    found = {hit.uid for hit in without.search(Query("koulukyyti", fill=0)).hits}
    taught = start(documents(), synonyms=SYNONYMS)
    more = {hit.uid for hit in taught.search(Query("koulukyyti", fill=0)).hits}
    assert "solution:skolskjuts" in more - found


def test_every_pair_of_words_finds_the_intersection(many):
    engine, _made = many
    for one, other in combinations(["puisto", "koulu", "bussi", "latu"], 2):
        both = set(uids(engine.search(Query(f"{one} {other}", limit=200, fill=0))))
        first = set(uids(engine.search(Query(one, limit=200, fill=0))))
        second = set(uids(engine.search(Query(other, limit=200, fill=0))))
        assert both == first & second
