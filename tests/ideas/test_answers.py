"""Answers: cleaned to one shape, refused in words, harmless whatever is typed."""

import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from challenges.definition import Definition, Field, FieldType, Purpose
from ideas import answers
from tests.factories.ideas import citizens_form, question, whole_answers

OPTIONS = {"a": "A", "b": "B", "c": "C"}
ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=300),
    st.lists(st.text(max_size=20), max_size=8),
    st.integers(),
    st.decimals(allow_nan=True),
    st.booleans(),
)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def asked(kind, **more):
    return Field(key="q", type=kind, label={"fi": "K"}, **more)


def refusal(field, raw, options=OPTIONS):
    with pytest.raises(ValidationError) as caught:
        answers.clean(field, raw, options)
    return caught.value.messages[0]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("nimi.esimerkki.fi", "has no @ sign"),
        ("nimi @esimerkki.fi", "There is a space"),
        ("nimi@esimerkki", "The end of the e-mail address is missing"),
        ("nimi@@esimerkki.fi", "not an e-mail address"),
    ],
)
def test_email_refusal_says_what_and_how(raw, words):
    message = refusal(asked("email"), raw)
    assert words in message
    assert "Example" in message


def test_email_is_trimmed():
    assert answers.clean(asked("email"), " nimi@esimerkki.fi ", {}) == "nimi@esimerkki.fi"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("1 200,50", "1200.50"),
        ("1\u00a0200,5 €", "1200.50"),
        ("1,200.50", "1200.50"),
        ("12500", "12500.00"),
        ("−5", "-5.00"),
    ],
)
def test_money_is_a_decimal_string(raw, kept):
    assert answers.clean(asked("money"), raw, {}) == kept


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("money", "paljon", "not a sum in euros"),
        ("money", "1,234", "two decimals"),
        ("number", "1e9", "not a number"),
        ("number", "NaN", "not a number"),
        ("number", "٣", "not a number"),
        ("number", "1" + "0" * 18, "largest number"),
    ],
)
def test_number_refusals(kind, raw, words):
    assert words in refusal(asked(kind), raw)


def test_number_range():
    field = asked("number", min=1, max=10)
    assert "smallest number possible here is 1" in refusal(field, "0")
    assert "largest number possible here is 10" in refusal(field, "11")
    assert answers.clean(field, "2,50", {}) == "2.5"


def test_text_limits_say_how_much():
    assert "2 characters too long: it has 7, and 5 fit" in refusal(
        asked("short_text", max_length=5), "1234567"
    )
    assert "1 character too long" in refusal(asked("short_text", max_length=5), "123456")
    assert "at least 10 needed" in refusal(asked("long_text", min=10), "lyhyt")


@pytest.mark.parametrize("kind", FieldType.values)
def test_required_says_what_to_do(kind):
    assert refusal(asked(kind, required=True), "")


def test_choices_keep_the_order_of_the_form_and_their_number():
    field = asked("choices", min=2, max=2)
    assert answers.clean(field, ["c", "a"], OPTIONS) == ["a", "c"]
    assert "at most 2" in refusal(field, ["a", "b", "c"])
    assert "at least 2" in refusal(field, ["a"])
    assert "options only" in refusal(field, ["a", "z"])
    assert "Choose one" in refusal(asked("choice"), "z")


def test_too_many_choices_are_refused_even_in_a_draft():
    with pytest.raises(ValidationError):
        answers.tidy(asked("choices"), [str(n) for n in range(500)])


@pytest.mark.parametrize(
    ("raw", "kept"),
    [("www.esimerkki.fi/a", "https://www.esimerkki.fi/a"), ("http://a.fi", "http://a.fi")],
)
def test_link_gets_its_scheme(raw, kept):
    assert answers.clean(asked("link"), raw, {}) == kept


@pytest.mark.parametrize("raw", ["javascript://alert(1)", "ei osoite", "ftp://a.fi", "https://"])
def test_link_refuses_what_is_no_page(raw):
    assert "Example" in refusal(asked("link"), raw)


def test_plain_takes_away_what_is_not_text():
    nasty = "a\x00b\x07c\u202ed\r\ne\ud800f\u2066"
    assert answers.plain(nasty) == "abcd\nef"


def test_long_text_keeps_its_lines():
    kept = answers.tidy(asked("long_text"), "  yksi  \r\n\r\n\r\n\r\n\r\nkaksi ")
    assert kept == "yksi\n\n\nkaksi"


def test_beginning_is_cut_at_a_word():
    assert answers.beginning("yksi kaksi kolme", most=12) == "yksi kaksi…"
    assert answers.beginning("yksi", most=12) == "yksi"


def test_yes_is_yes_in_many_ways():
    assert answers.says_yes("yes")
    assert answers.says_yes(["yes"])
    assert not answers.says_yes("no")
    assert not answers.says_yes(None)


def test_by_purpose_takes_the_first_of_several():
    definition = Definition.parse(citizens_form())
    assert answers.by_purpose(definition, {"theme": ["a", "b"]}, Purpose.THEME) == "a"
    assert answers.by_purpose(definition, {"theme": []}, Purpose.THEME) == ""


@given(kind=st.sampled_from(FieldType.values), raw=ANYTHING)
def test_anything_typed_is_kept_harmlessly_or_refused_in_words(kind, raw):
    field = asked(kind)
    with translation.override("en"):
        kept = answers.tidy(field, raw)
        text = "".join(kept) if isinstance(kept, list) else kept
        assert not set(text) & {"\x00", "\u202e"}
        json.dumps(kept, ensure_ascii=False).encode()
        try:
            clean = answers.clean(field, raw, OPTIONS)
        except ValidationError as error:
            clean = None
            refused = error.messages
        else:
            refused = ["none"]
        assert all(refused)
        assert clean is None or answers.clean(field, clean, OPTIONS) == clean


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_sum_survives_a_round_trip(amount):
    kept = answers.clean(asked("money"), str(amount).replace(".", ","), {})
    assert Decimal(kept) == amount
    assert answers.clean(asked("money"), kept, {}) == kept


@given(
    st.lists(
        st.tuples(st.sampled_from(["short_text", "long_text", "number"]), st.booleans()),
        max_size=8,
    ),
    st.dictionaries(st.sampled_from([f"k{n}" for n in range(8)]), st.text(max_size=30)),
)
def test_whole_form_either_cleans_or_names_questions_of_its_own(kinds, raw):
    form = {
        "steps": [
            {
                "key": "one",
                "title": {"fi": "S"},
                "fields": [
                    question("title", "short_text", purpose="title"),
                    question("email", "email", purpose="contact_email"),
                    *(
                        question(f"k{n}", kind, required=required)
                        for n, (kind, required) in enumerate(kinds)
                    ),
                ],
            }
        ]
    }
    definition = Definition.parse(form)
    kept, errors = answers.clean_all(definition, raw, {})
    assert not set(kept) & set(errors)
    assert set(kept) | set(errors) <= set(definition.fields)
    again, none = answers.clean_all(definition, kept | dict.fromkeys(errors, "1"), {})
    assert {key: again[key] for key in kept} == kept
    assert not none


def test_fingerprint_tells_when_an_answer_changed():
    given = whole_answers()
    same = answers.fingerprint(given, ["title"])
    assert same == answers.fingerprint(given | {"summary": "x"}, ["title"])
    assert same != answers.fingerprint(given | {"title": "x"}, ["title"])
    assert answers.fingerprint({}, ["title"]) == answers.fingerprint({"title": ""}, ["title"])
