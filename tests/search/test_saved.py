"""Searches that people keep: their own only, within limits, told of, in their data, erased."""

import datetime as dt
import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils import translation

from accounts.erasure import erase
from accounts.my_data import collect
from core import clock, daily, outbox
from core.models import Mail
from search import registry, saved, service
from search.actions import MOST_SAVED
from search.models import SavedSearch
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.catalogue import SolutionFactory
from tests.search.making import no_progress

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def person(client, index):
    town = OrganisationFactory(
        a_municipality=True, name="Juva", population=6000, region="Etelä-Savo"
    )
    made = UserFactory(member_of=town, language="en")
    client.force_login(made)
    return made


def page(client, query=""):
    return client.get(reverse("search:catalogue") + query).content.decode()


def keep(client, query="?q=koulukyyti", **data):
    return client.post(reverse("search:save") + query, {"name": "Kyydit", **data})


def test_own_size_and_region_are_kept_and_opened_by_links_alone(client, person):
    """No script is needed: each step is a link or a form."""
    like = page(client).split("Of the size and region of Juva")[0].rpartition('href="')[2]
    query = like.partition('"')[0].replace("&amp;", "&")
    narrowed = page(client, query)
    assert "Like Juva: size and region chosen" in narrowed
    address = narrowed.split("Keep this search")[0].rpartition('href="')[2].partition('"')[0]
    form = client.get(address.replace("&amp;", "&"))
    assert "Etelä-Savo" in form.context["form"].initial["name"]
    assert keep(client, query, name="Kuin me").url == reverse("search:catalogue") + query
    kept = SavedSearch.objects.get()
    assert (kept.user, kept.name, kept.query) == (person, "Kuin me", query)
    assert "Keep this search" not in page(client, query)
    assert "Keep this search" in page(client, query + "&theme=koulu")
    shown = query.replace("&", "&amp;")
    for html in (page(client), client.get(reverse("accounts:home")).content.decode()):
        assert f'href="{reverse("search:catalogue")}{shown}">Kuin me</a>' in html
    home = client.get(reverse("accounts:home")).content.decode()
    assert reverse("search:feed", args=["atom"]) + shown in home
    assert client.get(reverse("search:feed", args=["atom"]) + query).status_code == 200


def test_page_order_and_comparison_are_no_part_of_it(client, person):
    keep(client, "?q=x&page=3&more=1&s=ratkaisu-1&sort=newest&unknown=1")
    assert SavedSearch.objects.get().query == "?q=x"


@pytest.mark.parametrize(
    ("name", "query"), [("", "?q=x"), ("x" * 81, "?q=x"), ("a\x00b", "?q=x"), (" ", "?q=x")]
)
def test_wrong_name_comes_back_at_its_field(client, person, name, query):
    answer = keep(client, query, name=name)
    assert answer.status_code == 400
    assert answer.context["form"].errors["name"]
    assert not SavedSearch.objects.exists()


def test_one_of_a_name_and_not_without_end(client, person):
    keep(client)
    again = keep(client, "?q=muu")
    assert again.status_code == 400
    assert again.context["form"].errors["name"] == ["You have a search of this name already."]
    for number in range(1, MOST_SAVED):
        assert keep(client, name=f"Haku {number}").status_code == 302
    assert keep(client, name="Yli").status_code == 400
    assert SavedSearch.objects.count() == MOST_SAVED
    long = "&".join(f"municipality={'ä' * 90}{n}" for n in range(12))
    SavedSearch.objects.all().delete()
    assert keep(client, f"?{long}").status_code == 400
    client.force_login(UserFactory())
    assert keep(client).status_code == 302  # a name is one's own


def test_anothers_is_not_there(client, person):
    keep(client)
    own = SavedSearch.objects.get()
    address = reverse("search:remove", args=[own.uid])
    assert client.get(address).status_code == 405
    client.force_login(UserFactory())
    assert client.post(address).status_code == 404
    assert "Kyydit" not in page(client)
    assert "Kyydit" not in client.get(reverse("accounts:home")).content.decode()
    client.logout()
    assert client.post(address).status_code == 401
    assert client.get(reverse("search:save")).status_code == 302
    assert "Keep this search" not in page(client, "?q=x")
    client.force_login(person)
    assert client.post(address).status_code == 302
    assert not SavedSearch.objects.exists()


def test_it_is_in_ones_data_and_goes_with_the_person(client, person):
    keep(client)
    data = json.loads(json.dumps(collect(person)[0], cls=DjangoJSONEncoder))
    assert [one["query"] for one in data["saved_searches"]] == ["?q=koulukyyti"]
    assert saved.held(UserFactory()).data == []
    erase(user=person, at=clock.now())
    assert not SavedSearch.objects.exists()


def test_new_solutions_are_told_once_in_one_letter(client, person):
    keep(client, mail="on")
    keep(client, "?q=koulu", name="Koulut", mail="on")
    keep(client, "?q=koulukyyti", name="Ilman postia")
    now = clock.now()
    for title, hours in (("vanha", -99), ("uusi", 1)):
        published = now + dt.timedelta(hours=hours)
        SolutionFactory(title=f"Koulukyyti {title}", first_published_at=published)
    service.engine().rebuild(registry.every_document(), no_progress)
    outbox.emit(daily.EVENT)
    outbox.run_now()
    letter = Mail.objects.get(template="saved_searches")
    assert letter.to == person.email
    assert "Koulukyyti uusi" in letter.text
    assert "vanha" not in letter.text
    assert "Ilman postia" not in letter.text
    later = now + dt.timedelta(days=1)
    SavedSearch.objects.update(told_at=later)
    saved.tell(user=person.pk, at=later)
    assert Mail.objects.filter(template="saved_searches").count() == 1
