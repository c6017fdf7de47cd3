"""What the search box offers: only what is published, few, on both engines alike."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.actions import changed
from core import outbox
from search.suggest import suggestions
from tests.factories.accounts import OrganisationFactory
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.factories.challenges import HostFactory, ThemeFactory
from tests.search.making import BOTH

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(index):
    host = HostFactory(name="Kouvolan kaupunki")
    theme = ThemeFactory(key="koulu", name={"fi": "Koulu ja kasvatus"})
    hidden = ThemeFactory(key="muu", name={"fi": "Kouluttamaton teema"})
    shown = SolutionFactory(title="Koulukyytien reittiapu", owner=host, theme=theme)
    ReuseFactory(solution=shown, organisation__name="Koulumäen kunta")
    secret = SolutionFactory(
        title="Koulupäivän salaisuus",
        owner=HostFactory(name="Koulunevan kunta"),
        theme=hidden,
        hidden=True,
    )
    ReuseFactory(solution=secret, organisation__name="Koulusaaren kunta")
    OrganisationFactory(name="Koulutus Oy")
    for one in (shown, secret):
        changed(one)
    outbox.run_now()
    return shown


def texts(typed):
    return [one.text for one in suggestions(typed)]


@BOTH
def test_titles_themes_and_organisations_of_what_is_published(shelf):
    assert set(texts("koulu")) == {
        "Koulu ja kasvatus",
        "Koulumäen kunta",
        "Koulukyytien reittiapu",
    }
    assert texts("reitti") == ["Koulukyytien reittiapu"]
    assert texts("kouv kau") == ["Kouvolan kaupunki"]


@pytest.mark.parametrize(
    "typed", ["", "k", " ", "%00", "\x00", "qq" * 5000, "a b", "🙂🙂", "' OR 1"]
)
def test_odd_letters_offer_nothing(shelf, typed):
    assert texts(typed) == []


def test_list_is_a_listbox_and_escaped(client, index):
    changed(SolutionFactory(title='Koulu <script> "x"'))
    outbox.run_now()
    html = client.get(reverse("search:suggest"), {"q": "koulu"}).content.decode()
    assert 'role="listbox"' in html
    assert "<script>" not in html
    assert 'data-text="Koulu &lt;script&gt; &quot;x&quot;"' in html
    assert client.get(reverse("search:suggest"), {"q": "zzz"}).content.strip() == b""


def test_endless_asking_is_refused_kindly(client, index, monkeypatch):
    monkeypatch.setattr("search.views.SUGGESTIONS_PER_MINUTE", 1)
    codes = [client.get(reverse("search:suggest"), {"q": f"koulu{n}"}).status_code for n in (1, 2)]
    assert codes == [200, 429]


@BOTH
def test_out_of_reach_the_database_still_offers(shelf, out_of_reach):
    with out_of_reach():
        assert set(texts("koulu")) == {"Koulu ja kasvatus", "Koulumäen kunta"}


def test_few_queries_whatever_there_is(shelf):
    with CaptureQueriesContext(connection) as caught:
        texts("koulu")
    assert len(caught) <= 3
