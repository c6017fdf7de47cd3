"""Files of a proposal: kept, refused one by one, kept as evidence, given to the right people."""

import datetime as dt
import hashlib
import io
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.models import User
from accounts.states import Role
from core import clock
from core.errors import Denied
from core.models import AuditEntry
from ideas import actions, attachments, links
from ideas.errors import CallClosed
from ideas.filetypes import Refused
from ideas.models import Attachment, Idea
from ideas.versions import attachments_of
from tests.factories import files
from tests.factories.ideas import (
    citizens_form,
    member_of,
    open_series,
    organisations_form,
    question,
    whole_answers,
)
from tests.ideas.making import add, proposal, status, submit

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def on_disk(attachments_folder):
    return lambda: [path for path in attachments_folder.rglob("*") if path.is_file()]


def test_file_is_kept_with_its_digest_under_a_name_of_ours(on_disk):
    idea, person = proposal()
    kept = add(idea, person, name="Hinta & kustannus (ääkköset).pdf")
    assert kept.name == "Hinta & kustannus (ääkköset).pdf"
    assert kept.sha256 == hashlib.sha256(files.pdf()).hexdigest()
    assert (kept.size, kept.content_type) == (len(files.pdf()), "application/pdf")
    [path] = on_disk()
    assert path.name == kept.uid.hex
    assert path.read_bytes() == files.pdf()


def test_digest_of_a_picture_is_that_of_what_is_kept(on_disk):
    idea, person = proposal()
    kept = add(idea, person, "kuva.png", files.picture(place=True))
    [path] = on_disk()
    assert hashlib.sha256(path.read_bytes()).hexdigest() == kept.sha256
    assert path.stat().st_size == kept.size
    assert b"Salainen" not in path.read_bytes()


def test_refused_file_leaves_nothing(on_disk):
    idea, person = proposal()
    with pytest.raises(Refused):
        add(idea, person, "kuva.png", files.SVG)
    assert not on_disk()
    assert not Attachment.objects.exists()


def test_number_of_files_is_limited_and_room_comes_back():
    idea, person = proposal()
    first = add(idea, person)
    add(idea, person)
    add(idea, person)
    with pytest.raises(Refused, match="takes 3 files"):
        add(idea, person)
    attachments.remove_file(attachment=first, at=clock.now(), by=person)
    add(idea, person)


def test_disk_that_takes_nothing_is_told_and_leaves_nothing(attachments_folder):
    idea, person = proposal()
    (attachments_folder / idea.uid.hex[:2]).write_bytes(b"")  # where the folder should be
    with pytest.raises(Refused, match="could not be stored"):
        add(idea, person)
    assert not Attachment.objects.exists()


def test_stranger_and_staff_add_nothing_to_a_draft():
    idea, _person = proposal()
    staff = member_of(idea.challenge.owner, "virkailija@kunta.example", Role.STAFF)
    for person in (None, User.objects.create_user("vieras@x.example"), staff):
        with pytest.raises(Denied):
            add(idea, person)


def test_file_answers_only_a_question_of_its_own_form():
    idea, person = proposal()
    other = organisations_form(max_mb=50)
    with pytest.raises(Denied):
        attachments.add_file(
            idea=idea,
            question=type(idea.form.parsed).parse(other).fields["open_files"],
            file=io.BytesIO(files.pdf()),
            name="a.pdf",
            size=9,
            at=clock.now(),
            by=person,
        )


