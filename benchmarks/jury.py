"""The jury at 1,000 and at 4,000 proposals × 5 reviews × 3 criteria: dashboard with calibrated
columns, results, weights played with, autosave.

python -m benchmarks.jury
"""

import datetime as dt
import itertools
import json
import sys

from django.urls import reverse
from django.utils import translation

from benchmarks import bench  # sets Django up, so it comes before the models

# isort: split
from accounts.models import Organisation, User
from challenges.models import Challenge, FormVersion, Phase, Series
from challenges.states import ChallengeState, PhaseKind
from core import clock
from ideas.models import Idea, IdeaVersion
from ideas.states import IdeaState
from scoring.actions.rubric import write_rubric
from scoring.actions.rubric_publishing import publish_by_two
from scoring.actions.standing import compute_standing
from scoring.models import Assignment, IdeaScore, Juror, Round, Score, ScoreSheet
from scoring.states import JurorState, RoundState, SheetState

REVIEWS, JURORS = 5, 60
SIZES = (1000, 4000)
FORM = {
    "steps": [
        {
            "key": "one",
            "title": {"fi": "Ehdotus"},
            "fields": [
                {"key": "title", "type": "short_text", "label": {"fi": "Nimi"}, "purpose": "title"},
                {
                    "key": "email",
                    "type": "email",
                    "label": {"fi": "Sähköposti"},
                    "purpose": "contact_email",
                    "visibility": "staff",
                },
            ],
        }
    ]
}


def in_all(words: str) -> dict[str, str]:
    return {"fi": words, "sv": words, "en": words}


RUBRIC = {
    "reviews": REVIEWS,
    "ties": ["a", "median", "lot"],
    "criteria": [
        {
            "key": key,
            "weight": weight,
            "name": in_all(key),
            "question": in_all(f"Miten hyvin {key} toteutuu?"),
            "levels": [{"value": v, "text": in_all(f"taso {v}")} for v in range(1, 6)],
        }
        for key, weight in (("a", 50), ("b", 30), ("c", 20))
    ],
}


def world(
    size: int, owner: User, people: int = JURORS, *, finished: bool = False
) -> tuple[Challenge, Round]:
    """A challenge in scoring with so many jurors, four sheets of five submitted, or all of them."""
    at, done = clock.now(), REVIEWS if finished else REVIEWS - 1
    own = f"{size}-{'finished' if finished else 'open'}"
    host = Organisation.objects.create(
        kind="municipality", name=f"Kunta {own}", slug=f"kunta-{own}", is_host=True
    )
    challenge = Challenge.objects.create(owner=host, name={"fi": f"Haaste {own}"}, slug=f"h-{own}")
    day = dt.timedelta(days=1)
    Phase.objects.bulk_create(
        [
            Phase(
                challenge=challenge,
                kind=PhaseKind.SUBMISSION,
                starts_at=at - 40 * day,
                ends_at=at - 20 * day,
            ),
            Phase(
                challenge=challenge,
                kind=PhaseKind.SCORING,
                starts_at=at - 10 * day,
                ends_at=at + 20 * day,
            ),
        ]
    )
    series = Series.objects.create(
        challenge=challenge, key="s", kind="citizens", name={"fi": "Sarja"}
    )
    form = FormVersion.objects.create(series=series, definition=FORM, frozen_at=at)
    rubric = write_rubric(series=series, spec=RUBRIC, by=owner)
    second, _made = User.objects.get_or_create(
        email="second@bench.example", defaults={"is_superuser": True}
    )
    rubric = publish_by_two(rubric=rubric, by=owner, second=second, at=at)
    Challenge.objects.filter(pk=challenge.pk).update(state=ChallengeState.OPENED, opened_at=at)
    ideas = Idea.objects.bulk_create(
        Idea(
            challenge=challenge,
            series=series,
            form=form,
            state=IdeaState.ELIGIBLE,
            number=n,
            reference=f"2026-{n:04d}",
            title=f"Ehdotus {n}",
            contact_email=f"e{n}@x.example",
            created_at=at,
            saved_at=at,
            submitted_at=at,
        )
        for n in range(1, size + 1)
    )
    versions = IdeaVersion.objects.bulk_create(
        IdeaVersion(
            idea=idea,
            number=1,
            digest="0" * 64,
            submitted_at=at,
            payload={"answers": {"title": idea.title}, "attachments": []},
        )
        for idea in ideas
    )
    for idea, version in zip(ideas, versions, strict=True):
        idea.current_version = version
    Idea.objects.bulk_update(ideas, ["current_version"], batch_size=500)
    users = User.objects.bulk_create(
        User(email=f"t{own}-{n}@x.example", name=f"Tuomari {n}") for n in range(people)
    )
    jurors = Juror.objects.bulk_create(
        Juror(
            challenge=challenge,
            email=u.email,
            name=u.name,
            user=u,
            state=JurorState.ACCEPTED,
            to_read=size * REVIEWS // people,
            submitted=size * done // people,
        )
        for u in users
    )
    round_ = Round.objects.create(
        series=series,
        rubric=rubric,
        reviews=REVIEWS,
        state=RoundState.OPEN,
        assigned_at=at,
        sheets_wanted=size * REVIEWS,
        sheets_submitted=size * done,
    )
    turns = itertools.cycle(jurors)
    assignments = Assignment.objects.bulk_create(
        (
            Assignment(round=round_, juror=next(turns), idea=idea, declared="none")
            for idea in ideas
            for _ in range(REVIEWS)
        ),
        batch_size=2000,
    )
    sheets = ScoreSheet.objects.bulk_create(
        (
            ScoreSheet(
                assignment=a,
                state=SheetState.SUBMITTED if finished or n % 5 else SheetState.DRAFT,
                total=50,
                scored=3,
                comment=f"Ehdotus {n} ratkaisee tarpeen." if finished else "",
                saved_at=at,
                submitted_at=at if finished or n % 5 else None,
            )
            for n, a in enumerate(assignments)
        ),
        batch_size=2000,
    )
    criteria = list(rubric.criteria.all())
    Score.objects.bulk_create(
        (
            Score(sheet=sheet, criterion=c, value=1 + (n + c.order) % 5)
            for n, sheet in enumerate(sheets)
            for c in criteria
        ),
        batch_size=2000,
    )
    IdeaScore.objects.bulk_create(
        IdeaScore(
            round=round_, idea=idea, wanted=5, submitted=done, mean=n % 97, lowest=1, highest=99
        )
        for n, idea in enumerate(ideas)
    )
    for juror in jurors:
        juror.series.add(series)
    compute_standing(round_=round_, at=at)
    return Challenge.objects.get(pk=challenge.pk), round_


