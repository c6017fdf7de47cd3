"""One's own details: where one is signed in, and all that is held of one."""

import datetime as dt
import io
import json
import zipfile

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile

from accounts.actions import grant_role
from accounts.sessions import device
from accounts.states import Role
from challenges.models import Follower
from core import clock, daily, mail, outbox
from ideas.models import Attachment, Message
from tests.accounts.test_sign_in import CODE, ask, last_code
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.ideas import IdeaFactory, TeamMemberFactory

PROFILE = "/en/oma/tiedot/"
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [(FIREFOX, "Firefox, Android"), (EDGE, "Edge, Windows"), ("curl/8", "An unknown device")],
)
def test_device_is_told_in_words(agent, words):
    assert device(agent) == words


def signed_in(client_class, person, agent):
    client = client_class(headers={"User-Agent": agent})
    ask(client, person.email)
    client.post(CODE, {"code": last_code(person.email), "action": "verify"})
    assert client.session["_auth_user_id"] == str(person.pk)
    return client


@pytest.mark.django_db
def test_sessions_are_listed_and_ended(client, django_assert_max_num_queries):
    person, other = UserFactory(), UserFactory()
    here, there, third = (signed_in(type(client), person, a) for a in (FIREFOX, EDGE, "x"))
    stranger = signed_in(type(client), other, FIREFOX)
    with django_assert_max_num_queries(6):
        html = here.get(PROFILE).content.decode()
    assert html.count("Sign out there") == 2
    assert html.index("Edge, Windows") < html.index("this device")
    row = person.usersession_set.get(user_agent=EDGE)
    assert stranger.post(f"/en/oma/istunnot/{row.pk}/loppu/").status_code == 404
    assert there.get(PROFILE).status_code == 200
    assert here.post(f"/en/oma/istunnot/{row.pk}/loppu/").status_code == 302
    assert there.get(PROFILE).status_code == 302
    assert third.get(PROFILE).status_code == 200
    assert here.post("/en/oma/istunnot/loppu/").status_code == 302
    assert third.get(PROFILE).status_code == 302
    assert here.get(PROFILE).status_code == stranger.get(PROFILE).status_code == 200
    assert person.usersession_set.count() == 1


@pytest.mark.django_db
def test_download_has_all_of_the_persons_and_nothing_of_others(client, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    person = UserFactory(name="Matti Meikäläinen")
    grant_role(organisation=OrganisationFactory(), user=person, role=Role.MEMBER, by=None)
    idea = IdeaFactory(submitted=True, secrets={"how-secret": "Oma menetelmä"})
    TeamMemberFactory(idea=idea, user=person, email=person.email)
    IdeaFactory(submitted=True, title="Toisen ehdotus")
    now = clock.now()
    file = Attachment(
        idea=idea, name="../../kuva.png", content_type="image/png", size=4, created_at=now
    )
    file.file.save("x", ContentFile(b"kuva"))
    gone = Attachment(idea=idea, name="poissa", content_type="image/png", size=4, created_at=now)
    gone.file.save("x", ContentFile(b"pois"))
    gone.file.storage.delete(gone.file.name)
    Message.objects.create(idea=idea, from_staff=True, text="Täydennätkö?", at=now)
    Follower.objects.create(
        challenge=idea.challenge, followed=idea.challenge.uid, email=person.email, asked_at=now
    )
    for template in ("login_code", "fresh_code"):
        context = {"code": "778899", "what": "", "email": person.email}
        mail.send(to=person.email, template=template, context=context)
    client.force_login(person)
    response = client.get(PROFILE + "lataa/")
    assert response["Content-Type"] == "application/zip"
    content = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert content.testzip() is None
    assert content.namelist() == ["my-data.json", f"files/{idea.uid.hex}/{file.uid.hex}.png"]
    assert content.read(content.namelist()[1]) == b"kuva"
    text = content.read("my-data.json").decode()
    data = json.loads(text)
    assert data["person"]["name"] == "Matti Meikäläinen"
    (organisation,) = data["organisations"]
    assert organisation["role"] == "member"
    (told,) = data["proposals"]
    assert told["secrets"] == {"how-secret": "Oma menetelmä"}
    assert told["versions"][0]["sha256"] == idea.current_version.digest
    assert [one["name"] for one in told["files"]] == ["../../kuva.png", "poissa"]
    assert told["messages"][0]["text"] == "Täydennätkö?"
    assert data["heard"]["follows"][0]["challenge__slug"] == idea.challenge.slug
    assert data["juries"]["seats"] == []
    assert "Toisen ehdotus" not in text
    assert "778899" not in text


@pytest.mark.django_db
def test_sessions_that_ran_out_are_forgotten_daily(client):
    person = UserFactory()
    old, living, ended = (signed_in(type(client), person, agent) for agent in (FIREFOX, EDGE, "x"))
    now = clock.now()
    Session.objects.filter(session_key=old.session.session_key).update(
        expire_date=now - dt.timedelta(seconds=1)
    )
    Session.objects.filter(session_key=ended.session.session_key).delete()
    outbox.emit(daily.EVENT)
    outbox.run_now()
    assert [one.user_agent for one in UserSession.objects.all()] == [EDGE]
    assert Session.objects.filter(expire_date__lt=now).count() == 0
    assert living.get(PROFILE).status_code == 200
    assert old.get(PROFILE).status_code == 302
