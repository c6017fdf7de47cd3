"""The jury's report: two editions, three languages, PDF where Pango is, HTML elsewhere."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, outbox, printing
from scoring import report
from scoring.actions import decision as verbs
from scoring.models import Document
from tests.pdf_ua import faults
from tests.scoring.test_decision import draft, reasons, scored, write

pytestmark = pytest.mark.django_db


def decided(world, decision=None, **changes):
    decision = decision or draft(world)
    write(world, decision, **changes)
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())
    outbox.run_now()
    decision.refresh_from_db()
    return decision


def page_of(world, language="fi", *, full=False) -> str:
    return report.html(world.challenge, language, full=full, printable=True)


def test_it_tells_rubric_panel_ranking_decision_and_fingerprints():
    world = scored()
    decision = decided(world)
    text = page_of(world, "en")
    for words in (
        *("Benefit (en)", "benefit taso 5 (en)", "50 %", "Tuomari", "Raati kiittää."),
        *("Ehdotus 1", "Perustelu 1", decision.digest, decision.ranking_digest),
    ):
        assert words in text
    assert world.staff.email not in text


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_it_is_in_each_language(language):
    world = scored()
    decided(world)
    heading = {"fi": "Tuomariston raportti", "sv": "Juryns rapport", "en": "Report of the jury"}
    text = page_of(world, language)
    assert heading[language] in text
    assert f'<html lang="{language}">' in text


def test_public_edition_names_only_what_is_public():
    world = scored(visibility="winners", reasons_public=False)
    decided(world)
    public, full = page_of(world, "en"), page_of(world, "en", full=True)
    assert "Ehdotus 1" in public
    assert "Ehdotus 3" not in public
    assert "2 proposals that are not public are left out." in public
    assert "Ehdotus 3" in full
    assert "Perustelu 3" in full


def test_departure_and_its_reason_are_in_it():
    world = scored()
    decision = draft(world)
    given = reasons(decision)
    second, third = (decision.verdicts.get(rank=rank).pk for rank in (2, 3))
    given[second] = verbs.Choice(awarded=False, reason="Hyvä", deviation="On jo käytössä.")
    given[third] = verbs.Choice(awarded=True, reason="Voitti")
    decided(world, decision, choices=given)
    assert "On jo käytössä." in page_of(world)


def test_ties_are_numbers_in_public_and_words_to_the_auditor():
    world = scored()
    tie = world.jurors[0].declarations.first()
    tie.kind, tie.reason = "potential", "Naapurini"
    tie.save()
    decided(world)
    assert "Naapurini" not in page_of(world)
    assert "Naapurini" in page_of(world, full=True)


def test_before_publication_nothing_is_named_in_public():
    world = scored()
    draft(world)
    text = page_of(world, "en")
    assert "has not been published yet" in text
    assert "Ehdotus" not in text


def test_address_opens_with_the_publication(client):
    world = scored()
    decision = draft(world)
    write(world, decision, publish_at=clock.now() + timedelta(hours=1))
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())
    outbox.run_now()
    address = reverse("scoring:report", args=[world.challenge.slug])
    assert client.get(address).status_code == 404
    type(decision).objects.update(publish_at=clock.now())
    decision.refresh_from_db()
    # The content that was approved names its moment: set it as the approver would have seen it.
    decision.digest = ""
    decision.save()
    type(decision).objects.filter(pk=decision.pk).update(state="approved")
    outbox.OutboxRow.objects.update(run_after=clock.now())
    outbox.run_now()
    answer = client.get(address)
    assert answer.status_code == 200
    assert "cannot make PDF" in answer.content.decode()
    results = client.get(reverse("scoring:results", args=[world.challenge.slug])).content.decode()
    assert address in results


def test_without_pango_it_is_html_that_says_so():
    world = scored()
    decided(world)
    assert set(Document.objects.values_list("media_type", flat=True)) == {printing.HTML}
    content, media_type = report.make(world.challenge, "fi", full=False)
    assert media_type == printing.HTML
    assert "ei osaa tehdä PDF-tiedostoa" in content.decode()
    assert "<script" not in content.decode()


@pytest.mark.verapdf
@pytest.mark.pango
def test_pdf_is_accessible_and_always_the_same(tmp_path):
    world = scored()
    decided(world)
    first, media_type = report.make(world.challenge, "fi", full=True)
    assert media_type == printing.PDF
    assert first == report.make(world.challenge, "fi", full=True)[0]
    short = report.make(world.challenge, "sv", full=False)[0]
    assert faults(tmp_path, first, short) == []


def test_feed_tells_of_published_decisions_only(client):
    open_world, world = scored(), scored()
    draft(open_world)
    decided(world)
    text = client.get(reverse("scoring:feed")).content.decode()
    assert world.challenge.slug in text
    assert open_world.challenge.slug not in text
    assert "2 proposals won" in text
    assert text.count("<entry>") == 1
