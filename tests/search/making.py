"""Documents and engines for tests."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from search import elastic_engine
from search.address import elastic_address
from search.analysis import Analyser
from search.elastic_engine import ElasticEngine
from search.engine import Document
from search.plan import Synonyms
from search.tantivy_engine import TantivyEngine
from tests import needs

elastic_engine.ENOUGH = "30s"  # a busy machine is no slow query


def solution(pk: int, title: str, *texts: str, language: str = "fi", **more) -> Document:
    return Document(f"solution:{pk}", "solution", language, title, texts, **more)


def idea(pk: int, title: str, *texts: str, language: str = "fi", **more) -> Document:
    return Document(f"idea:{pk}", "idea", language, title, texts, **more)


def embedded(folder: Path, analyser: Analyser, synonyms=()) -> TantivyEngine:
    taught = Synonyms(synonyms, analyser)
    return TantivyEngine(folder, analyser, lambda: taught)


BOTH = pytest.mark.parametrize(
    "search_url",
    ["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)],
    indirect=True,
)


@contextmanager
def elastic_urls() -> Iterator[list[str]]:
    """Addresses of our own on the server of the tests, as many as are taken with `another_url`;
    what is there is removed at the end."""
    taken: list[str] = []
    try:
        yield taken
    finally:
        if taken:
            remove_indices(taken)


def another_url(taken: list[str]) -> str:
    server = needs.elasticsearch_url()
    assert server, "mark the test with @pytest.mark.elasticsearch"
    taken.append(f"{server.rpartition('/')[0]}/t{secrets.token_hex(5)}")
    return taken[-1]


def remove_indices(urls: list[str]) -> None:
    addresses = [elastic_address(url) for url in urls]
    with Elasticsearch(list(addresses[0].hosts)) as client:
        ours = ",".join(f"{address.prefix}.*" for address in addresses)
        if names := list(dict(client.indices.get_alias(index=ours))):
            client.indices.delete(index=names, ignore_unavailable=True)


def elastic(url: str, analyser: Analyser, synonyms=()) -> ElasticEngine:
    taught = Synonyms(synonyms, analyser)
    return ElasticEngine(elastic_address(url), analyser, lambda: taught)


def no_progress(_number: int) -> None:
    """For rebuilds that nobody watches."""


def uids(results) -> list[str]:
    return [hit.uid for hit in results.hits]


def numbers(results) -> list[int]:
    return [int(hit.pk) for hit in results.hits if not hit.near]
