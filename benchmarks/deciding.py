"""Deciding 100 and 400 proposals, one in six of them winners: each verb from the draft to the
publication, once.

python -m benchmarks.deciding
"""

import sys
import time
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from benchmarks import bench  # sets Django up, so it comes before the models

# isort: split
from accounts.models import User
from benchmarks.jury import world
from challenges.models import Series
from core import clock
from scoring.actions import decision as verbs
from scoring.actions.publish import publish_decision
from scoring.actions.rounds import close_round
from scoring.models import Decision

SIZES = (100, 400)
QUERIES, SECONDS = 50, 0.3


class Sum:
    """What the verbs of one decision cost: in seconds all together, in queries the dearest."""

    def __init__(self) -> None:
        self.cpu, self.queries = 0.0, 0

    def add(self, name: str, verb: Callable[[], object]) -> None:
        with CaptureQueriesContext(connection) as captured:
            begun = time.process_time()
            verb()
            spent = time.process_time() - begun
        queries = bench.count_queries(captured)
        print(f"       {name:40}{spent:8.3f} s {queries:5} queries")
        self.cpu += spent
        self.queries = max(self.queries, queries)


def decide(size: int, owner: User, second: User) -> Sum:
    challenge, round_ = world(size, owner, people=20, finished=True)
    Series.objects.filter(challenge=challenge).update(winners=size // 6)
    close_round(round_=round_, by=owner, at=clock.now())
    spent, at = Sum(), clock.now()
    spent.add("draft", lambda: verbs.draft_decision(challenge=challenge, by=owner, at=at))
    decision = Decision.objects.get(challenge=challenge)
    spent.add("reasons", lambda: verbs.assemble_reasons(decision=decision, by=owner))
    choices = {
        verdict.pk: verbs.Choice(awarded=verdict.awarded, reason=verdict.reason)
        for verdict in decision.verdicts.all()
    }
    spent.add(
        "write",
        lambda: verbs.write_decision(
            decision=decision,
            choices=choices,
            statement="Tuomaristo kiittää.",
            publish_at=at,
            by=owner,
            needs_signatures=False,
        ),
    )
    spent.add("propose", lambda: verbs.propose_decision(decision=decision, by=owner, at=at))
    spent.add("approve", lambda: verbs.approve_decision(decision=decision, by=second, at=at))
    spent.add("publish", lambda: publish_decision(decision=decision, at=clock.now()))
    decision.refresh_from_db()
    assert decision.published_at
    return spent


def main() -> int:
    bench.prepare()
    translation.activate("fi")
    owner = User.objects.create_superuser("owner@x.example")
    second = User.objects.create_superuser("approver@x.example")
    print(f"reference: a bare view {bench.reference() * 1e6:.2f} µs CPU")
    decide(10, owner, second)  # what is loaded once
    good = []
    for size in SIZES:
        print(f"{size} proposals decided")
        spent = decide(size, owner, second)
        if size == min(SIZES):
            good.append(bench.line("the dearest verb, queries", spent.queries, QUERIES, "queries"))
            good.append(bench.line("all of it, CPU", spent.cpu, SECONDS, "s"))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
