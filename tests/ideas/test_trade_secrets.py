"""The secret part of an answer: written, refused with words, handed in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from challenges.definition import BadDefinition, Definition
from core import clock
from core.canonical import digest
from core.errors import Denied, Invalid
from ideas import actions, attachments, versions
from ideas.trade_secrets import clean_parts
from tests.factories import files
from tests.factories.ideas import organisations_form, question
from tests.ideas.making import add, proposal, submit
from tests.ideas.secret_making import (
    OPEN,
    SECRET,
    WHY,
    client_of,
    closed,
    own,
    with_secret,
    write,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def faults_of(idea, person):
    with pytest.raises(Invalid) as refusal:
        actions.submit_idea(idea=idea, at=clock.now(), by=person)
    return refusal.value.errors


# The form ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "more",
    [
        {"visibility": "jury"},
        {"visibility": "staff"},
        {"purpose": "summary"},
        {"type": "email"},
        {"type": "choice", "options": [{"value": v, "label": {"fi": v}} for v in "ab"]},
    ],
)
def test_only_open_and_ordinary_questions_may_have_a_secret_part(more):
    raw = organisations_form()
    raw["steps"][0]["fields"].append(question("x", more.get("type", "long_text"), secret=True))
    raw["steps"][0]["fields"][-1] |= more
    with pytest.raises(BadDefinition, match="secret part"):
        Definition.parse(raw)


def test_secret_parts_are_no_questions():
    definition = Definition.parse(organisations_form())
    assert set(definition.parts) == {"problem-secret", "problem-why", "open_files-why"}
    assert not set(definition.parts) & set(definition.fields)


# Writing -----------------------------------------------------------------------------------------
def test_secret_part_is_kept_apart_from_the_answers():
    idea, _person = with_secret()
    idea.refresh_from_db()
    assert idea.secrets == {"problem-secret": SECRET, "problem-why": WHY}
    assert SECRET not in str(idea.answers)


def test_autosave_keeps_the_secret_and_the_page_shows_it_again():
    idea, person = proposal()
    client = client_of(person)
    page = client.get(own(idea, "solution/"))
    sent = {
        "revision": page.context["revision"],
        "seen": page.context["seen"],
        "asked": page.context["asked"],
        "title": "Reittiopas koulukyydeille",
        "problem": OPEN,
        "problem-secret": SECRET,
        "problem-why": "",
    }
    answer = client.post(own(idea, "solution/"), sent, headers={"X-Autosave": "1"})
    assert answer.status_code == 200
    idea.refresh_from_db()
    assert idea.secrets == {"problem-secret": SECRET}
    body = client.get(own(idea, "solution/")).content.decode()
    assert SECRET in body
    assert '<details class="secret-box" open>' in body
    # The page goes on from what it has been told, without a clash.
    sent |= {"revision": answer.json()["revision"], "seen": answer.json()["seen"]}
    sent["problem-why"] = WHY
    assert client.post(own(idea, "solution/"), sent).status_code == 302


def test_two_windows_show_both_secret_texts():
    idea, person = with_secret()
    with pytest.raises(actions.StaleDraft) as clash:
        actions.save_draft(
            idea=idea,
            answers={"problem-secret": "Toinen teksti"},
            revision=0,
            at=clock.now(),
            by=person,
        )
    assert clash.value.stored == {"problem-secret": SECRET}


def test_emptied_secret_goes():
    idea, person = with_secret()
    idea = write(idea, person, **{"problem-secret": "", "problem-why": ""})
    assert idea.secrets == {}


@pytest.mark.parametrize(
    ("changed", "name", "words"),
    [
        ({"problem-why": ""}, "problem-why", "Without a reason"),
        ({"problem-secret": ""}, "problem-secret", "no secret text"),
        ({"problem": ""}, "problem", "Not everything can be secret"),
        ({"problem": "Salaista."}, "problem", "Not everything can be secret"),
        ({"problem": SECRET}, "problem", "says the same"),
        ({"problem-secret": "x" * 4001}, "problem-secret", "too long"),
    ],
)
def test_what_is_refused_is_said_where_it_happened(changed, name, words):
    idea, person = with_secret(**changed)
    assert words in " ".join(faults_of(idea, person)[name])
    client = client_of(person)
    body = client.get(own(idea, "solution/?check=1")).content.decode()
    assert words in body
    review = client.get(own(idea, "-tarkista/")).content.decode()
    assert words in review


def test_secret_file_needs_a_reason_and_may_stand_alone_where_no_file_is_required():
    idea, person = proposal()
    add(idea, person, "laskelma.pdf", secret=True)
    assert set(faults_of(idea, person)) == {"open_files-why"}
    idea = write(idea, person, **{"open_files-why": WHY})
    submit(idea, person)


def test_secret_file_is_no_answer_to_a_question_that_needs_a_file():
    idea, person = proposal(definition=organisations_form(required=True))
    add(idea, person, "laskelma.pdf", secret=True)
    idea = write(idea, person, **{"open_files-why": WHY})
    assert set(faults_of(idea, person)) == {"open_files"}


def test_question_without_secret_parts_takes_none():
    idea, person = proposal()
    with pytest.raises(Denied):
        add(idea, person, "x.pdf", key="jury_files", secret=True)
    idea = write(idea, person, **{"title-secret": SECRET, "nothing-why": WHY})
    assert idea.secrets == {}


def test_files_are_sent_without_scripts():
    idea, person = proposal()
    client = client_of(person)
    sent = {"revision": idea.revision, "open_files-why": WHY, "upload": "1"}
    sent["open_files-secret"] = SimpleUploadedFile("salainen.pdf", files.pdf())
    assert client.post(own(idea, "files/"), sent).status_code == 302
    body = client.get(own(idea, "files/")).content.decode()
    assert "salainen.pdf" in body
    assert WHY in body
    [one] = idea.attachments.all()
    assert (one.field_key, one.secret) == ("open_files", True)


# Handing in --------------------------------------------------------------------------------------
def test_version_and_its_digest_cover_the_secret():
    idea, person = with_secret()
    add(idea, person, "laskelma.pdf", secret=True)
    idea = submit(write(idea, person, **{"open_files-why": WHY}), person)
    first = idea.current_version
    assert first.payload["secrets"]["problem-secret"] == SECRET
    assert first.payload["attachments"][0]["secret"] is True
    assert versions.is_intact(first)
    changed = {**first.payload, "secrets": {**first.payload["secrets"], "problem-secret": "muu"}}
    assert digest(changed) != first.digest

    idea = write(idea, person, **{"problem-secret": SECRET + " ja muuta"})
    assert not versions.same_content(first, idea, versions.attachments_of(idea))
    idea = submit(idea, person)
    first.refresh_from_db()
    assert first.payload["secrets"]["problem-secret"] == SECRET
    assert idea.current_version.payload["secrets"]["problem-secret"] == SECRET + " ja muuta"


def test_preview_tells_the_two_sides_apart():
    idea, person = with_secret()
    body = client_of(person).get(own(idea, "-tarkista/")).content.decode()
    open_side, _split, closed_side = body.partition('class="closed-side"')
    assert OPEN in open_side
    assert SECRET not in open_side
    assert SECRET in closed_side
    assert WHY in closed_side


def test_late_writer_still_reads_the_own_secret():
    idea, person = with_secret()
    idea = closed(idea)
    assert SECRET in client_of(person).get(own(idea, "solution/")).content.decode()


def test_reason_alone_is_told_of():
    definition = Definition.parse(organisations_form())
    _kept, errors = clean_parts(definition.fields.values(), {"open_files-why": WHY}, [])
    assert set(errors) == {"open_files-secret"}


def test_public_and_secret_files_have_room_of_their_own():
    idea, person = proposal(definition=organisations_form(max_files=1))
    add(idea, person, "avoin.pdf")
    add(idea, person, "salainen.pdf", secret=True)
    with pytest.raises(attachments.Refused):
        add(idea, person, "toinen.pdf", secret=True)
