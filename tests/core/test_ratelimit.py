"""The limiter counts per key, holds no address, and opens again."""

import time

from django.core.cache import cache

from core import ratelimit


def test_allow_refuses_after_the_limit_and_only_that_key():
    said = [ratelimit.allow("mail", "a@example.org", limit=3, seconds=60) for _ in range(5)]
    assert said == [True, True, True, False, False]
    assert ratelimit.allow("mail", "b@example.org", limit=3, seconds=60)
    assert ratelimit.allow("other", "a@example.org", limit=3, seconds=60)


def test_allow_takes_spellings_of_an_address_for_one():
    assert ratelimit.allow("mail", "A@Example.org ", limit=1, seconds=60)
    assert not ratelimit.allow("mail", "a@example.org", limit=1, seconds=60)


def test_allow_opens_again_when_the_window_has_passed():
    assert ratelimit.allow("mail", "a@example.org", limit=1, seconds=1)
    assert not ratelimit.allow("mail", "a@example.org", limit=1, seconds=1)
    time.sleep(1.1)
    assert ratelimit.allow("mail", "a@example.org", limit=1, seconds=1)


def test_allow_keeps_no_address():
    ratelimit.allow("mail", "somebody@example.org", limit=1, seconds=60)
    assert cache._cache
    assert not any("somebody" in name or "example" in name for name in cache._cache)
