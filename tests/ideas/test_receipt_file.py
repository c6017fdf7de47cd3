"""The receipt as PDF: the words that were handed in, for those who may have them."""

import io

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from core import printing
from ideas import links, receipt_file
from ideas.states import TeamRole
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, TeamMemberFactory
from tests.ideas.making import add, proposal, submit
from tests.ideas.secret_making import OPEN, SECRET, closed, with_secret
from tests.pdf_ua import faults

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def own(idea, language="fi"):
    with translation.override(language):
        return reverse("ideas:own_receipt_pdf", args=[idea.uid])


def words(pdf):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())


@pytest.mark.pango
def test_it_tells_what_was_handed_in_and_no_trade_secret(client):
    idea, person = with_secret()
    add(idea, person, name="laskelma.pdf")
    idea = submit(idea, person)
    client.force_login(person, BACKEND)
    answer = client.get(own(idea))
    assert answer["Content-Type"] == printing.PDF
    assert f"{idea.reference}-v1.pdf" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    told = words(answer.content)
    for part in (idea.reference, OPEN, "laskelma.pdf", "liikesalaisuus"):
        assert part in told
    assert idea.current_version.digest in told.replace(" ", "")
    assert SECRET not in told
    assert client.get(own(idea)).content == answer.content


@pytest.mark.verapdf
@pytest.mark.pango
def test_it_is_accessible(client, tmp_path):
    idea, person = proposal()
    idea = submit(idea, person)
    client.force_login(person, BACKEND)
    made = [client.get(own(idea, language)).content for language in ("fi", "sv", "en")]
    assert faults(tmp_path, *made) == []


@pytest.mark.pango
def test_it_is_the_teams_and_whose_link_it_is(client):
    idea, person = proposal()
    address = own(submit(idea, person))
    assert client.get(address).status_code == 302  # to the sign-in
    client.force_login(UserFactory(), BACKEND)
    assert client.get(address).status_code == 404
    reader = TeamMemberFactory(idea=idea, user=UserFactory(), role=TeamRole.READER)
    client.force_login(reader.user, BACKEND)
    assert client.get(address).content.startswith(b"%PDF-")
    client.logout()
    for one, status in ((IdeaFactory(), 404), (IdeaFactory(submitted=True), 200)):
        path = reverse("ideas:receipt_pdf", args=[links.token_of(one)])
        assert client.get(path).status_code == status


def test_without_a_printer_there_is_none_and_no_link_to_it(client):
    idea, person = proposal()
    idea = submit(idea, person)
    client.force_login(person, BACKEND)
    assert client.get(own(idea)).status_code == 404
    page = client.get(reverse("ideas:own_receipt", args=[idea.uid]))
    assert own(idea) not in page.content.decode()


@pytest.mark.pango
def test_when_the_printer_fails_it_says_so(client, monkeypatch):
    monkeypatch.setattr(receipt_file, "STYLE", "css/not-there.css")
    idea, person = proposal()
    idea = submit(idea, person)
    client.force_login(person, BACKEND)
    answer = client.get(own(idea))
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")


def test_the_page_tells_until_when_it_can_be_changed_and_not_after(client):
    idea, person = proposal()
    idea = submit(idea, person)
    client.force_login(person, BACKEND)
    with translation.override("fi"):
        page = reverse("ideas:own_receipt", args=[idea.uid])
    words = "Voit muuttaa ehdotustasi"
    assert words in client.get(page).content.decode()
    closed(idea)
    assert words not in client.get(page).content.decode()
