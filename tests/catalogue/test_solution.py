"""A solution's page, and its place in the back office."""

import pytest
from django.urls import reverse

from catalogue import queries
from catalogue.models import Solution
from challenges import hosting
from cms.setup import setup_site
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.factories.challenges import HostFactory

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>[x](javascript:alert(1))"


def test_page_tells_all(client):
    solution = SolutionFactory(
        users=2, award="Voittaja", cost="12 000 €", steps=["Sovi", "Kokeile"], origin="Haaste 2026"
    )
    html = client.get(solution.get_absolute_url()).content.decode()
    for words in (
        solution.title,
        solution.problem,
        "Voittaja",
        "12 000 €",
        "Kokeile",
        "Haaste 2026",
        solution.owner.name,
        "2 municipalities",
    ):
        assert words in html


def test_bare_solution_has_a_page(client):
    solution = SolutionFactory(
        theme=None, problem="", solution="", contact_email="", municipality="", readiness="idea"
    )
    assert client.get(solution.get_absolute_url()).status_code == 200


def test_texts_are_escaped_and_odd_links_dropped(client):
    solution = SolutionFactory(
        title="<img src=x onerror=alert(1)>",
        summary=EVIL,
        problem=EVIL,
        solution=EVIL,
        how_it_works=EVIL,
        context=EVIL,
        provider=EVIL,
        steps=[EVIL],
        trust={"security": {"value": EVIL, "note": EVIL}},
    )
    ReuseFactory(solution=solution, note=EVIL)
    html = client.get(solution.get_absolute_url()).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def test_edit_link_is_for_the_owners_staff(client):
    setup_site()
    solution = SolutionFactory()
    hosting.ensure_host(solution.owner)
    address = reverse("wagtailsnippets_catalogue_solution:edit", args=[solution.pk])
    assert address not in client.get(solution.get_absolute_url()).content.decode()
    client.force_login(UserFactory(member_of=solution.owner))
    assert address not in client.get(solution.get_absolute_url()).content.decode()
    client.force_login(UserFactory(staff_of=solution.owner))
    assert address in client.get(solution.get_absolute_url()).content.decode()


def test_trail_stands_where_the_solution_is():
    for readiness, users, now in (
        ("idea", 0, 0),
        ("pilot", 0, 1),
        ("production", 0, 2),
        ("idea", 1, 2),
    ):
        solution = SolutionFactory(readiness=readiness, users=users)
        steps = queries.trail_of(solution)
        assert [step.state for step in steps].index("now") == now


def test_numbers_count_published_ones_only():
    SolutionFactory(users=2)
    SolutionFactory(hidden=True, users=1)
    found = queries.numbers()
    assert (found.solutions, found.municipalities, found.uses, found.pilots) == (1, 2, 2, 0)


# The back office -------------------------------------------------------------------------------


@pytest.fixture
def office(client):
    """The back office of a host, with a neighbour beside it."""
    setup_site()
    host = HostFactory()
    hosting.ensure_host(host)
    client.force_login(UserFactory(staff_of=host))
    return client, host


def back(name, *args):
    return reverse(f"wagtailsnippets_catalogue_solution:{name}", args=args)


def form(host, **changes):
    return {
        "title": "Uusi ratkaisu",
        "summary": "Lyhyesti",
        "language": "fi",
        "owner": host.pk,
        "contacts-TOTAL_FORMS": "0",
        "contacts-INITIAL_FORMS": "0",
        "readiness": "idea",
        "tags": "",
        **changes,
    }


def test_staff_see_their_own_solutions_only(office):
    client, host = office
    own, other = SolutionFactory(owner=host), SolutionFactory()
    html = client.get(back("list")).content.decode()
    assert own.title in html
    assert other.title not in html
    assert client.get(back("edit", own.pk)).status_code == 200
    for name in ("edit", "history", "usage", "delete", "unpublish", "preview_on_edit"):
        response = client.get(back(name, other.pk))
        assert response.status_code in (302, 404), name
        assert other.title not in response.content.decode()
    client.post(back("edit", other.pk), form(host, title="Kaapattu"))
    other.refresh_from_db()
    assert other.title != "Kaapattu"


def test_chooser_offers_ones_own_only(office):
    client, host = office
    own, other = SolutionFactory(owner=host), SolutionFactory()
    address = reverse("wagtailsnippetchoosers_catalogue_solution:choose")
    html = client.get(address).content.decode()
    assert own.title in html
    assert other.title not in html


def test_new_solution_is_a_draft_until_published(office):
    client, host = office
    assert client.get(back("add")).status_code == 200
    assert client.post(back("add"), form(host)).status_code == 302
    made = Solution.objects.get()
    assert made.slug.startswith("uusi-ratkaisu-")
    assert not made.live
    assert client.get(made.get_absolute_url()).status_code == 404
    client.force_login(UserFactory(owner=True))
    client.post(back("edit", made.pk), form(host, **{"action-publish": "1"}))
    made.refresh_from_db()
    assert made.live
    assert client.get(made.get_absolute_url()).status_code == 200


def test_two_new_solutions_do_not_share_an_address(office):
    client, host = office
    for _ in range(2):
        client.post(back("add"), form(host))
    assert len(set(Solution.objects.values_list("slug", flat=True))) == 2


def test_solution_is_not_given_to_others(office):
    client, _host = office
    stranger = HostFactory()
    response = client.post(back("add"), form(stranger))
    assert response.status_code == 200
    assert not Solution.objects.exists()


def test_draft_is_previewed_as_its_page(office):
    client, host = office
    own = SolutionFactory(owner=host)
    address = back("preview_on_edit", own.pk)
    client.post(address, form(host, title="Esikatseltava nimi"))
    response = client.get(address)
    assert response.status_code == 200
    assert "Esikatseltava" in response.content.decode().replace("\u00ad", "")
    own.refresh_from_db()
    assert own.title != "Esikatseltava nimi"


def test_owner_of_the_platform_sees_all(office):
    client, _host = office
    other = SolutionFactory()
    client.force_login(UserFactory(owner=True))
    assert other.title in client.get(back("list")).content.decode()
    assert client.get(back("edit", other.pk)).status_code == 200
