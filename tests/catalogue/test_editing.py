"""Editing in the back office: drafts, what approval holds back, differences in words."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.utils import translation

from catalogue import shapes
from catalogue.models import Contact, Solution
from tests.catalogue.office import back, form
from tests.factories.catalogue import SolutionFactory

pytestmark = pytest.mark.django_db


# Drafts ------------------------------------------------------------------------------------------


def test_tags_of_a_draft_stay_in_the_draft(client, host, editor):
    one = SolutionFactory(owner=host)
    one.tags.add("vanha")
    one.save()
    client.post(back("edit", one.pk), form(host, tags="uusi"))
    one = Solution.objects.get()
    assert [tag.name for tag in one.tags.all()] == ["vanha"]
    assert [tag.name for tag in one.get_latest_revision_as_object().tags.all()] == ["uusi"]
    one.latest_revision.publish()
    assert [tag.name for tag in Solution.objects.get().tags.all()] == ["uusi"]


def test_a_new_one_is_previewed_before_it_is_kept(client, host, editor):
    address = back("preview_on_add")
    client.post(address, form(host, title="Esikatseltava", tags="talvi"))
    response = client.get(address)
    html = response.content.decode().replace("\u00ad", "")
    assert response.status_code == 200
    assert "Esikatseltava" in html
    assert "talvi" in html
    assert not Solution.objects.exists()


def test_licences_are_offered_the_european_one_first(client, host, editor):
    html = client.get(back("add")).content.decode()
    offered = html[html.index('<datalist id="offered-licence">') :]
    assert offered.startswith(
        '<datalist id="offered-licence"><option value="EUPL-1.2"></option><option value="MIT">'
    )
    assert 'list="offered-licence"' in html


def test_difference_of_two_revisions_is_in_words(client, host, editor):
    one = SolutionFactory(
        owner=host,
        steps=["Sovi", "Kokeile"],
        sdgs=[4],
        fits_sizes=["under_5k"],
        trust={"security": {"value": "unknown", "url": "", "note": ""}},
    )
    one.tags.add("ääni")
    one.contacts = [Contact(name="Yhteys Henkilö", consented_on=dt.date(2026, 1, 2))]
    one.save()
    first = one.save_revision()
    one.steps, one.sdgs, one.fits_sizes, one.target_groups = ["Sovi"], [11], [], ["youth"]
    one.trust = {"security": {"value": "yes", "url": "https://arvio.example/", "note": "Testattu"}}
    one.suppliers = [{"name": "Kyyti Oy", "business_id": "", "url": ""}]
    one.cost_once, one.reviewed_on = "1200.50", dt.date(2026, 5, 31)
    one.tags.set(["talvi"])
    one.contacts = [Contact(name="Toinen Henkilö", expires_on=dt.date(2027, 3, 4))]
    second = one.save_revision()
    address = back("revisions_compare", one.pk, first.pk, second.pk)
    html = client.get(address).content.decode()
    for words in (
        *('deletion">Kokeile', 'deletion">4. Hyvä koulutus', 'addition">11. Kestävät kaupungit'),
        *(
            'deletion">alle 5',
            'addition">Nuoret',
            'addition">Kyyti Oy',
            'addition">31. toukokuuta 2026',
        ),
        *("Tietoturva arvioitu: Ei tiedossa", "Kyllä; Testattu; https://arvio.example/"),
        *('deletion">ääni', 'addition">talvi', "1200,50", ">Yhteys", ">Toinen"),
    ):
        assert words in html, words
    for raw in ("under_5k", "&#x27;value&#x27;", ">[4]", ">None", ">[]"):
        assert raw not in html, raw


def test_the_first_draft_is_compared_with_what_is_published(client, host, editor):
    one = SolutionFactory(owner=host, title="Julkaistu nimi")
    client.post(back("edit", one.pk), form(host, title="Luonnoksen nimi"))
    client.post(back("edit", one.pk), form(host, title="Toinen luonnos"))
    titles = [it.as_object().title for it in one.revisions.order_by("pk")]
    assert titles == ["Julkaistu nimi", "Luonnoksen nimi", "Toinen luonnos"]
    first, second, _last = one.revisions.order_by("pk")
    address = back("revisions_compare", one.pk, first.pk, second.pk)
    assert address in client.get(back("history", one.pk)).content.decode()
    html = client.get(address).content.decode()
    assert 'deletion">Julkaistu' in html
    one.refresh_from_db()
    assert (one.title, one.has_unpublished_changes) == ("Julkaistu nimi", True)


@pytest.mark.parametrize(
    ("typed", "kept"), [("1 200,50", "1200.50"), ("1\xa0200,50", "1200.50"), ("1200.50", "1200.50")]
)
def test_amounts_are_written_as_the_editor_writes_them(client, host, editor, typed, kept):
    one = SolutionFactory(owner=host)
    with translation.override("fi"):
        client.post(back("edit", one.pk), form(host, cost_once=typed, staff_days="2,5"))
        draft = Solution.objects.get().get_latest_revision_as_object()
        assert (str(draft.cost_once), str(draft.staff_days)) == (kept, "2.5")
        html = client.get(back("edit", one.pk)).content.decode()
        assert 'value="1200,50"' in html
        wrong = client.post(back("edit", one.pk), form(host, cost_once="-1"))
        assert wrong.context["form"].errors["cost_once"]


def test_trust_facts_stand_under_their_names(client, host, editor):
    told = {"security": {"value": "yes", "url": "", "note": "<b>Testattu</b>"}}
    one = SolutionFactory(owner=host, trust=told)
    soup = BeautifulSoup(client.get(back("edit", one.pk)).content, "html.parser")
    facts = {one.legend.text: one for one in soup.select("fieldset.tk-fact")}
    assert list(facts) == [str(label) for label in shapes.TRUST.values()]
    fact = facts[str(shapes.TRUST["security"])]
    assert fact.select_one("option[selected]")["value"] == "yes"
    assert fact.select("input")[-1]["value"] == "<b>Testattu</b>"
