"""Secret links: derived, not stored; nobody makes one without the key."""

import re

import pytest

from core import tokens


def test_token_reads_back():
    token = tokens.make("draft", "a1B2-_c3", 4)
    assert tokens.read("draft", token) == ("a1B2-_c3", 4)


def test_token_is_the_same_each_time_and_fit_for_an_address():
    token = tokens.make("draft", "abc")
    assert token == tokens.make("draft", "abc")
    assert re.fullmatch(r"abc\.1\.[a-z2-7]{26}", token)


def test_token_is_for_one_kind_one_thing_and_one_version():
    token = tokens.make("draft", "abc", 1)
    assert tokens.read("status", token) is None
    mac = token.rpartition(".")[2]
    assert tokens.read("draft", f"abd.1.{mac}") is None
    assert tokens.read("draft", f"abc.2.{mac}") is None


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "abc", "abc.1", "abc.1.", "abc.x.y", "abc.01.x", "ä.1.x", "a b.1.x", "abc.1.é"],
)
def test_read_refuses_what_is_no_token(token):
    assert tokens.read("draft", token) is None


def test_read_refuses_a_changed_sign():
    token = tokens.make("draft", "abc")
    for place in range(len(token)):
        changed = token[:place] + ("q" if token[place] != "q" else "r") + token[place + 1 :]
        assert tokens.read("draft", changed) is None


def test_token_of_another_key_is_refused_unless_the_key_is_kept(settings):
    token = tokens.make("draft", "abc")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 50
    assert tokens.read("draft", token) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert tokens.read("draft", token) == ("abc", 1)


@pytest.mark.parametrize(("uid", "version"), [("", 1), ("a.b", 1), ("ä", 1), ("a", 0), ("a", -1)])
def test_make_refuses_what_would_not_read_back(uid, version):
    with pytest.raises(ValueError, match="cannot be made a token"):
        tokens.make("draft", uid, version)
