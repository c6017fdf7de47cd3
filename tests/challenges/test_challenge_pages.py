"""What readers see of challenges, in how many queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import ensure_user, grant_role
from accounts.states import Role
from challenges import actions, hosting, queries, recipes
from challenges.models import Challenge
from challenges.registry import _checks
from challenges.states import ChallengeState, Status
from cms.setup import setup_site
from core import clock
from tests.factories.challenges import ChallengeFactory, HostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_checks_only():
    kept, _checks[:] = list(_checks), []
    yield
    _checks[:] = kept


@pytest.fixture
def site():
    return setup_site()


@pytest.fixture
def host(site):
    organisation = HostFactory(name="Mikkelin kaupunki", slug="mikkeli")
    hosting.ensure_host(organisation)
    return organisation


@pytest.fixture
def staff(host):
    user = ensure_user(email="staff@mikkeli.example")
    grant_role(organisation=host, user=user, role=Role.STAFF, by=None)
    return user


def made(host, title="Mikä kangertaa?", days=-10) -> Challenge:
    return actions.create_from_recipe(
        recipe=recipes.load("mikkeli"),
        owner=host,
        opens_on=clock.local(clock.now()).date() + dt.timedelta(days=days),
        title={"fi": title, "sv": "Vad kärvar?"},
        contact_email="haaste@mikkeli.example",
        by=None,
    )


def opened(host, **kwargs) -> Challenge:
    return actions.open_challenge(challenge=made(host, **kwargs), by=None, at=clock.now())


def test_page_is_not_there_before_opening_even_if_published(client, host):
    challenge = made(host)
    for page in challenge.pages.all():
        page.save_revision().publish()
    assert client.get("/fi/mikkeli/mika-kangertaa/").status_code == 404


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_page_is_in_each_language_under_the_same_path(client, host, language):
    challenge = opened(host)
    response = client.get(f"/{language}/mikkeli/{challenge.slug}/")
    assert response.status_code == 200
    text = response.content.decode()
    assert recipes.load("mikkeli").page["faq"][0]["question"][language] in text
    assert f'<html lang="{language}">' in text


def test_name_that_is_not_translated_is_marked_with_its_language(client, host):
    challenge = opened(host)
    text = client.get(f"/en/mikkeli/{challenge.slug}/").content.decode()
    assert '<h1 lang="fi">' in text


def test_doors_are_open_only_while_one_may_propose(client, host):
    now = opened(host, title="Nyt")
    coming = opened(host, title="Tulossa", days=20)
    door = f"/fi/ehdota/{now.slug}/citizens/"
    assert door in client.get(f"/fi/mikkeli/{now.slug}/").content.decode()
    text = client.get(f"/fi/mikkeli/{coming.slug}/").content.decode()
    assert "/fi/ehdota/" not in text


@pytest.mark.parametrize("state", [ChallengeState.DECIDED, ChallengeState.CANCELLED])
def test_page_stays_after_the_end(client, host, state):
    challenge = opened(host)
    Challenge.objects.filter(pk=challenge.pk).update(state=state, cancel_reason="Rahat loppuivat")
    text = client.get(f"/fi/mikkeli/{challenge.slug}/").content.decode()
    assert "/fi/ehdota/" not in text
    assert ("Rahat loppuivat" in text) == (state == ChallengeState.CANCELLED)


def test_list_puts_open_ones_first_and_hides_the_rest(client, host):
    ChallengeFactory(owner=host)
    ChallengeFactory(owner=host, cancelled=True)
    decided = ChallengeFactory(owner=host, decided=True)
    scoring = ChallengeFactory(owner=host, closed=True)
    coming = ChallengeFactory(owner=host, coming=True)
    now = ChallengeFactory(owner=host, opened=True)
    listed = queries.public_list(at=clock.now())
    assert [one.challenge for one in listed] == [now, coming, scoring, decided]
    assert list(queries.by_status(listed)) == [
        Status.OPEN,
        Status.COMING,
        Status.SCORING,
        Status.DECIDED,
    ]
    assert client.get("/fi/haasteet/").status_code == 200


@pytest.mark.parametrize("path", ["/fi/", "/fi/mikkeli/", "/fi/nain-toimii/", "/sv/apua/"])
def test_other_pages_of_the_site_answer(client, host, path):
    opened(host)
    assert client.get(path).status_code == 200


def test_empty_site_says_so(client, site):
    assert client.get("/fi/haasteet/").status_code == 200
    assert client.get("/fi/").status_code == 200


def test_unknown_page_is_not_found(client, host):
    assert client.get("/fi/mikkeli/ei-ole/").status_code == 404
    assert client.get("/fi/ei-ole/").status_code == 404


def test_setting_up_the_site_again_changes_nothing(site):
    before = site.get_descendant_count()
    assert setup_site().get_descendant_count() == before


def queries_of(client, path) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/fi/", "/fi/haasteet/", "/fi/mikkeli/"])
def test_lists_take_as_many_queries_for_one_as_for_three(client, host, path):
    opened(host, title="Yksi")
    one = queries_of(client, path)
    opened(host, title="Kaksi")
    opened(host, title="Kolme", days=5)
    assert queries_of(client, path) == one


def test_page_takes_as_many_queries_beside_one_challenge_as_beside_three(client, host):
    first = opened(host, title="Yksi")
    one = queries_of(client, f"/fi/mikkeli/{first.slug}/")
    opened(host, title="Kaksi")
    opened(host, title="Kolme")
    assert queries_of(client, f"/fi/mikkeli/{first.slug}/") == one
    assert one <= 20


def test_back_office_list_and_overview_take_as_many_queries_for_one_as_for_three(
    client, host, staff
):
    client.force_login(staff)
    first = made(host, title="Yksi")
    paths = ["/admin/challenges/", f"/admin/challenges/{first.pk}/"]
    one = [queries_of(client, path) for path in paths]
    made(host, title="Kaksi")
    made(host, title="Kolme")
    assert [queries_of(client, path) for path in paths] == one
