"""Pages kept for a second: for whom, for how long, and never for the wrong reader."""

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.test import Client, RequestFactory
from wagtail.signals import page_published

from config import settings as project
from core import audit, outbox, pagecache
from tests.core import urls

LIFE = 60.0
pytestmark = pytest.mark.urls("tests.core.urls")


@pytest.fixture(autouse=True)
def _kept(settings) -> None:
    settings.PAGE_CACHE_SECONDS = LIFE
    urls.gate.set()
    urls.begun.clear()


def let_pages_age(seconds: float) -> None:
    """As if so much time had passed: no test sleeps, and none fails on a slow machine."""
    kept = pagecache.pages._kept
    for key, page in kept.items():
        kept[key] = replace(page, born=page.born - seconds)


def body(path: str = "/fi/page", client: Client | None = None, **headers: str) -> str:
    return (client or Client()).get(path, **headers).content.decode(errors="replace")


def test_page_is_built_once_for_anonymous_readers():
    assert body() == body()


def test_page_is_kept_for_a_second():
    assert project.PAGE_CACHE_SECONDS == 1.0


def test_page_is_built_anew_when_its_time_is_over():
    first = body()
    let_pages_age(LIFE * 0.6)
    assert body() == first
    let_pages_age(LIFE * 0.6)
    assert body() != first


def test_page_says_that_it_may_be_kept_and_asked_for_again():
    for _ in range(2):
        response = Client().get("/fi/page")
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert response["ETag"].startswith('W/"')
        assert int(response["Content-Length"]) == len(response.content)


def test_page_that_the_reader_has_is_not_sent_again():
    etag = Client().get("/fi/page")["ETag"]
    response = Client().get("/fi/page", HTTP_IF_NONE_MATCH=etag)
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == etag
    assert Client().get("/fi/page", HTTP_IF_NONE_MATCH='W/"other"').status_code == 200


def test_etag_follows_the_text_and_not_the_packing(monkeypatch):
    etags = set()
    for _ in range(2):
        pagecache.pages.clear()
        monkeypatch.setattr(urls, "built", repeat(7))
        etags.add(Client().get("/fi/page", HTTP_ACCEPT_ENCODING="gzip")["ETag"])
    assert len(etags) == 1


def test_packed_page_goes_only_to_who_can_unpack():
    packed = Client().get("/fi/page", HTTP_ACCEPT_ENCODING="gzip, br")
    plain = Client().get("/fi/page")
    assert packed["Content-Encoding"] == "gzip"
    assert not plain.has_header("Content-Encoding")
    again = Client().get("/fi/page", HTTP_ACCEPT_ENCODING="gzip, br")
    assert gzip.decompress(again.content) == gzip.decompress(packed.content)


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/fi/page?x=1"},
        {"HTTP_HOST": "localhost"},
        {"HTTP_HX_REQUEST": "true"},
        {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "list"},
        {"HTTP_ACCEPT_ENCODING": "gzip"},
    ],
)
def test_key_tells_requests_apart(other):
    first = body()
    assert body(**other) != first


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages"])
def test_reader_with_a_cookie_of_ours_gets_a_page_of_their_own(cookie):
    kept = body()
    client = Client()
    client.cookies[cookie] = "x" * 32
    assert body(client=client) != kept
    assert body() == kept


def test_reader_with_another_cookie_gets_the_kept_page():
    client = Client()
    client.cookies["language"] = "sv"
    assert body(client=client) == body()


@pytest.mark.django_db
def test_page_for_one_reader_is_private():
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    response = client.get("/fi/with_session")
    assert response["Cache-Control"] == "private"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        *("fi/private", "fi/with_cookie", "fi/with_form", "fi/with_session", "fi/with_message"),
        *("fi/missing", "fi/moved", "fi/stream", "fi/with_nonce", "fi/large"),
        *("by_language", "admin/page", "fi/page?" + "x" * 400),
    ],
)
def test_answer_that_is_not_for_all_is_not_kept(name):
    first, second = Client().get(f"/{name}"), Client().get(f"/{name}")
    assert (
        first.getvalue() + str(first.headers).encode()
        != second.getvalue() + str(second.headers).encode()
    )
    assert "public" not in first.get("Cache-Control", "")


@pytest.mark.parametrize("header", ["HTTP_AUTHORIZATION", "HTTP_RANGE"])
def test_request_with_such_a_header_goes_past(header):
    assert body() != body(**{header: "x"})


def test_post_goes_past():
    client = Client()
    assert client.post("/fi/page").content != client.post("/fi/page").content


def test_head_gets_the_headers_of_the_kept_page():
    kept = Client().get("/fi/page")
    response = Client().head("/fi/page")
    assert response.content == b""
    assert response["ETag"] == kept["ETag"]


def test_head_that_comes_first_keeps_nothing():
    Client().head("/fi/page")
    assert body() == body()


