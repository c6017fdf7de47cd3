"""Make every run of the assignment again from its inputs and seed, and compare the pairs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.models import AssignmentRun
from scoring.queries.assigning import replay


class Command(BaseCommand):
    help = "Replay the assignments of a challenge (or of all) and say whether the pairs are equal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("challenge", nargs="?", help="the challenge's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        runs = AssignmentRun.objects.select_related("round__series__challenge").order_by(
            "round__series__challenge", "round", "number"
        )
        if options["challenge"]:
            runs = runs.filter(round__series__challenge__slug=options["challenge"])
        different = 0
        for run in runs.iterator():
            found = replay(run)
            words = {None: "by hand", True: "the same pairs", False: "NOT THE SAME"}[found.same]
            different += found.same is False
            self.stdout.write(
                f"{run.round.series.challenge.slug}/{run.round.series.key}"
                f" round {run.round.number} run {run.number} ({run.kind},"
                f" seed {run.seed}, {len(run.pairs)} pairs): {words}"
            )
        if different:
            raise CommandError(f"{different} runs do not give what was recorded.")
