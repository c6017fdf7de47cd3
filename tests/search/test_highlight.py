import pytest

from search.highlight import Highlighter
from search.plan import Synonyms


def marked(query, text, analyser, synonyms=()):
    return Highlighter(query, "fi", analyser, Synonyms(synonyms, analyser)).mark(text, "fi")


@pytest.mark.voikko
@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("koulu", "kouluissa ei", "<mark>kouluissa</mark> ei"),
        ("kuljetus", "Koululaiskuljetusten", "Koululais<mark>kuljetusten</mark>"),
        ("kirjasto", "Omatoimikirjastot", "Omatoimi<mark>kirjastot</mark>"),
        ("palvelu", "sote-palveluiden", "sote-<mark>palveluiden</mark>"),
        ("koulukyyti", "koulukyydit", "<mark>koulukyydit</mark>"),
        ("talo", "kissa", "kissa"),
    ],
)
def test_found_words_and_parts_are_marked(voikko, query, text, expected):
    assert marked(query, text, voikko) == expected


def test_synonyms_are_marked(plain):
    group = [("koulukyyti", "fi"), ("koululaiskuljetus", "fi")]
    assert marked("koulukyyti", "koululaiskuljetukset", plain, [group]).startswith("<mark>koulu")


def test_everything_else_is_escaped(plain):
    text = '<script>alert("koulu")</script> & koulu'
    html = marked("koulu script", text, plain)
    assert "<script" not in html
    assert "&lt;<mark>script</mark>&gt;" in html
    assert html.endswith("&amp; <mark>koulu</mark>")


def test_text_keeps_its_letters(plain):
    assert marked("koulu", "½ m² ﬁ koulu", plain) == "½ m² ﬁ <mark>koulu</mark>"


def test_empty_query_marks_nothing(plain):
    assert marked("", "koulu < talo", plain) == "koulu &lt; talo"
    assert not Highlighter("", "fi", plain, Synonyms((), plain))
