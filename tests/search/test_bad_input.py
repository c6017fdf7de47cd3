"""Whatever stands in an address: an ordinary page, or a clear refusal; never a fault of ours."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.urls import reverse

from search import registry, service
from search.facets import FACETS
from tests.factories.catalogue import SolutionFactory
from tests.search.making import no_progress
from tests.search.public import OF_ONE, address, names

pytestmark = pytest.mark.django_db

LONG = "x" * 10_000
# As they stand in an address: a number of them no browser would send.
TYPED = {
    "empty": "",
    "spaces": "%20+%09%0A%0D",
    "long": LONG,
    "long letters": quote("ä\N{COMBINING DIAERESIS}" * 1_000),
    "many words": "+".join(f"sana{n}" for n in range(2_000)),
    "operators": quote("+koulu -kyyti && || ! ( ) { } [ ] ^2 ~1 * ? : \\ / AND OR NOT title:x TO"),
    "open": quote('(((((((((("koulu'),
    "quotes": quote("\"'`´«»“”’ ' OR 1=1 --"),
    "markup": quote("<script>alert(1)</script>{{ 7*7 }}{% debug %}${x}"),
    "emoji": quote("🚌🚸👩‍👩‍👧‍👦🇫🇮"),
    "right to left": quote("\u202eשלום عليكم\u202c"),
    "nul": "%00",
    "nul within": "koulu%00kyyti",
    "control": "%01%07%1b[31m%7f",
    "lone surrogate": "%ED%A0%80koulu",
    "not UTF-8": "%FF%FE%C3",
    "no character": "%EF%BF%BE%EF%BF%BF",
    "half an escape": "%",
    "half a code": "%u20AC%zz",
    "formula": quote('=HYPERLINK("http://paha.example")'),
    "path": quote("../../../etc/passwd"),
    "number": "9" * 400,
    "negative": "-1",
    "fraction": "1.5e309",
    "not a number": "NaN",
    "superscript": "%C2%B2",
    "other digits": quote("٣"),
    "date": "0000-00-00T99:99:99Z",
}
PARAMETERS = ("q", "cursor", "page", "limit", "lang", "sort", "updated_since", "s", "more")
ODD = (
    *("?", "??", "?&&&=&;", "?=x", "?q", "?%00=1", "?%ED%A0%80=1", "?unknown=1", "?theme=sota"),
    *("?q=a&q=b", "?page=1&page=2", "?lang=fi&lang=sv", "?cursor=a&cursor=b", "?sort=a&sort=b"),
    "?" + "&".join(f"theme={n}" for n in range(500)),
    "?" + "&".join("s=ratkaisu" for _ in range(900)),
    "?" + "&".join(f"unknown{n}={n}" for n in range(2_000)),
    "?q[]=a&q[0]=b&q[$ne]=c",
    "?q=koulu#fragment?q=muu",
)
HEADERS = (
    {"if-modified-since": "eilen"},
    {"if-none-match": '"' + "x" * 5_000},
    {"accept-language": ",;q=x," + "x" * 5_000},
    {"accept": "\xff/*;q="},
    {"range": "bytes=9-1,-,x"},
    {"hx-request": "\x00"},
    {"x-forwarded-for": "kukaties, 999.1.1.1, ::"},
)


def queries(*, strict: bool = False) -> Iterator[str]:
    """`strict`: for those that stop at the first parameter that they refuse."""
    yield from ODD
    for typed in TYPED.values():
        alone = (*PARAMETERS, *FACETS) if strict else ("q",)
        yield from (f"?{name}={typed}" for name in alone)
        yield "?q=koulu&" + "&".join(f"{name}={typed}" for name in PARAMETERS[1:])
        yield "?" + "&".join(f"{name}={typed}" for name in FACETS)


def asked(client, address, **headers):
    """(status, what is wrong with the answer)."""
    cache.clear()  # nobody is told to wait
    answer = client.get(address, headers=headers)
    status = answer.status_code
    body = b"".join(answer) if answer.streaming else answer.content
    if status not in (200, 302, 304, 400, 404):
        return f"{status}"
    if status == 400 and "/api/" in address and "problem+json" not in answer["Content-Type"]:
        return f"400 as {answer['Content-Type']}"
    return "script" if b"<script>alert" in body and b"<html" in body else ""


@pytest.fixture
def browser(client, settings):
    """Tells of a fault by its status, as a server does."""
    client.raise_request_exception = False
    settings.API_PER_MINUTE = settings.DOWNLOADS_PER_MINUTE = 1_000_000
    return client


@pytest.fixture
def two(index):
    made = [SolutionFactory(repository="https://git.kunta.example/x", licence="MIT") for _ in "ab"]
    service.engine().rebuild(registry.every_document(), no_progress)
    return made


@pytest.mark.parametrize(("name", "kind"), list(names()))
def test_odd_queries(browser, two, name, kind):
    there = address(name, kind, two[0])
    strict = name == "api:solutions"
    faults = [
        (query[:80], fault)
        for query in queries(strict=strict)
        if (fault := asked(browser, there + query))
    ]
    assert not faults


@pytest.mark.parametrize(("name", "kind"), list(names()))
def test_odd_headers(browser, two, name, kind):
    there = address(name, kind, two[0])
    faults = [(head, fault) for head in HEADERS if (fault := asked(browser, there, **head))]
    assert not faults


@pytest.mark.parametrize("name", sorted(OF_ONE))
def test_odd_names_of_a_solution(browser, two, name):
    there, slug = address(name, "", two[0]), two[0].slug
    key = str(two[0].uid) if name == "api:solution" else slug
    odd = [typed.replace("+", "%20") for typed in TYPED.values() if typed]
    faults = {typed[:80]: browser.get(there.replace(key, typed)).status_code for typed in odd}
    assert not {typed: status for typed, status in faults.items() if status not in (400, 404)}


@pytest.mark.parametrize("name", ["search:catalogue", "search:suggest", "catalogue:comparison"])
def test_without_an_index_too(browser, two, settings, name):
    settings.SEARCH_URL = "tantivy:///proc/nothing/index"
    faults = [query[:80] for query in queries() if asked(browser, reverse(name) + query)]
    assert not faults


def test_a_refusal_says_what_it_refuses(browser, two):
    answer = browser.get(reverse("api:solutions") + "?limit=" + TYPED["number"])
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "limit" in answer.content.decode()
