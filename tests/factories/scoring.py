"""Rubrics, and a whole jury at work: `World.make(ideas=4, jurors=3)`."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from challenges.models import Challenge, Series
from challenges.states import Visibility
from core import clock
from ideas.models import Idea
from scoring import rubrics
from scoring.actions import assign, panel, rounds, sheets
from scoring.models import Assignment, Criterion, Juror, Level, Round, Rubric, ScoreSheet
from scoring.queries.assigning import Plan
from scoring.states import JurorState, RubricState
from tests.factories.accounts import UserFactory
from tests.factories.challenges import SeriesFactory, around
from tests.factories.ideas import IdeaFactory, open_series

WEIGHTS = {"benefit": 50, "feasibility": 30, "novelty": 20}


def in_three(words: str) -> dict[str, str]:
    return {"fi": words, "sv": f"{words} (sv)", "en": f"{words} (en)"}


def criterion_spec(key: str, weight: Any, *, low: int = 1, high: int = 5) -> dict[str, Any]:
    return {
        "key": key,
        "weight": weight,
        "low": low,
        "high": high,
        "name": in_three(key.capitalize()),
        "question": in_three(f"Kysymys {key}?"),
        "levels": [
            {"value": value, "text": in_three(f"{key} taso {value}")}
            for value in range(low, high + 1)
        ],
    }


def gate_spec(key: str = "fits") -> dict[str, Any]:
    """A question of yes, no or to be clarified."""
    return {**criterion_spec(key, 0, low=0, high=2), "kind": "gate", "levels": []}


def info_spec(key: str = "remarks") -> dict[str, Any]:
    """Answered in words; counts for nothing."""
    return {**criterion_spec(key, 0, low=0, high=1), "kind": "info", "levels": []}


def threshold_spec(key: str, weight: Any, minimum: int = 3) -> dict[str, Any]:
    return {**criterion_spec(key, weight), "kind": "threshold", "minimum": minimum}


def rubric_spec(weights: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """As a recipe or the back office gives it to `write_rubric`."""
    return {
        "reviews": 2,
        "ties": ["benefit", "median", "lot"],
        "criteria": [criterion_spec(key, weight) for key, weight in (weights or WEIGHTS).items()],
        **more,
    }


CRITERION_FIELDS = (*("key", "kind", "weight", "minimum", "low", "high", "name", "question"),)


class RubricFactory(DjangoModelFactory):
    """A draft with criteria and described levels; `published=True`: frozen, in any challenge.

    Made without the actions, because a rubric is published before its challenge opens.
    """

    class Meta:
        model = Rubric
        skip_postgeneration_save = True

    series = factory.SubFactory(SeriesFactory)
    reviews = 2
    tie_chain = factory.LazyFunction(
        lambda: [{"by": "criterion", "key": "benefit"}, {"by": "median"}, {"by": "lot"}]
    )

    @factory.post_generation
    def criteria(self, create: bool, given: Any, **kwargs: Any) -> None:
        for order, one in enumerate(given or rubric_spec()["criteria"]):
            criterion = Criterion.objects.create(
                rubric=self,
                order=order,
                **{name: one[name] for name in CRITERION_FIELDS if name in one},
            )
            Level.objects.bulk_create(
                Level(criterion=criterion, value=level["value"], description=level["text"])
                for level in one["levels"]
            )

    @factory.post_generation
    def published(self, create: bool, wanted: bool, **kwargs: Any) -> None:
        if wanted:
            self.digest = rubrics.content_digest(self)
            self.state, self.published_at = RubricState.PUBLISHED, clock.now()
            self.save()


class JurorFactory(DjangoModelFactory):
    """A seat that has been taken; `invited=True`: one that waits for an answer."""

    class Meta:
        model = Juror
        skip_postgeneration_save = True

    class Params:
        invited = factory.Trait(state=JurorState.INVITED, user=None)

    email = factory.Sequence(lambda n: f"tuomari-{n}@raati-{n}.example")
    name = factory.Sequence(lambda n: f"Tuomari {n}")
    state = JurorState.ACCEPTED
    user = factory.LazyAttribute(lambda juror: UserFactory(email=juror.email, name=juror.name))
    invited_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def series(self, create: bool, given: Any, **kwargs: Any) -> None:
        self.series.set(given if given is not None else self.challenge.series.all())


@dataclass
class World:
    """A challenge in scoring: staff, jurors who have accepted, eligible proposals, a rubric."""

    challenge: Challenge
    series: Series
    rubric: Rubric
    staff: User
    jurors: list[Juror]
    ideas: list[Idea]
    at: dt.datetime

    @classmethod
    def make(
        cls,
        *,
        ideas: int = 4,
        jurors: int = 3,
        visibility: str = Visibility.AT_ONCE,
        assigned: bool = False,
        rubric: dict[str, Any] | None = None,
        **challenge: Any,
    ) -> "World":
        at = clock.now()
        series = open_series(
            visibility=visibility,
            opened=True,
            phases=around(at - dt.timedelta(days=80)),
            **challenge,
        )
        series.award = in_three("Kokeilu kunnassa")
        series.save()
        host = series.challenge
        public = visibility in (Visibility.AT_ONCE, Visibility.TITLES, Visibility.AFTER_CLOSING)
        made = cls(
            challenge=host,
            series=series,
            rubric=RubricFactory(series=series, published=True, **(rubric or {})),
            staff=UserFactory(staff_of=host.owner),
            jurors=[JurorFactory(challenge=host) for _ in range(jurors)],
            ideas=[
                IdeaFactory(
                    series=series,
                    eligible=True,
                    public=public,
                    answers=_answers(n),
                    name_public=True,
                )
                for n in range(1, ideas + 1)
            ],
            at=at,
        )
        if assigned:
            made.assign()
        return made

    @property
    def round(self) -> Round:
        """The newest round with sheets."""
        return Round.objects.filter(series=self.series).exclude(kind="eligibility").latest("number")

    def assign(self) -> Plan:
        planned = assign.ensure_round(series=self.series, by=self.staff)
        return assign.assign_round(round_=planned, by=self.staff, at=self.at)

    def assignments(self, juror: Juror | None = None) -> list[Assignment]:
        found = Assignment.objects.filter(round__series=self.series, state="confirmed")
        if juror:
            found = found.filter(juror=juror)
        return list(
            found.select_related("juror__user", "round__rubric", "idea__challenge").order_by("pk")
        )

    def declare_all(self, kind: str = "none") -> None:
        for one in self.assignments():
            if not one.declared:
                panel.declare(
                    juror=one.juror, idea=one.idea, kind=kind, by=one.juror.user, at=self.at
                )

    def score(self, assignment: Assignment, **values: Any) -> ScoreSheet:
        """Save and submit: `score(a, benefit=5, feasibility=4, novelty=3)`; one value for all."""
        keys = [c.key for c in rubrics.asked_of_jurors(self.rubric)]
        given = {key: values.get(key, values.get("all", 3)) for key in keys}
        more = {key: values[key] for key in ("comment", "note") if key in values}
        fresh = Assignment.objects.select_related(
            "juror__user", "round__rubric", "idea__challenge"
        ).get(pk=assignment.pk)
        by = fresh.juror.user
        sheets.save_sheet(assignment=fresh, changes={**given, **more}, by=by, at=self.at)
        return sheets.submit_sheet(assignment=fresh, by=by, at=self.at)

    def score_all(self) -> None:
        """Earlier proposals better: the ranking follows their numbers."""
        self.declare_all()
        for one in self.assignments():
            if one.round.state != "open":
                continue
            self.score(one, all=max(1, 6 - (one.idea.number or 1)))

    def close(self) -> Round:
        return rounds.close_round(round_=self.round, by=self.staff, at=self.at)

    def colleague(self) -> User:
        user: User = UserFactory(staff_of=self.challenge.owner)
        return user


def _answers(n: int) -> dict[str, Any]:
    return {
        "problem": f"Ongelma numero {n} kestää liian kauan.",
        "title": f"Ehdotus {n}",
        "who": ["children"],
        "theme": "koulu",
        "municipality": "Mikkeli",
        "summary": f"Tiivistys ehdotuksesta {n}.",
        "secret": f"Salainen laskelma {n}.",
        "email": f"ehdottaja-{n}@esimerkki-{n}.example",
        "name": f"Ehdottaja {n}",
        "name_public": "yes",
    }
