"""A file in pieces: whole at the end, once, whatever is lost or sent again on the way."""

import datetime as dt
import fcntl
import os
import threading
import time
from base64 import b64encode
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.urls import reverse
from django.utils import translation

from core import clock
from ideas import actions, uploads
from ideas.models import Attachment
from tests.factories import files
from tests.factories.accounts import UserFactory
from tests.ideas.making import add, proposal, read

pytestmark = pytest.mark.django_db
WHOLE = files.picture(size=(900, 900))


@pytest.fixture(autouse=True)
def _uploads_folder(settings, tmp_path):
    settings.UPLOAD_ROOT = tmp_path / "uploads"
    with translation.override("en"):
        yield


@pytest.fixture
def draft(client):
    idea, person = proposal()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return idea, person


def send(client, idea, piece, *, offset, upload, part="open_files", name="kuva.png", size=None):
    with translation.override("en"):
        address = reverse("ideas:own_pieces", args=[idea.uid])
    return client.post(
        address,
        data=piece,
        content_type="application/octet-stream",
        headers={
            "Upload-Part": part,
            "Upload-Id": str(upload),
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(WHOLE) if size is None else size),
            "Upload-Name": b64encode(name.encode()).decode(),
        },
    )


def waiting():
    return [path for path in project.UPLOAD_ROOT.rglob("*") if path.is_file()]


def halves():
    half = len(WHOLE) // 2
    return [(0, WHOLE[:half]), (half, WHOLE[half:])]


def test_pieces_become_one_attachment(client, draft):
    idea, person = draft
    upload = uuid4()
    here = [
        send(client, idea, piece, offset=offset, upload=upload, name="Ääniä.png").json()
        for offset, piece in halves()
    ]
    assert here == [{"here": len(WHOLE) // 2}, {"here": len(WHOLE)}]
    kept = Attachment.objects.get(idea=idea)
    assert (kept.uid, kept.name, kept.uploaded_by, kept.secret) == (
        upload, "Ääniä.png", person, False,
    )  # fmt: skip
    direct = add(idea, person, "kuva.png", WHOLE)
    assert kept.sha256 == direct.sha256
    assert waiting() == []


def test_piece_sent_again_changes_nothing(client, draft):
    idea, _person = draft
    upload = uuid4()
    (_zero, first), (half, second) = halves()
    send(client, idea, first, offset=0, upload=upload)
    again = send(client, idea, first, offset=0, upload=upload)
    assert (again.status_code, again.json()) == (409, {"here": half})
    send(client, idea, second, offset=half, upload=upload)
    once_more = send(client, idea, second, offset=half, upload=upload)
    assert (once_more.status_code, once_more.json()) == (200, {"here": len(WHOLE)})
    assert Attachment.objects.filter(idea=idea).count() == 1


def test_piece_out_of_place_is_told_where_the_file_ends(client, draft):
    idea, _person = draft
    ahead = send(client, idea, b"x", offset=5, upload=uuid4())
    assert (ahead.status_code, ahead.json()) == (409, {"here": 0})
    too_much = send(client, idea, WHOLE + b"x", offset=0, upload=uuid4())
    assert too_much.status_code == 409
    assert sum(path.stat().st_size for path in waiting()) == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": "ohjelma.exe"}, "not taken here"),
        ({"name": "../kuva.png"}, "path of a folder"),
        ({"size": 999 * 1024 * 1024}, "at most"),
        ({"size": 0}, "empty"),
    ],
)
def test_what_will_not_do_is_refused_at_the_first_piece(client, draft, more, words):
    idea, _person = draft
    refused = send(client, idea, WHOLE[:10], offset=0, upload=uuid4(), **more)
    assert refused.status_code == 422
    assert words in refused.json()["problem"]
    assert waiting() == []


def test_content_is_checked_when_all_is_here_and_nothing_is_left(client, draft):
    idea, _person = draft
    data = b"MZ" + b"\0" * 98
    refused = send(client, idea, data, offset=0, upload=uuid4(), size=100)
    assert refused.status_code == 422
    assert "kuva.png" in refused.json()["problem"]
    assert waiting() == []
    assert not Attachment.objects.exists()


