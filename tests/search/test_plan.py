import pytest

from search.plan import (
    MAX_FORMS,
    MAX_GRAMS,
    MAX_NEAR_TERMS,
    MAX_QUERY,
    MAX_TERMS,
    MAX_TERMS_OF_WORD,
    MAX_WORDS,
    Synonyms,
    make_plan,
    near_terms,
)


def plan(text, analyser, synonyms=(), language="fi"):
    return make_plan(text, language, analyser, Synonyms(synonyms, analyser))


def texts(slot):
    return {term.text for form in slot.forms for need in form.needs for term in need}


def test_each_telling_word_is_a_slot(plain):
    made = plan("miten lapset ja nuoret kouluun", plain)
    assert [slot.surface for slot in made.slots] == ["lapset", "nuoret", "kouluun"]


def test_only_function_words_are_kept_when_there_is_nothing_else(plain):
    assert [slot.surface for slot in plan("ja tai", plain).slots] == ["ja", "tai"]


def test_repeated_words_are_one_slot(plain):
    assert len(plan("koulu Koulu KOULU", plain).slots) == 1


def test_a_plan_costs_no_more_than_its_limits(plain):
    made = plan(" ".join(f"sana{'x' * n}" for n in range(500)), plain)
    assert len(made.slots) <= MAX_WORDS
    assert made.truncated
    assert all(len(slot.forms) <= MAX_FORMS for slot in made.slots)
    assert all(len(slot.grams) <= MAX_GRAMS for slot in made.slots)
    assert len(plan("a" * 10_000, plain).text) == MAX_QUERY
    assert not plan("koulu", plain).truncated


COSTLY = [
    " ".join(f"sana{'x' * n}" for n in range(500)),
    " ".join(["-".join(["koulu", "matka", "kyyti", "palvelu"])[n:] for n in range(12)]),
    " ".join("koululaiskuljetusjärjestelmäpalvelu"[n:] for n in range(12)),
    " ".join(f"{a}{b}" for a in "aeioukst" for b in "aeioukst"),
    "taught " * 5 + "kevyt liikenne",
]


@pytest.mark.parametrize("text", COSTLY)
def test_no_query_asks_for_more_terms_than_its_limits(plain, text):
    phrase = " ".join(f"koululais{n}kuljetus-järjestelmä" for n in range(9))
    group = [("taught", "fi"), *((f"{phrase} {n}", "fi") for n in range(40))]
    made = plan(text, plain, [group])
    assert made.slots
    assert sum(slot.terms for slot in made.slots[1:]) <= MAX_TERMS
    assert all(slot.terms <= MAX_TERMS_OF_WORD for slot in made.slots)
    assert len(near_terms(made.slots)) <= MAX_NEAR_TERMS


def test_words_beyond_the_limit_of_terms_are_left_out_and_said_so(plain):
    word = "koululaiskuljetusjärjestelmäpalvelu"
    made = plan(" ".join(word[n:] for n in range(MAX_WORDS)), plain)
    assert made.truncated
    assert 1 <= len(made.slots) < MAX_WORDS
    assert made.slots[0].surface == word


def test_near_misses_are_met_by_any_form_the_likeliest_first(plain):
    made = plan("koulu latu", plain)
    terms = near_terms(made.slots)
    assert {"koulu", "latu"} <= {term.text for term in terms}
    assert [term.weight for term in terms] == sorted((t.weight for t in terms), reverse=True)
    assert len({(term.field, term.text) for term in terms}) == len(terms)


@pytest.mark.parametrize("text", ["", "\0", "🎉", '"', "AND OR NOT"[:0], "((", "--"])
def test_no_words_make_an_empty_plan(plain, text):
    assert not plan(text, plain)


def test_query_is_read_in_the_other_languages_too(plain):
    slot = plan("tjänster", plain).slots[0]
    own = {form.weight for form in slot.forms if form.needs[0][0].text.startswith("tjänst")}
    assert plain.word("tjänster", "sv").stems[0] in texts(slot)
    assert min(own) < 1.0


def test_synonyms_join_a_word_and_their_languages(plain):
    group = [("koulukyyti", "fi"), ("skolskjuts", "sv")]
    slot = plan("koulukyydit", plain, [group]).slots[0]
    assert plain.word("skolskjuts", "sv").stems[0] in texts(slot)
    assert "skolskjuts" not in texts(plan("kyydit", plain, [group]).slots[0])


def test_synonym_phrases_take_up_their_words(plain):
    group = [("kevyt liikenne", "fi"), ("pyöräily", "fi")]
    made = plan("kevyt liikenne kunnassa", plain, [group])
    assert [slot.surface for slot in made.slots] == ["kevyt liikenne", "kunnassa"]
    assert "pyöräily" in texts(made.slots[0])
    backwards = plan("pyöräily", plain, [group]).slots[0]
    assert any(len(form.needs) == 2 for form in backwards.forms)


def test_synonyms_are_found_without_diacritics(plain):
    group = [("päiväkoti", "fi"), ("varhaiskasvatus", "fi")]
    assert "varhaiskasvatus" in texts(plan("paivakoti", plain, [group]).slots[0])


@pytest.mark.voikko
def test_compound_is_met_by_all_its_parts(voikko):
    slot = plan("koulukyyti", voikko).slots[0]
    split = [form for form in slot.forms if len(form.needs) == 2]
    assert {need[0].text for form in split for need in form.needs} >= {"koulu", "kyyti"}
