"""Erasing a person: nothing of them is left but what the law keeps, and every chain verifies."""

import json
import re

import pytest
from django.core import serializers
from django.core.files.base import ContentFile

from accounts.erasure import erase
from accounts.models import User
from accounts.states import MembershipState
from challenges.models import Follower
from challenges.states import ChallengeState
from core import audit, clock, mail
from core.errors import NotNow
from core.models import AuditEntry, Mail
from ideas.models import Attachment, Comment, Idea, IdeaVersion, Support, TeamMember
from ideas.states import TeamRole
from ideas.versions import is_intact
from scoring.models import Juror
from scoring.states import JurorState
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.challenges import ChallengeFactory
from tests.factories.ideas import IdeaFactory, TeamMemberFactory, whole_answers
from tests.factories.scoring import JurorFactory

pytestmark = pytest.mark.django_db
EMAIL, NAME = "matti@posti.example", "Matti Meikäläinen"
PAGE = "/en/oma/tiedot/poista/"


@pytest.fixture
def person():
    return UserFactory(email=EMAIL, name=NAME, admin_of=OrganisationFactory())


def of(person, **more):
    """A proposal that the person is responsible for."""
    named = {**whole_answers(), "email": EMAIL, "name": NAME}
    idea = IdeaFactory(answers=named, **more)
    TeamMemberFactory(idea=idea, user=person)
    return idea


def test_name_goes_record_stays_and_the_chains_verify(person, django_capture_on_commit_callbacks):
    now = clock.now()
    delivered, alone, shared = of(person, submitted=True), of(person), of(person)
    colleague = UserFactory()
    TeamMemberFactory(idea=shared, user=colleague, role=TeamRole.WRITER)
    file = Attachment(idea=alone, name="k.png", content_type="image/png", size=1, created_at=now)
    file.file.save("x", ContentFile(b"k"))
    Follower.objects.create(
        challenge=delivered.challenge, followed=delivered.uid, email=EMAIL, asked_at=now
    )
    said = {"idea": delivered, "email": EMAIL, "confirmed_at": now}
    Comment.objects.create(**said, name=NAME, text="Kannatan", written_at=now)
    Support.objects.create(**said, asked_at=now)
    mail.send(to=EMAIL, template="login_code", context={"code": "1", "email": EMAIL})
    entry = audit.record("test.done", delivered, by=person)
    audit.seal()
    with django_capture_on_commit_callbacks(execute=True):
        erase(user=person, at=now)
        erase(user=person, at=now)  # once is enough
    person.refresh_from_db()
    assert str(person) == str(AuditEntry.objects.get(pk=entry.pk).by) == "Name removed"
    assert entry.by_label == f"user:{person.pk}"
    assert not person.is_active
    assert person.memberships.get().state == MembershipState.ENDED
    audit.seal()
    assert audit.verify() == []
    version = Idea.objects.get(pk=delivered.pk).current_version
    assert version.digest == delivered.current_version.digest
    assert version.payload["answers"]["problem"]
    assert is_intact(version)
    version.payload["answers"]["problem"] = "Muutettu"
    assert not is_intact(version)
    assert not Idea.objects.filter(pk=alone.pk).exists()
    assert not file.file.storage.exists(file.file.name)
    assert shared.team.get().role == TeamRole.OWNER
    left = [*User.objects.all(), *Idea.objects.all(), *IdeaVersion.objects.all()]
    left += [*Comment.objects.all(), *Support.objects.all()]
    left += [*TeamMember.objects.all(), *Follower.objects.all(), *Mail.objects.all()]
    text = json.dumps(json.loads(serializers.serialize("json", left)), ensure_ascii=False)
    assert Support.objects.count() == 1
    assert EMAIL not in text
    assert NAME not in text


def test_jury_at_work_and_the_last_owner_stay(person):
    own = {"user": person, "email": EMAIL, "name": NAME}
    seat = JurorFactory(challenge=ChallengeFactory(), **own)
    with pytest.raises(NotNow, match="jury"):
        erase(user=person, at=clock.now())
    type(seat.challenge).objects.filter(pk=seat.challenge_id).update(state=ChallengeState.DECIDED)
    invited = JurorFactory(challenge=ChallengeFactory(), **own, state=JurorState.INVITED)
    erase(user=person, at=clock.now())
    names = dict(Juror.objects.values_list("pk", "name"))
    assert names == {seat.pk: NAME, invited.pk: ""}
    assert not Juror.objects.filter(email=EMAIL).exists()
    owner = UserFactory(owner=True)
    with pytest.raises(NotNow, match="owner"):
        erase(user=owner, at=clock.now())


def test_page_tells_what_stays_and_asks_for_a_code(client, person):
    client.force_login(person)
    html = client.get(PAGE).content.decode()
    assert "What stays, and why" in html
    assert client.post(PAGE, {"code": "000000"}).status_code == 400
    assert client.post(PAGE, {"go": "code"}).status_code == 302
    letter = Mail.objects.get(template="fresh_code")
    assert "erasing your account" in letter.text
    found = re.search(r"^(\d{6})$", letter.text, re.MULTILINE)
    assert found
    assert client.post(PAGE, {"go": "erase", "code": found[1]}, follow=True).status_code == 200
    assert "_auth_user_id" not in client.session
    assert User.objects.get(pk=person.pk).erased_at
    assert not User.objects.filter(email=EMAIL).exists()
