"""Every door to a proposal, tried by a juror who has told of a tie, and by a blind jury."""

import io
import zipfile

import pytest
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from core.models import AuditEntry, Mail
from ideas import registry as ideas_registry
from ideas.anonymous import CannotHide, anonymous_name, without_authors
from ideas.models import Idea
from scoring import rules
from scoring.actions import panel
from search.documents import idea_document
from tests.factories.scoring import World
from tests.scoring.test_admin import enter

pytestmark = pytest.mark.django_db


def doors(idea, one):
    """Addresses where the proposal could be met: its own, lists, exports, the desk."""
    slug = idea.challenge.slug
    return [
        reverse("ideas:page", args=[idea.uid.hex]),
        reverse("ideas:list", args=[slug]),
        f"/fi/haasteet/{slug}/ehdotukset.csv",
        f"/fi/haasteet/{slug}/ehdotukset.csv?q=Ehdotus",
        idea.challenge.get_absolute_url(),
        reverse("scoring:sheet", args=[one.pk]),
        reverse("scoring:print", args=[one.pk]),
        reverse("scoring:abstain", args=[one.pk]),
        reverse("scoring:queue", args=[one.juror_id]),
        reverse("scoring:strip", args=[one.juror_id]),
        reverse("scoring:ties", args=[one.juror_id]),
        reverse("scoring:juries"),
        reverse("accounts:home"),
    ]


def text_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace")


@pytest.mark.parametrize("kind", ["conflict", "potential"])
def test_tie_closes_every_door_to_the_juror_and_to_nobody_else(client, kind):
    world = World.make(ideas=2, jurors=3, assigned=True)
    world.declare_all()
    one = world.assignments()[0]
    idea, juror = one.idea, one.juror
    panel.declare(juror=juror, idea=idea, kind=kind, reason="Sisareni", by=juror.user, at=world.at)
    Mail.objects.all().delete()
    client.force_login(juror.user)
    for address in doors(idea, one):
        html = text_of(client.get(address))
        assert idea.summary not in html, address
        assert "Ongelma numero" + f" {idea.number} " not in html, address
        if "/tuomari/" not in address:
            assert idea.title not in html, address
    similar = ideas_registry.SimilarQuery(
        text=idea.title,
        language="fi",
        challenge_id=idea.challenge_id,
        without=ideas_registry.closed_to(juror.user),
    )
    assert idea.title not in [found.title for found in ideas_registry.similar(similar)]
    assert not rules.may_read(juror.user, idea)
    assert not [m for m in Mail.objects.filter(to=juror.email) if idea.title in m.text]
    # The others read on.
    client.logout()
    assert idea.title in text_of(client.get(doors(idea, one)[0]))
    client.force_login(world.staff)
    assert idea.title in text_of(client.get(doors(idea, one)[1]))


def test_blind_rubric_hides_the_proposer_until_the_decision(client):
    world = World.make(ideas=2, jurors=2, blind=True)
    world.assign()
    world.declare_all()
    one = world.assignments()[0]
    idea = Idea.objects.for_reading().get(pk=one.idea_id)
    secrets = ("Ehdottaja", "ehdottaja-", "esimerkki-1", "esimerkki-2")
    client.force_login(one.juror.user)
    for signed_in in (True, False):
        if not signed_in:
            client.logout()
        for address in doors(idea, one):
            html = text_of(client.get(address))
            for word in secrets:
                assert f"{word} {idea.number}" not in html, address
                assert f"{word}{idea.number}" not in html, address
    assert "Ehdottaja 1" not in repr(idea_document(idea))
    for letter in Mail.objects.filter(to=one.juror.email):
        assert "Ehdottaja 1" not in letter.text
    Idea.objects.update(state="decided")
    html = text_of(client.get(doors(idea, one)[0]))
    assert f"Ehdottaja {idea.number}" in html


def test_who_saw_the_proposers_is_on_record(client):
    world = World.make(ideas=1, jurors=2, blind=True)
    enter(client, world)
    client.get(reverse("ideas_admin:proposals", args=[world.challenge.pk]))
    client.get(reverse("ideas_admin:proposal", args=[world.challenge.pk, world.ideas[0].number]))
    seen = AuditEntry.objects.filter(verb__startswith="proposer").order_by("pk")
    assert [(e.verb, e.by) for e in seen] == [
        ("proposers.seen", world.staff),
        ("proposer.seen", world.staff),
    ]


def word_file():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("word/document.xml", '<w:ins w:author="Kuusama Oy"><w:t>Teksti</w:t></w:ins>')
        book.writestr("docProps/core.xml", "<dc:creator>Kuusama Oy</dc:creator>")
        book.writestr("docProps/app.xml", "<Company>Kuusama Oy</Company>")
        book.writestr("meta.xml", "<dc:creator>Kuusama Oy</dc:creator>")
        book.writestr("xl/comments1.xml", "<authors><author>Kuusama Oy</author></authors>")
    made.seek(0)
    return made


def test_documents_for_a_blind_jury_name_nobody():
    cleaned = without_authors(word_file(), "application/vnd.openxmlformats")
    with zipfile.ZipFile(cleaned) as book:
        whole = b"".join(book.read(name) for name in book.namelist())
    assert b"Kuusama" not in whole
    assert b"Teksti" in whole


def test_pdf_for_a_blind_jury_names_nobody():
    made, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": "Kuusama Oy", "/Creator": "Kuusama"})
    writer.write(made)
    made.seek(0)
    cleaned = without_authors(made, "application/pdf")
    whole = cleaned.read()
    assert b"Kuusama" not in whole
    cleaned.seek(0)
    assert len(PdfReader(cleaned).pages) == 1


def test_what_cannot_be_cleaned_is_not_given():
    with pytest.raises(CannotHide):
        without_authors(io.BytesIO(b"%PDF-1.7 rikki"), "application/pdf")
    with pytest.raises(CannotHide):
        without_authors(io.BytesIO(b"PK ei zip"), "application/vnd.oasis")
    assert anonymous_name(2, "Kuusama Oy tarjous.PDF") == "attachment-2.pdf"
