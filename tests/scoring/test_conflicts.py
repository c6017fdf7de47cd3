"""Ties that the records show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ideas.models import Idea
from scoring.conflicts import domain, known_ties
from scoring.models import Juror
from tests.factories.accounts import OrganisationFactory, give
from tests.factories.ideas import TeamMemberFactory
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "employer"),
    [
        ("aino@Kunta.example", "kunta.example"),
        ("aino@gmail.com", ""),
        ("", ""),
        ("ei osoite", ""),
    ],
)
def test_domain_tells_of_an_employer(address, employer):
    assert domain(address) == employer


def ties(world):
    jurors = list(Juror.objects.filter(challenge=world.challenge).order_by("pk"))
    ideas = list(Idea.objects.filter(series=world.series).order_by("pk"))
    found = known_ties(jurors, ideas)
    return {
        (jurors.index(j), ideas.index(i)): why
        for (jpk, ipk), why in found.items()
        for j in jurors
        if j.pk == jpk
        for i in ideas
        if i.pk == ipk
    }


def test_strangers_have_no_ties():
    assert ties(World.make(ideas=2, jurors=2)) == {}


def test_own_address_team_organisation_and_domain_are_ties():
    world = World.make(ideas=4, jurors=4)
    first, second, third, fourth = world.jurors
    own, team, company, employer = world.ideas
    own.contact_email = first.email
    own.save()
    TeamMemberFactory(idea=team, user=second.user, email="muu@osoite.example")
    organisation = OrganisationFactory()
    give(third.user, organisation, "member")
    company.organisation = organisation
    company.save()
    employer.contact_email = "toimitus@" + fourth.email.rpartition("@")[2]
    employer.save()
    assert ties(world) == {
        (0, 0): "team",
        (1, 1): "team",
        (2, 2): "organisation",
        (3, 3): "domain",
    }


def test_former_membership_is_no_tie():
    world = World.make(ideas=1, jurors=1)
    organisation = OrganisationFactory()
    give(world.jurors[0].user, organisation, "member")
    world.jurors[0].user.memberships.update(state="ended")
    world.ideas[0].organisation = organisation
    world.ideas[0].save()
    assert ties(world) == {}


def test_free_mail_is_no_employer():
    world = World.make(ideas=1, jurors=1)
    Juror.objects.update(email="aino@gmail.com")
    Idea.objects.update(contact_email="bo@gmail.com")
    assert ties(world) == {}


def test_ties_cost_the_same_for_few_and_for_many():
    counts = []
    for size in (1, 4):
        world = World.make(ideas=size, jurors=size)
        with CaptureQueriesContext(connection) as caught:
            known_ties(world.jurors, world.ideas)
        counts.append(len(caught))
    assert counts[0] == counts[1] == 5
