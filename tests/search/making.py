"""Documents and engines for tests."""

from pathlib import Path

from search.analysis import Analyser
from search.engine import Document
from search.plan import Synonyms
from search.tantivy_engine import TantivyEngine


def solution(pk: int, title: str, *texts: str, language: str = "fi", **more) -> Document:
    return Document(f"solution:{pk}", "solution", language, title, texts, **more)


def idea(pk: int, title: str, *texts: str, language: str = "fi", **more) -> Document:
    return Document(f"idea:{pk}", "idea", language, title, texts, **more)


def embedded(folder: Path, analyser: Analyser, synonyms=()) -> TantivyEngine:
    taught = Synonyms(synonyms, analyser)
    return TantivyEngine(folder, analyser, lambda: taught)


def no_progress(_number: int) -> None:
    """For rebuilds that nobody watches."""


def uids(results) -> list[str]:
    return [hit.uid for hit in results.hits]


def numbers(results) -> list[int]:
    return [int(hit.pk) for hit in results.hits if not hit.near]
