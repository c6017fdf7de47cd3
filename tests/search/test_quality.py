"""The gates of the search's quality. Deterministic: the same words give the same ranking."""

import pytest

from tests.search.quality import QUERIES, SOLUTIONS, measure, tantivy_engine


def test_development_set_is_large_enough():
    assert len(SOLUTIONS) >= 60
    assert len(QUERIES) >= 100
    assert {kind for _, _, kind, _ in QUERIES} == {
        *("inflection", "compound", "typo", "swedish", "english", "synonym")
    }
    keys = {key for key, *_ in SOLUTIONS}
    assert all(set(gains) <= keys for *_, gains in QUERIES)


@pytest.mark.voikko
def test_quality_with_voikko_holds(tmp_path, voikko):
    quality = measure(tantivy_engine(tmp_path, voikko))
    assert quality.recall >= 0.94, quality.weak
    assert quality.ndcg >= 0.90, quality.weak


def test_quality_without_voikko_holds(tmp_path, plain):
    quality = measure(tantivy_engine(tmp_path, plain))
    assert quality.recall >= 0.93, quality.weak
    assert quality.ndcg >= 0.88, quality.weak