def main() -> int:
    bench.prepare()
    translation.activate("fi")
    owner = User.objects.create_superuser("owner@x.example")
    staff = bench.client_of(owner)
    print(f"reference: a bare view {bench.reference() * 1e6:.2f} µs CPU")
    good = []
    spent: dict[int, bench.Spent] = {}
    for size in SIZES:
        challenge, round_ = world(size, owner)
        url = reverse("scoring_admin:dashboard", args=[challenge.pk])
        spent[size] = bench.time_request(lambda url=url: staff.get(url))
        print(f"{size} proposals × {REVIEWS} reviews × 3 criteria")
        good.append(bench.line("jury dashboard, CPU", spent[size].cpu, 0.12, "s"))
        good.append(bench.line("jury dashboard, queries", spent[size].queries, 24, "queries"))
        results = reverse("scoring_admin:ranking", args=[challenge.pk])
        page = bench.time_request(lambda url=results: staff.get(url))
        good.append(bench.line("results with the cut line, CPU", page.cpu, 0.25, "s"))
        draft = Assignment.objects.filter(round=round_, sheet__state=SheetState.DRAFT)
        good.append(autosave(draft.select_related("juror__user", "sheet").first()))
    for size in (500, 1000):
        challenge, round_ = world(size, owner, finished=True)
        weights = reverse("scoring_admin:weights", args=[challenge.pk, round_.pk])
        page = bench.time_request(lambda url=weights: staff.get(url + "?w-a=20&w-b=40&w-c=40"))
        name = f"a weight changed over {size * REVIEWS:,} sheets, CPU"
        good.append(bench.line(name, page.cpu, 0.5, "s"))
    ratio = spent[4000].cpu / spent[1000].cpu
    good.append(bench.line("4,000 over 1,000", ratio, 1.15, "×"))
    return 0 if all(good) else 1


def autosave(assignment: Assignment | None) -> bool:
    """One score changed at the desk."""
    assert assignment is not None
    assert assignment.juror.user is not None
    juror = bench.client_of(assignment.juror.user)
    url = reverse("scoring:autosave", args=[assignment.pk])
    revision = itertools.count(assignment.sheet.revision)
    spent = bench.time_request(
        lambda: juror.post(
            url,
            json.dumps({"revision": next(revision), "changes": {"a": "4"}}),
            content_type="application/json",
        )
    )
    return all(
        [
            bench.line("one score saved, CPU", spent.cpu * 1000, 15, "ms"),
            bench.line("one score saved, queries", spent.queries, 12, "queries"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
