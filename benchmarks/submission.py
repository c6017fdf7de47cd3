"""A citizen's submission: its POSTs, and the final one among 50 and among 2,000 proposals.

python -m benchmarks.submission
"""

import datetime as dt
import statistics
import sys
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from benchmarks import bench
from challenges.models import Series
from core import clock
from ideas import links
from ideas.models import Idea
from tests.factories.ideas import IdeaFactory, open_series, whole_answers

STEPS = {
    "problem": ["problem", "title"],
    "people": ["who", "theme", "municipality"],
    "proposal": ["summary", "price", "secret"],
    "you": ["email", "name", "name_public"],
}
ROUNDS = 15


def part(step: str, theme: str) -> dict[str, object]:
    answers = whole_answers(theme=theme)
    return {key: answers[key] for key in STEPS[step]} | {"asked": STEPS[step]}


def submit(series: Series) -> tuple[int, float]:
    """One person's whole path: queries of all its POSTs, CPU seconds of the last."""
    client = Client()
    theme = series.challenge.themes.get().key
    door = f"/fi/ehdota/{series.challenge.slug}/{series.key}/"
    token = client.get(door).context["start_token"]
    with CaptureQueriesContext(connection) as captured:
        response = client.post(door, {"start": token, "revision": 0, **part("problem", theme)})
    queries = bench.count_queries(captured)
    assert response.status_code == 302, response.content[:500]
    idea = Idea.objects.latest("pk")
    base = f"/fi/e/{links.token_of(idea)}/"
    for step in list(STEPS)[1:]:
        shown = client.get(f"{base}{step}/").context
        data = {"revision": shown["revision"], "seen": shown["seen"], **part(step, theme)}
        with CaptureQueriesContext(connection) as captured:
            assert client.post(f"{base}{step}/", data).status_code == 302
        queries += bench.count_queries(captured)
    # A person takes longer than a program; faster ones are asked to look their answers over.
    Idea.objects.filter(pk=idea.pk).update(created_at=clock.now() - dt.timedelta(minutes=5))
    begun = time.process_time()
    with CaptureQueriesContext(connection) as captured:
        response = client.post(f"{base}-laheta/", {})
    spent = time.process_time() - begun
    assert response.url.endswith("-kuitti/"), response.url
    return queries + bench.count_queries(captured), spent


def main() -> int:
    bench.prepare()
    translation.activate("fi")
    print(f"reference: a bare view {bench.reference() * 1e6:.2f} µs CPU")
    good, medians = [], []
    for size in (50, 2000):
        series = open_series()
        for _ in range(size):
            IdeaFactory(series=series, submitted=True)
        runs = [submit(series) for _ in range(ROUNDS)][1:]
        medians.append(statistics.median(spent for _queries, spent in runs))
        print(f"among {size} proposals")
        good.append(bench.line("POSTs of the whole path, queries", runs[-1][0], 40, "queries"))
        good.append(bench.line("the final POST, CPU", medians[-1] * 1000, 40, "ms"))
    good.append(bench.line("2,000 over 50", medians[1] / medians[0], 1.15, "×"))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