def test_secret_part_stays_secret(client, draft):
    idea, _person = draft
    fields = idea.form.parsed.fields.values()
    question = next(one for one in fields if one.is_file and one.secret)
    name = f"salaisuus.{'pdf' if 'pdf' in question.accept else question.accept[0]}"
    data = files.pdf()
    send(
        client, idea, data, offset=0, upload=uuid4(), part=question.secret_key, name=name,
        size=len(data),
    )  # fmt: skip
    assert Attachment.objects.get(idea=idea).secret


def test_files_that_have_begun_to_come_are_not_without_number(client, draft, monkeypatch):
    monkeypatch.setattr(uploads, "COMING_AT_MOST", 2)
    idea, _person = draft
    codes = [
        send(client, idea, WHOLE[:10], offset=0, upload=uuid4()).status_code for _time in range(3)
    ]
    assert codes == [200, 200, 422]


def test_request_that_makes_no_sense(client, draft):
    idea, _person = draft
    assert send(client, idea, b"x", offset="ei", upload=uuid4()).status_code == 400
    assert send(client, idea, b"x", offset=0, upload="../../x").status_code == 400
    assert send(client, idea, b"x", offset=0, upload=uuid4(), part="nothing").status_code == 404
    big = send(client, idea, b"x" * (uploads.PIECE_AT_MOST + 1), offset=0, upload=uuid4())
    assert big.status_code == 413


def test_upload_of_another_proposal_is_not_touched(client, draft):
    idea, person = draft
    upload = uuid4()
    for offset, piece in halves():
        send(client, idea, piece, offset=offset, upload=upload)
    other = actions.start_draft(
        series=idea.series, language="fi", at=clock.now(), by=person, organisation=idea.organisation
    )
    assert send(client, other, WHOLE, offset=0, upload=upload).status_code == 422
    assert not Attachment.objects.filter(idea=other).exists()
    assert Attachment.objects.get(uid=upload).idea_id == idea.pk


def test_stranger_sends_nothing(client, draft):
    idea, _person = draft
    client.force_login(UserFactory(), "django.contrib.auth.backends.ModelBackend")
    assert send(client, idea, WHOLE, offset=0, upload=uuid4()).status_code == 404
    assert waiting() == []


def test_piece_that_waited_for_one_that_was_refused_does_not_say_that_all_is_here(draft):
    idea, person = draft
    question = idea.form.parsed.fields["open_files"]
    coming = uploads.Coming(uuid4(), idea, question, secret=False, name="kuva.png", size=100)
    uploads.take_piece(coming, b"MZ", offset=0, at=clock.now(), by=person)
    path = uploads._path(coming)
    answers = []

    def send_again() -> None:
        try:
            with uploads._opened(coming):
                answers.append("here")
        except uploads.OutOfPlace as found:
            answers.append(found.here)

    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiter = threading.Thread(target=send_again)
        waiter.start()
        time.sleep(0.2)  # it has opened the file and waits
        path.unlink()
    waiter.join()
    assert answers == [0]


def test_abandoned_pieces_are_thrown_away(client, draft):
    idea, _person = draft
    for _time in range(2):
        send(client, idea, WHOLE[:10], offset=0, upload=uuid4())
    old, young = waiting()
    at = clock.now()
    long_ago = (at - dt.timedelta(days=2)).timestamp()
    os.utime(old, (long_ago, long_ago))
    assert uploads.forget_abandoned(at=at) == 1
    assert waiting() == [young]


def test_page_tells_where_pieces_go(client, draft):
    idea, _person = draft
    step = next(step for step in idea.form.parsed.steps if step.files)
    with translation.override("en"):
        pieces = reverse("ideas:own_pieces", args=[idea.uid])
        page = read(client.get(reverse("ideas:own_step", args=[idea.uid, step.key])))
    assert f'data-pieces="{pieces}"'.encode() in page