def test_clear_forgets_at_once():
    first = body()
    pagecache.pages.clear()
    assert body() != first


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change",
    [
        lambda: page_published.send(sender=None, instance=None),
        lambda: audit.record("test.changed", None, by=None),
        lambda: outbox.emit("test.nobody_listens"),
        pagecache.invalidate,
    ],
)
def test_change_is_seen_once_it_is_committed_and_not_before(change):
    first = body()
    with transaction.atomic():
        change()
        assert body() == first
    assert body() != first


def test_page_being_built_during_a_change_is_not_kept():
    urls.gate.clear()
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(body)
        time.sleep(0.1)
        pagecache.pages.clear()
        urls.gate.set()
        old = slow.result()
    assert body() != old


def test_many_at_once_have_it_built_once():
    urls.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        all_of_them = [pool.submit(body) for _ in range(8)]
        time.sleep(0.2)
        urls.gate.set()
        assert len({one.result() for one in all_of_them}) == 1


def test_readers_get_the_copy_while_one_builds_the_next():
    first = body()
    let_pages_age(LIFE * pagecache.REFRESH_AT)
    urls.gate.clear()
    with ThreadPoolExecutor() as pool:
        builder = pool.submit(body)
        time.sleep(0.1)
        assert body() == first
        urls.gate.set()
        assert builder.result() != first
        assert body() == builder.result()


def test_readers_of_a_page_that_cannot_be_kept_do_not_queue():
    body("/by_language")
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(body, ["/by_language"] * 4))) == 4


@pytest.mark.parametrize("patient", [True, False])
def test_a_few_are_built_at_a_time_and_a_slow_one_does_not_stop_the_others(monkeypatch, patient):
    monkeypatch.setattr(pagecache, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(pagecache, "PATIENCE", 10 if patient else 0.05)
    urls.gate.clear()
    with ThreadPoolExecutor() as pool:
        pages = [pool.submit(body, f"/fi/page?n={n}") for n in range(2)]
        time.sleep(0.3)
        assert len(urls.begun) == (1 if patient else 2)
        urls.gate.set()
        assert len({page.result() for page in pages}) == 2
    assert pagecache._places.acquire(blocking=False)  # given back


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(pagecache, "ENTRIES_AT_MOST", 5)
    pages = [body(f"/fi/page?{n}") for n in range(8)]
    assert [body(f"/fi/page?{n}") == pages[n] for n in (7, 0)] == [True, False]


def test_what_is_too_old_to_be_given_is_let_go():
    body("/fi/page?x=1")
    let_pages_age(LIFE + 1)
    pagecache.pages._swept -= 2 * pagecache.SWEEP_EVERY
    body("/fi/page?x=2")
    assert [key[2] for key in pagecache.pages._kept] == ["x=2"]
    assert pagecache.pages._bytes == sum(one.weight for one in pagecache.pages._kept.values())


def test_nothing_is_kept_when_switched_off(settings):
    settings.PAGE_CACHE_SECONDS = 0
    assert body() != body()


def through_the_front(path: str, **headers: str) -> tuple[str, dict, bytes]:
    environ = RequestFactory().get(path, **headers).environ
    said: list = []
    answer = pagecache.front(WSGIHandler())(environ, lambda *told: said.append(told))
    status, told = said[0]
    return status, dict(told), b"".join(answer)


def test_front_gives_the_same_answer_without_django():
    first = through_the_front("/fi/page")
    calls: list = []
    again = pagecache.front(lambda environ, start: calls.append(1) or [b""])
    said: list = []
    answer = b"".join(
        again(RequestFactory().get("/fi/page").environ, lambda *told: said.append(told))
    )
    assert calls == []
    assert answer == first[2]
    assert said[0][0] == "200 OK"
    told = dict(said[0][1])
    assert told["ETag"] == first[1]["ETag"]
    assert told["Content-Type"] == "text/html; charset=utf-8"


def test_front_knows_what_the_reader_has():
    etag = through_the_front("/fi/page")[1]["ETag"]
    status, told, answer = through_the_front("/fi/page", HTTP_IF_NONE_MATCH=etag)
    assert (status, answer, told["ETag"]) == ("304 Not Modified", b"", etag)


def test_front_lets_known_readers_through():
    through_the_front("/fi/page")
    cookie = f"{django_settings.SESSION_COOKIE_NAME}=x"
    assert b"maailma" in through_the_front("/fi/page", HTTP_COOKIE=cookie)[2]
    assert through_the_front("/fi/page", HTTP_COOKIE=cookie) != through_the_front("/fi/page")


def test_waiting_ends_when_the_builder_hangs(monkeypatch):
    monkeypatch.setattr(pagecache, "WAIT_AT_MOST", 0.1)
    key = pagecache.key_of(RequestFactory().get("/fi/page").environ)
    building = pagecache.pages.take(key)
    answered = threading.Thread(target=body)
    answered.start()
    answered.join(5)
    assert not answered.is_alive()
    pagecache.pages.finish(key, building, None)
