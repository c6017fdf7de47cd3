"""Who uses what: told by municipalities' own people, shown to everybody, counted."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalogue.actions import tell_reuse
from catalogue.models import Reuse, Solution
from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import Mail
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.catalogue import ReuseFactory, SolutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return OrganisationFactory(a_municipality=True, name="Juva")


@pytest.fixture
def member(town):
    return UserFactory(member_of=town)


@pytest.fixture
def solution():
    return SolutionFactory()


def tell(solution, town, by, stage="interested", **more):
    return tell_reuse(
        solution=solution, organisation=town, stage=stage, by=by, at=clock.now(), **more
    )


def counts(solution):
    fresh = Solution.objects.get(pk=solution.pk)
    return fresh.interested_count, fresh.users_count


def test_saying_it_again_moves_the_stage_of_the_one_use(solution, town, member):
    first = tell(solution, town, member, note="Kokeillaan keväällä")
    assert counts(solution) == (1, 0)
    second = tell(solution, town, member, stage="in_use")
    assert second.pk == first.pk
    assert second.note == "Kokeillaan keväällä"
    assert counts(solution) == (0, 1)
    assert Reuse.objects.count() == 1


def test_stopped_use_is_kept_and_another_may_begin(solution, town, member):
    tell(solution, town, member, stage="piloting")
    tell(solution, town, member, stage="stopped")
    assert counts(solution) == (0, 0)
    tell(solution, town, member)
    assert list(Reuse.objects.order_by("pk").values_list("stage", flat=True)) == [
        "stopped",
        "interested",
    ]


def test_what_was_never_told_cannot_stop(solution, town, member):
    with pytest.raises(NotNow):
        tell(solution, town, member, stage="stopped")


def test_contact_gets_a_letter_when_the_stage_changes(solution, town, member):
    tell(solution, town, member, note="Ota yhteyttä")
    tell(solution, town, member)
    letter = Mail.objects.get()
    assert letter.to == solution.contact_email
    assert "Juva" in letter.subject
    assert member.email in letter.text


def test_others_cannot_tell(solution, town):
    company = OrganisationFactory()
    waiting = UserFactory()
    town.memberships.create(user=waiting, state="requested")
    cases = [
        (town, UserFactory()),
        (town, UserFactory(member_of=OrganisationFactory(a_municipality=True))),
        (town, waiting),
        (town, UserFactory(owner=True)),
        (company, UserFactory(member_of=company)),
    ]
    for organisation, person in cases:
        with pytest.raises(Denied):
            tell(solution, organisation, person)


def test_hidden_solution_takes_no_word(town, member):
    with pytest.raises(Denied):
        tell(SolutionFactory(hidden=True), town, member)


def test_unknown_stage_is_refused(solution, town, member):
    with pytest.raises(Invalid):
        tell(solution, town, member, stage="loved")


def test_database_holds_one_active_use(solution, town):
    ReuseFactory(solution=solution, organisation=town, stage="stopped")
    ReuseFactory(solution=solution, organisation=town, stage="piloting")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReuseFactory(solution=solution, organisation=town, stage="interested")


# The page --------------------------------------------------------------------------------------


def address(solution):
    return reverse("catalogue:reuse", args=[solution.slug])


def test_member_tells_and_it_is_shown(client, solution, town, member):
    client.force_login(member)
    page = client.get(address(solution) + "?stage=interested")
    assert 'value="interested"' in page.content.decode()
    data = {"organisation": town.pk, "stage": "interested", "note": "<b>Heti</b>"}
    response = client.post(address(solution), data, follow=True)
    html = response.content.decode()
    assert "Juva" in html
    assert "Wants to pilot" in html
    assert "<b>Heti</b>" not in html
    assert "&lt;b&gt;Heti" in html
    html = type(client)().get(response.redirect_chain[-1][0]).content.decode()
    assert "Juva" in html


def test_others_are_told_who_may_tell(client, solution):
    assert client.get(address(solution)).status_code == 302
    client.force_login(UserFactory())
    html = client.get(address(solution)).content.decode()
    assert "Find your municipality" in html
    client.post(address(solution), {"organisation": 1, "stage": "interested"})
    assert not Reuse.objects.exists()


def test_another_municipality_cannot_be_named(client, solution, member):
    other = OrganisationFactory(a_municipality=True)
    client.force_login(member)
    response = client.post(address(solution), {"organisation": other.pk, "stage": "interested"})
    assert response.status_code == 400
    assert not Reuse.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"stage": "loved"},
        {"stage": "interested", "note": "x" * 1001},
        {"stage": "interested", "note": "a\x00b"},
        {"stage": "stopped"},
        {"stage": "interested", "organisation": "x"},
    ],
)
def test_wrong_word_comes_back_with_what_was_typed(client, solution, town, member, data):
    client.force_login(member)
    response = client.post(address(solution), {"organisation": town.pk, **data})
    assert response.status_code == 400
    assert "error-summary" in response.content.decode()
    assert not Reuse.objects.exists()


def test_hidden_solution_has_no_pages(client, member):
    hidden = SolutionFactory(hidden=True)
    client.force_login(member)
    assert client.get(address(hidden)).status_code == 404
    assert client.get(hidden.get_absolute_url()).status_code == 404


def test_municipalitys_page_shows_its_uses(client, solution, town):
    ReuseFactory(solution=solution, organisation=town, stage="in_use")
    ReuseFactory(solution=SolutionFactory(hidden=True), organisation=town)
    html = client.get(reverse("accounts:organisation", args=[town.slug])).content.decode()
    assert solution.title in html
    assert html.count('class="tag"') == 1
