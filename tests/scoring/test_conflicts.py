"""Ties that the records show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ideas.models import Idea
from scoring.conflicts import domain, hints_for, known_ties
from scoring.models import Juror
from tests.factories.accounts import OrganisationFactory, UserFactory, give
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


def test_organisation_that_takes_part_through_a_member_is_a_tie():
    world = World.make(ideas=3, jurors=2)
    partner = OrganisationFactory(business_id="7654321-6")
    former = OrganisationFactory(business_id=None)
    give(world.jurors[0].user, partner, "member")
    give(world.jurors[1].user, former, "member")
    colleague = UserFactory(email="kollega@gmail.com")
    one, other, invited = world.ideas
    TeamMemberFactory(idea=one, user=colleague, email=colleague.email, partner=partner)
    TeamMemberFactory(idea=other, user=colleague, email=colleague.email, partner=former)
    TeamMemberFactory(idea=invited, email="x@gmail.com", joined_at=None, partner=partner)
    assert ties(world) == {(0, 0): "organisation", (1, 1): "organisation"}
    asked = hints_for(world.jurors[0], world.ideas)
    assert "an organisation that you act for" in " ".join(asked[one.pk])
    assert asked[other.pk] == asked[invited.pk] == []


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


def neighbours(**more):
    """A juror who acts for a municipality, and a proposer of the same one."""
    world = World.make(ideas=2, jurors=1, assigned=True, rubric={"reviews": 1}, **more)
    juror, idea = world.jurors[0], world.ideas[0]
    give(juror.user, OrganisationFactory(municipality="Mikkeli"), "member")
    idea.organisation = OrganisationFactory(name="Reitti Oy", municipality="mikkeli")
    idea.save()
    return world, juror, idea


def test_municipality_bars_nobody_and_is_asked_about(client):
    world, juror, idea = neighbours()
    assert known_ties([juror], [idea]) == {}
    asked = "The proposer is of the same municipality as you."
    client.force_login(juror.user)
    html = client.get(reverse("scoring:ties", args=[juror.pk])).content.decode()
    assert html.count(asked) == 1
    mine = {one.idea_id: one for one in world.assignments(juror)}
    html = client.get(reverse("scoring:sheet", args=[mine[idea.pk].pk])).content.decode()
    assert asked in html
    other = client.get(reverse("scoring:sheet", args=[mine[world.ideas[1].pk].pk]))
    assert asked not in other.content.decode()
    # A question, not a verdict: whoever says no is let in.
    answer = client.post(
        reverse("scoring:tie", args=[mine[idea.pk].pk]),
        {f"kind-{mine[idea.pk].pk}": "none"},
        follow=True,
    )
    assert idea.summary in answer.content.decode()


def test_all_that_the_records_show_is_asked():
    world = World.make(ideas=2, jurors=1)
    juror, idea = world.jurors[0], world.ideas[0]
    organisation = OrganisationFactory(municipality="Oulu", business_id="1234567-1")
    give(juror.user, organisation, "member")
    idea.organisation = organisation
    idea.contact_email = "toimitus@" + juror.email.rpartition("@")[2]
    idea.save()
    partner = UserFactory()
    TeamMemberFactory(idea=idea, user=partner, email="pari@muu.example")
    TeamMemberFactory(idea=world.ideas[1], user=partner, email="pari@muu.example")
    TeamMemberFactory(idea=world.ideas[1], user=juror.user, email=juror.email)
    found = hints_for(juror, world.ideas)
    asked = " ".join(found[idea.pk])
    for words in ("act for", "same domain", "another proposal", "same municipality"):
        assert words in asked
    assert all(one.endswith("?") for one in found[idea.pk])
    assert "named in the proposal's team" in " ".join(found[world.ideas[1].pk])


def test_blind_jury_is_not_told_by_a_question_who_proposes():
    _world, juror, idea = neighbours(blind=True)
    assert hints_for(juror, [idea]) == {idea.pk: []}


def test_questions_cost_the_same_for_few_and_for_many(client):
    counts = []
    for size in (1, 4):
        world = World.make(ideas=size, jurors=2, assigned=True)
        client.force_login(world.jurors[0].user)
        url = reverse("scoring:ties", args=[world.jurors[0].pk])
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        counts.append(len(caught))
    assert counts[0] == counts[1]
