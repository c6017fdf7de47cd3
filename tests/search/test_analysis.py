from concurrent.futures import ThreadPoolExecutor

import pytest

from search.analysis import MAX_WORD, Analyser, fold, normal, tokens


@pytest.mark.voikko
@pytest.mark.parametrize(
    ("surface", "lemma", "parts"),
    [
        ("koulukyytien", "koulukyyti", ("koulu", "kyyti")),
        ("KULJETUSPALVELUISSA", "kuljetuspalvelu", ("kuljetus", "palvelu")),
        ("etäpalvelupisteitä", "etäpalvelupiste", ("etä", "palvelu", "piste")),
        ("sote-palveluiden", "sote-palvelu", ("sote", "palvelu")),
        ("Mikkelin", "mikkeli", None),
        ("EU:n", "eu", None),
        ("nuorille", "nuori", None),
    ],
)
def test_word_has_lemma_and_compound_parts(voikko, surface, lemma, parts):
    word = voikko.word(surface, "fi")
    assert lemma in word.lemmas
    assert word.known
    if parts:
        assert parts in word.parts


@pytest.mark.voikko
def test_word_tells_what_it_is_derived_from(voikko):
    assert "koulu" in voikko.word("koululaiskuljetus", "fi").roots
    assert "kunta" in voikko.word("kuntalaisten", "fi").roots
    assert "kuljettaa" in voikko.word("kuljetus", "fi").roots


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("katu", "kadulla"),
        ("latu", "ladut"),
        ("kyyti", "kyydit"),
        ("vesi", "veden"),
        ("kuljetus", "kuljetukset"),
        ("kuljetuksen", "kuljetusten"),
        ("kiusaaminen", "kiusatuille"),
        ("saavutettavuus", "saavutettavuuden"),
        ("hakemus", "hakemuksia"),
        ("kauppa", "kaupat"),
    ],
)
def test_forms_share_a_stem_without_voikko(plain, one, other):
    assert set(plain.word(one, "fi").stems) & set(plain.word(other, "fi").stems)


def test_compound_is_cut_at_syllables_without_voikko(plain):
    kyyti = plain.word("kyydit", "fi").stems
    assert any(split[1] in kyyti for split in plain.word("koulukyytien", "fi").parts)


@pytest.mark.parametrize(
    ("surface", "members"),
    [
        ("skolskjutsarna", ("skolan", "skjuts")),
        ("äldreomsorgen", ("äldre", "omsorg")),
        ("bibliotekstjänster", ("bibliotek", "tjänsten")),
        ("snöplogningen", ("snö", "plogning")),
    ],
)
def test_swedish_compound_is_taken_apart(plain, surface, members):
    stems = {"skolan": "skol"} | {m: plain.word(m, "sv").stems[0] for m in members if m != "skolan"}
    assert tuple(stems[m] for m in members) in plain.word(surface, "sv").parts


@pytest.mark.parametrize("surface", ["elektronisk", "matematik", "hemligheter", "barnet"])
def test_swedish_word_that_is_no_compound_stays_whole(plain, surface):
    assert plain.word(surface, "sv").parts == ()


def test_stem_is_indexed_without_diacritics_too(plain):
    assert "paivakot" in {s.rstrip("~") for s in map(fold, plain.word("päiväkoti", "fi").stems)}
    assert fold("Äö åé") == "Ao ae"


def test_grams_are_four_letters_of_the_folded_word(plain):
    assert plain.word("äänestys", "fi").grams == ("aane", "anes", "nest", "esty", "stys")
    assert plain.word("2030", "fi").grams == ()
    assert plain.word("it", "fi").grams == ("it",)


def test_tokens_keep_their_places_and_hyphens():
    text = "Sote-palvelut, EU:n 5G ja «kyydit»!"
    found = list(tokens(text))
    assert [t.text for t in found] == ["Sote-palvelut", "EU:n", "5G", "ja", "kyydit"]
    assert all(text[t.start : t.end] == t.text for t in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "🎉🎉",
        "   ",
        "\u202e",
        "— … !?",
        "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    ],
)
def test_text_without_words_has_no_terms(plain, text):
    assert set(plain.document([(text, "fi", 1)])) == {""}


def test_long_word_is_cut(plain):
    assert len(next(tokens("a" * 10_000)).text) == MAX_WORD
    assert plain.word("a" * 10_000, "fi").lemmas == ("a" * MAX_WORD,)


def test_soft_hyphens_and_width_forms_are_normalised():
    assert normal("kou\u00adlu") == "koulu"
    assert normal("ｋｏｕｌｕ") == "koulu"


def test_title_repeats_its_terms(plain):
    terms = plain.document([("kirja", "fi", 3), ("talo", "fi", 1)])
    assert terms.lemma.split().count("kirja") == 3
    assert terms.lemma.split().count("talo") == 1


def test_terms_never_contain_spaces(plain, voikko):
    for analyser in (plain, voikko):
        for surface in ("sote-palvelut", "EU:n", "rock’n", "a-b-c", "9–17"):
            for token in tokens(surface):
                word = analyser.word(token.text, "fi")
                assert not any(" " in t for t in (*word.lemmas, *word.pieces, *word.stems))


@pytest.mark.voikko
def test_fingerprint_tells_whether_voikko_is_there(voikko, plain):
    assert "no voikko" in plain.fingerprint
    assert "no voikko" not in voikko.fingerprint
    assert voikko.fingerprint == Analyser().fingerprint


@pytest.mark.voikko
def test_suggestions_are_better_spellings(voikko, plain):
    assert "digituki" in voikko.suggest("digtuki")
    assert voikko.suggest("koulu") == []
    assert plain.suggest("digtuki") == []


@pytest.mark.voikko
def test_threads_may_share_an_analyser():
    analyser = Analyser()
    words = ["koulukyytien", "kuljetuspalveluissa", "kotihoitoon", "lähiruokaa"] * 200

    def lemmas(word: str) -> tuple[str, ...]:
        return analyser._word(word, "fi").lemmas

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lemmas, words))
    assert together == [lemmas(word) for word in words]