def test_what_was_handed_in_keeps_its_file_when_it_is_removed(on_disk):
    idea, person = proposal()
    kept = add(idea, person)
    idea = submit(idea, person)
    attachments.remove_file(attachment=kept, at=clock.now(), by=person)
    assert not attachments_of(idea)
    assert idea.current_version.payload["attachments"][0]["uid"] == kept.uid.hex
    assert len(on_disk()) == 1
    assert AuditEntry.objects.filter(verb="attachment.removed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_draft_loses_its_file_for_good(on_disk):
    idea, person = proposal()
    kept = add(idea, person)
    attachments.remove_file(attachment=kept, at=clock.now(), by=person)
    assert not on_disk()
    assert not Attachment.objects.exists()


def test_after_closing_a_delivered_proposal_takes_no_files():
    idea, person = proposal()
    idea = submit(idea, person)
    late = idea.challenge.closes_at + HOUR
    with pytest.raises(CallClosed):
        add(idea, person, at=late)


def test_changed_file_makes_a_new_version():
    idea, person = proposal()
    add(idea, person)
    submit(idea, person)
    add(idea, person, "toinen.pdf")
    assert submit(idea, person).current_version.number == 2
    assert submit(idea, person).current_version.number == 2


# Over HTTP --------------------------------------------------------------------------------------
def step_url(idea, key="files", language="en"):
    return f"/{language}/oma/ehdotus/{idea.uid}/{key}/"


def upload(name, data):
    return SimpleUploadedFile(name, data, content_type="image/png")


def test_bad_files_are_named_the_others_and_the_text_are_kept(client):
    idea, person = proposal()
    client.force_login(person)
    response = client.post(
        step_url(idea),
        {
            "revision": idea.revision,
            "note": "Tämä teksti säilyy.",
            "open_files": [
                upload("hyva.pdf", files.pdf()),
                upload("kuva.png", files.SVG),
                upload("tyhja.pdf", b""),
                upload("iso.pdf", files.pdf("x" * 1024 * 1024)),
            ],
        },
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "“kuva.png” was not taken. The name says PNG, but the content is SVG." in text
    assert "“iso.pdf” was not taken. The file has 1.0" in text
    assert [one["name"] for one in attachments_of(idea)] == ["hyva.pdf"]
    assert "hyva.pdf" in text
    assert Idea.objects.get(pk=idea.pk).answers["note"] == "Tämä teksti säilyy."
    assert "Tämä teksti säilyy." in text
    assert "“tyhja.pdf” was not taken. The file is empty (0 bytes)." in text
    assert 'href="#q-open_files"' in text


def test_limits_are_said_before_choosing(client):
    idea, person = proposal()
    client.force_login(person)
    text = client.get(step_url(idea)).content.decode()
    assert "PDF, Word (docx), PNG. One file may have 1 MB at most. 3 files fit here." in text
    assert 'accept=".pdf,.png,.docx"' in text
    assert 'data-max-bytes="1048576"' in text
    assert 'enctype="multipart/form-data"' in text


def test_adding_and_removing_return_to_the_step(client):
    idea, person = proposal()
    client.force_login(person)
    added = client.post(
        step_url(idea), {"revision": 1, "open_files": upload("a.pdf", files.pdf()), "upload": "1"}
    )
    assert added["Location"] == f"{step_url(idea)}#files"
    kept = Attachment.objects.get()
    for _press in range(2):  # the second press finds nothing and is no error
        removed = client.post(step_url(idea), {"revision": 1, "remove": kept.uid.hex})
        assert removed.status_code == 302
    assert not attachments_of(idea)


def test_file_of_another_proposal_is_not_removed(client):
    idea, person = proposal()
    kept = add(idea, person)
    client.force_login(person)
    other = actions.start_draft(
        series=idea.series,
        language="fi",
        at=clock.now(),
        by=person,
        organisation=idea.organisation,
    )
    for uid in (kept.uid.hex, "roskaa", str(uuid4())):
        client.post(step_url(other), {"revision": 0, "remove": uid})
    assert Attachment.objects.get().removed_at is None


def test_full_question_offers_no_more_room(client):
    idea, person = proposal()
    for _file in range(3):
        add(idea, person)
    client.force_login(person)
    text = client.get(step_url(idea)).content.decode()
    assert "No more files fit here" in text


def test_file_too_large_for_any_question_does_not_fill_the_disk(client, monkeypatch):
    monkeypatch.setattr("core.uploads.FILE_AT_MOST", 2 * 1024 * 1024)
    idea, person = proposal()
    client.force_login(person)
    data = files.pdf("x" * 5 * 1024 * 1024)
    response = client.post(
        step_url(idea), {"revision": 1, "note": "Teksti", "open_files": upload("a.pdf", data)}
    )
    assert response.status_code == 422
    assert "“a.pdf” was not taken. The file has 5.0" in response.content.decode()
    assert Idea.objects.get(pk=idea.pk).answers["note"] == "Teksti"


def test_required_file_is_asked_for(client):
    idea, person = proposal(definition=organisations_form(required=True))
    client.force_login(person)
    response = client.post(step_url(idea), {"revision": 1})
    assert response.status_code == 422
    assert "Add a file here" in response.content.decode()
    add(idea, person)
    assert client.post(step_url(idea), {"revision": 1}).status_code == 302


def test_citizen_with_the_link_adds_files_at_the_first_step(client):
    definition = citizens_form()
    definition["steps"][0]["fields"].append(question("photo", "file", accept=["png"], max_files=2))
    series = open_series(definition=definition)
    door = f"/en/ehdota/{series.challenge.slug}/{series.key}/"
    token = client.get(door).context["start_token"]
    answers = {key: whole_answers()[key] for key in ("problem", "title")}
    response = client.post(
        door,
        {"start": token, "revision": 0, **answers, "photo": upload("k.png", files.picture())},
    )
    assert response.status_code == 302
    idea = Idea.objects.get()
    [kept] = attachments_of(idea)
    address = f"/en/e/{links.token_of(idea)}/-liite/{UUID(kept['uid'])}/"
    assert status(client, address) == 200
    wrong = client.post(
        f"/en/e/{links.token_of(idea)}/problem/",
        {"revision": 1, **answers, "photo": upload("k.png", files.HTML)},
    )
    assert "content is HTML" in wrong.content.decode()
