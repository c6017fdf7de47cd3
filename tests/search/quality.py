"""Recall@10 and nDCG@10 of the search on the development set, quality.json.

Solutions are [key, language, title, text]; queries [text, language, kind, {key: gain from 1 to 3}].
"""

import json
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from search.analysis import Analyser
from search.engine import Document, Engine, Query
from search.plan import Synonyms
from search.tantivy_engine import TantivyEngine

AT = 10
DATA = json.loads((Path(__file__).parent / "quality.json").read_text(encoding="utf-8"))
SOLUTIONS: list[tuple[str, str, str, str]] = [tuple(row) for row in DATA["solutions"]]
QUERIES: list[tuple[str, str, str, dict[str, int]]] = [tuple(row) for row in DATA["queries"]]
SYNONYMS = [[tuple(member) for member in group] for group in DATA["synonyms"]]


@dataclass(frozen=True)
class Quality:
    recall: float
    ndcg: float
    by_kind: dict[str, tuple[float, float]]
    weak: list[str]


def documents() -> list[Document]:
    return [
        Document(f"solution:{key}", "solution", language, title, (text,))
        for key, language, title, text in SOLUTIONS
    ]


def tantivy_engine(folder: Path, analyser: Analyser) -> TantivyEngine:
    synonyms = Synonyms(SYNONYMS, analyser)
    engine = TantivyEngine(folder, analyser, lambda: synonyms)
    engine.rebuild(documents(), lambda _number: None)
    return engine


def measure(engine: Engine, fill: int = AT) -> Quality:
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    weak = []
    for text, language, kind, gains in QUERIES:
        hits = engine.search(Query(text, language, limit=AT, fill=fill)).hits
        found = [hit.uid.partition(":")[2] for hit in hits]
        recall = sum(key in found for key in gains) / min(len(gains), AT)
        best = _gain(sorted(gains.values(), reverse=True))
        ndcg = _gain([gains.get(key, 0) for key in found]) / best
        scores[kind].append((recall, ndcg))
        if recall < 1 or ndcg < 0.8:
            weak.append(f"{kind} {text!r}: {recall:.2f} {ndcg:.2f} {found[:6]}, want {gains}")
    every = [pair for pairs in scores.values() for pair in pairs]
    return Quality(*_means(every), {k: _means(v) for k, v in scores.items()}, weak)


def _gain(gains: list[int]) -> float:
    return sum((2**gain - 1) / math.log2(place + 2) for place, gain in enumerate(gains))


def _means(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    return sum(r for r, _ in pairs) / len(pairs), sum(n for _, n in pairs) / len(pairs)
