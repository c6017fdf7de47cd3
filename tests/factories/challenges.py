"""Challenges in each of their states: `ChallengeFactory(opened=True)`."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from accounts.models import Organisation
from accounts.states import OrganisationKind
from challenges import recipes
from challenges.definition import Definition
from challenges.models import Challenge, FormVersion, Phase, Series, Theme
from challenges.states import ChallengeState, PhaseKind, SeriesKind
from core import clock

NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)


class HostFactory(DjangoModelFactory):
    """A municipality that may publish challenges. Its pages: hosting.ensure_host."""

    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Kunta {n}")
    slug = factory.Sequence(lambda n: f"kunta-{n}")
    kind = OrganisationKind.MUNICIPALITY
    municipality = "Mikkeli"
    is_host = True


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"theme-{n}")
    name = factory.LazyAttribute(lambda theme: {"fi": f"Aihe {theme.key}"})
    order = factory.Sequence(lambda n: n)


class ChallengeFactory(DjangoModelFactory):
    """Being prepared, unless told otherwise. Phases stand around `now` (default: the clock's):
    `coming=True` opens in ten days, `opened=True` closes in ten, `closed=True` closed a day ago.
    """

    class Meta:
        model = Challenge
        skip_postgeneration_save = True

    class Params:
        now = factory.LazyFunction(clock.now)
        coming = False
        closed = False
        opened = factory.Trait(state=ChallengeState.OPENED)
        decided = factory.Trait(
            state=ChallengeState.DECIDED, decided_at=factory.SelfAttribute("now")
        )
        cancelled = factory.Trait(
            state=ChallengeState.CANCELLED,
            cancelled_at=factory.SelfAttribute("now"),
            cancel_reason="Rahoitus peruuntui.",
        )

    owner = factory.SubFactory(HostFactory)
    name = factory.Sequence(lambda n: {"fi": f"Haaste {n}", "sv": f"Utmaning {n}"})
    slug = factory.Sequence(lambda n: f"haaste-{n}")
    contact_email = "haaste@kunta.example"
    state = factory.LazyAttribute(
        lambda c: ChallengeState.OPENED if c.coming or c.closed else ChallengeState.PREPARING
    )
    opened_at = factory.LazyAttribute(
        lambda c: None if c.state == ChallengeState.PREPARING else c.now - dt.timedelta(days=60)
    )

    @factory.post_generation
    def phases(self, create, extracted, **kwargs):
        """`phases=False`: none at all; `phases={kind: (starts, ends)}`: these."""
        if not create or extracted is False:
            return
        given = extracted or around(self._opening)
        Phase.objects.bulk_create(
            Phase(challenge=self, kind=kind, starts_at=starts, ends_at=ends)
            for kind, (starts, ends) in given.items()
        )

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        opening = kwargs.pop("opening")
        made = super()._create(model_class, *args, **kwargs)
        made._opening = opening
        return made

    @factory.lazy_attribute
    def opening(self):
        days = {True: 10}.get(self.coming, -50)
        if self.closed or self.state == ChallengeState.DECIDED:
            days = -61
        return self.now + dt.timedelta(days=days)


def around(opening: dt.datetime) -> dict[PhaseKind, tuple[dt.datetime, dt.datetime]]:
    """The Mikkeli model's lengths from an opening moment."""
    days = {
        PhaseKind.SUBMISSION: (0, 60),
        PhaseKind.CHECKING: (60, 68),
        PhaseKind.SCORING: (68, 102),
        PhaseKind.RESULTS: (111, 123),
        PhaseKind.PILOTS: (123, 304),
    }
    return {
        kind: (opening + dt.timedelta(days=first), opening + dt.timedelta(days=last))
        for kind, (first, last) in days.items()
    }


class SeriesFactory(DjangoModelFactory):
    """A series without a form; `FormVersionFactory(series=…)` gives one."""

    class Meta:
        model = Series

    challenge = factory.SubFactory(ChallengeFactory)
    key = "citizens"
    kind = SeriesKind.CITIZENS
    name = factory.LazyFunction(lambda: {"fi": "Ideat", "sv": "Idéer", "en": "Ideas"})
    winners = 3


class FormVersionFactory(DjangoModelFactory):
    """The recipe's form of citizens; `frozen=True` as it is once the challenge is open."""

    class Meta:
        model = FormVersion

    class Params:
        frozen = factory.Trait(
            frozen_at=factory.LazyFunction(clock.now),
            digest=factory.LazyAttribute(lambda form: Definition.parse(form.definition).digest),
        )

    series = factory.SubFactory(SeriesFactory)
    number = 1
    definition = factory.LazyFunction(lambda: dict(recipes.load("mikkeli").series[0].form))
