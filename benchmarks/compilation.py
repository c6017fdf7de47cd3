"""The compilation of 86 and 1,000 public proposals: seconds, and the printer's memory.

python -m benchmarks.compilation
"""

import resource
import sys
import time

from benchmarks import bench  # sets Django up, so it comes before the models

# isort: split
from challenges.models import Challenge
from core import clock
from ideas import compilation
from ideas.models import Compilation
from tests.factories.ideas import IdeaFactory, open_series, whole_answers

SIZES = ((86, 5.0), (1000, 60.0))
MEGABYTES = 1024
WORDS = (
    "Koulukyyti on talvella myöhässä monta kertaa viikossa eikä kukaan kerro siitä perheille. "
    "Ehdotan viestiä, joka lähtee autosta, kun aikataulu on muuttunut. "
)
PLACES = ("Mikkeli", "Joensuu", "Kuopio", "Juva", "Kouvola", "Lahti", "Oulu")


def world(size: int) -> Challenge:
    series = open_series(opened=True)
    for number in range(size):
        IdeaFactory(
            series=series,
            submitted=True,
            public=True,
            answers=whole_answers(
                title=f"Ehdotus {number} arjen sujuvuudesta",
                problem=WORDS * 5,
                municipality=PLACES[number % len(PLACES)],
            ),
        )
    made: Challenge = series.challenge
    return made


def main() -> int:
    bench.prepare()
    good = []
    for size, seconds in SIZES:
        challenge = world(size)
        row = Compilation.objects.create(challenge=challenge, language="fi", asked_at=clock.now())
        begun = time.perf_counter()
        compilation.make(row)
        spent = time.perf_counter() - begun
        row.refresh_from_db()
        print(f"{size} proposals: {len(row.pdf) / 1e6:.1f} MB of PDF, {len(row.body) / 1e6:.1f} MB")
        good.append(bench.line(f"{size} proposals", spent, seconds, "s"))
    printer = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    server = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"this process at most {server:.0f} MB")
    good.append(bench.line("the printer's memory", printer, MEGABYTES, "MB"))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
