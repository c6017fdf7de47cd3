"""Solutions of the catalogue: `SolutionFactory()` is published, `draft=True` is not."""

import factory
from factory.django import DjangoModelFactory

from accounts.models import Organisation
from accounts.states import OrganisationKind
from catalogue.actions import solution_slug
from catalogue.models import Reuse, Solution
from catalogue.states import Readiness, ReuseStage


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = OrganisationKind.MUNICIPALITY
    name = factory.Sequence(lambda n: f"Kunta {n}")
    slug = factory.Sequence(lambda n: f"kunta-{n}")
    municipality = factory.SelfAttribute("name")
    region = "Etelä-Savo"
    population = 12_000


class SolutionFactory(DjangoModelFactory):
    class Meta:
        model = Solution

    class Params:
        draft = factory.Trait(live=False)

    title = factory.Sequence(lambda n: f"Ratkaisu {n}")
    summary = "Yhdellä lauseella."
    slug = factory.LazyAttribute(lambda one: solution_slug(one.title, one.uid))
    uid = factory.Faker("uuid4", cast_to=None)
    owner = factory.SubFactory(MunicipalityFactory)
    readiness = Readiness.PILOT
    live = True


class ReuseFactory(DjangoModelFactory):
    class Meta:
        model = Reuse

    solution = factory.SubFactory(SolutionFactory)
    organisation = factory.SubFactory(MunicipalityFactory)
    stage = ReuseStage.IN_USE
