"""Solutions and their uses: `SolutionFactory(users=2)`."""

import datetime as dt
import uuid
from typing import Any

import factory
from factory.django import DjangoModelFactory

from catalogue.actions import count_reuses
from catalogue.models import Claim, Reuse, Solution
from catalogue.states import Indicator, Method, Readiness, ReuseStage
from core import clock
from tests.factories.accounts import OrganisationFactory
from tests.factories.challenges import HostFactory, ThemeFactory


class SolutionFactory(DjangoModelFactory):
    """Published; `hidden=True`: not. `users=n` municipalities use it."""

    class Meta:
        model = Solution
        skip_postgeneration_save = True

    class Params:
        hidden = factory.Trait(live=False)

    uid = factory.LazyFunction(uuid.uuid4)
    slug = factory.LazyAttribute(lambda one: f"ratkaisu-{one.uid.hex[:8]}")
    title = factory.Sequence(lambda n: f"Ratkaisu {n:03d}")
    summary = factory.LazyAttribute(lambda one: f"{one.title} lyhyesti.")
    problem = "Koulukyydit myöhästyvät talvella."
    solution = "Viesti lähtee huoltajalle heti."
    readiness = Readiness.PILOT
    owner = factory.SubFactory(HostFactory)
    theme = factory.SubFactory(ThemeFactory)
    municipality = "Mikkeli"
    contact_email = "yhteys@kunta.example"
    live = True

    @factory.post_generation
    def users(self, create: bool, count: int | None, **kwargs: Any) -> None:
        for _ in range(count or 0):
            ReuseFactory(solution=self, stage=ReuseStage.IN_USE)
        if count:
            count_reuses(self)
            self.refresh_from_db()


class ReuseFactory(DjangoModelFactory):
    class Meta:
        model = Reuse

    solution = factory.SubFactory(SolutionFactory)
    organisation = factory.SubFactory(OrganisationFactory, a_municipality=True)
    stage = ReuseStage.INTERESTED


class ClaimFactory(DjangoModelFactory):
    """A measured saving of costs, told by the user itself."""

    class Meta:
        model = Claim

    reuse = factory.SubFactory(ReuseFactory, stage=ReuseStage.IN_USE)
    organisation = factory.SelfAttribute("reuse.organisation")
    indicator = Indicator.COST
    baseline = 12_000
    result = 9_000
    starts_on = dt.date(2025, 1, 1)
    ends_on = dt.date(2025, 12, 31)
    method = Method.MEASURED
    basis = "Laskelma kirjanpidosta."
    told_at = factory.LazyFunction(clock.now)
