"""Trade secrets after handing in: who reads them, on the record, and what staff find of them."""

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import actions, reader, secret_review, versions
from ideas.models import Idea, SecretFinding
from ideas.states import IdeaState
from ideas.tasks import tell_of_the_secret
from scoring.states import DeclarationKind
from tests.factories.accounts import UserFactory
from tests.factories.challenges import HostFactory
from tests.ideas.making import add, proposal, read, submit
from tests.ideas.secret_making import (
    SECRET,
    WHY,
    client_of,
    closed,
    official,
    own,
    review_page,
    with_secret,
    write,
)
from tests.ideas.test_file_access import juror_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def reads(idea):
    found = AuditEntry.objects.filter(verb="secrets.read", target_id=str(idea.pk))
    return [(one.by, one.data["page"]) for one in found.order_by("pk")]


# Reading -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("audience", list(reader.Audience))
def test_no_row_has_a_secret(audience):
    idea, person = with_secret()
    add(idea, person, "qzsecret.pdf", secret=True)
    idea = submit(write(idea, person, **{"open_files-why": WHY}), person)
    told = repr(reader.rows(idea, audience))
    assert "qzsecret" not in told
    assert WHY not in told
    parts = reader.secret_parts(idea, audience)
    assert bool(parts) == (audience != reader.Audience.PUBLIC)


def test_draft_is_opened_by_no_staff():
    idea, _person = with_secret()
    staff = official(idea)
    idea = closed(idea)
    client = client_of(staff)
    assert client.get(own(idea)).status_code == 404
    assert client.get(f"/admin/ideas/{idea.challenge_id}/proposals/1/secrets/").status_code == 404
    listed = client.get(f"/admin/ideas/{idea.challenge_id}/proposals/").content.decode()
    assert idea.title not in listed
    with pytest.raises(Denied):
        review(idea, staff, accepted=True)


def test_staff_open_secrets_after_closing_only_and_each_time_is_recorded():
    idea, person = with_secret()
    idea = submit(idea, person)
    staff = official(idea)
    client = client_of(staff)
    page = f"/admin/ideas/{idea.challenge_id}/proposals/{idea.number}/"
    assert client.get(review_page(idea)).status_code == 404
    assert review_page(idea) not in client.get(page).content.decode()
    idea = closed(idea)
    body = client.get(page).content.decode()
    assert SECRET not in body
    assert review_page(idea) in body
    assert reads(idea) == []
    assert SECRET in client.get(review_page(idea)).content.decode()
    assert SECRET in client.get(review_page(idea)).content.decode()
    assert reads(idea) == [(staff, "review")] * 2
    for kind in ("csv", "xlsx"):
        table = read(client.get(f"/admin/ideas/{idea.challenge_id}/proposals.{kind}"))
        assert SECRET.encode() not in table


def test_others_staff_and_strangers_find_nothing():
    idea, person = with_secret()
    idea = closed(submit(idea, person))
    stranger = User.objects.create_user("vieras@x.example")
    neighbour = UserFactory(staff_of=HostFactory())
    for who in (stranger, person, neighbour):
        assert client_of(who).get(review_page(idea)).status_code in (302, 403, 404)
    assert reads(idea) == []


def test_secret_file_is_opened_by_few_and_each_time_is_recorded():
    idea, person = proposal()
    one = add(idea, person, "laskelma.pdf", secret=True)
    idea = submit(write(idea, person, **{"open_files-why": WHY}), person)
    staff = official(idea)
    juror, undeclared = juror_of(idea, declared=DeclarationKind.NONE), juror_of(idea)
    address = f"/en/ehdotus/{idea.uid}/liite/{one.uid}/"
    assert client_of(staff).get(address).status_code == 404  # the call is still open
    closed(idea)
    Idea.objects.filter(pk=idea.pk).update(state=IdeaState.ELIGIBLE)
    found = {}
    for name, who in (("staff", staff), ("juror", juror), ("undeclared", undeclared)):
        response = client_of(who).get(address)
        read(response)
        found[name] = response.status_code
    assert found == {"staff": 200, "juror": 200, "undeclared": 404}
    assert Client().get(address).status_code == 404
    response = client_of(person).get(own(idea, f"-liite/{one.uid}/"))
    read(response)
    assert response.status_code == 200
    assert reads(idea) == [(staff, "file"), (juror, "file")]


def test_withdrawn_secret_is_read_by_nobody():
    idea, person = with_secret()
    one = add(idea, person, "laskelma.pdf", secret=True)
    idea = submit(write(idea, person, **{"open_files-why": WHY}), person)
    staff, juror = official(idea), juror_of(idea, declared=DeclarationKind.NONE)
    actions.withdraw_idea(idea=idea, at=clock.now(), by=person)
    idea = closed(idea)
    assert client_of(staff).get(review_page(idea)).status_code == 404
    for who in (staff, juror):
        assert client_of(who).get(f"/en/ehdotus/{idea.uid}/liite/{one.uid}/").status_code == 404
    with pytest.raises(Denied):
        review(idea, staff, accepted=True)
    # The trace of what was handed in is kept, unchanged.
    assert versions.is_intact(idea.versions.get())


# Review ------------------------------------------------------------------------------------------
def review(idea, staff, *, accepted, reason="", content=None, key="problem"):
    if content is None:
        parts = reader.secret_parts(idea, reader.Audience.TEAM)
        content = secret_review.content_of(parts[0]) if parts else ""
    return secret_review.review_claim(
        idea=idea, key=key, accepted=accepted, reason=reason, content=content, by=staff,
        at=clock.now(),
    )  # fmt: skip


def state_of(idea):
    [claim] = secret_review.claims_of(idea)
    return claim.state


def test_claimed_accepted_rejected():
    idea, person = with_secret()
    idea = closed(submit(idea, person))
    staff = official(idea)
    assert state_of(idea) == "claimed"
    with pytest.raises(Invalid):
        review(idea, staff, accepted=False)
    finding = review(idea, staff, accepted=True)
    assert state_of(idea) == "accepted"
    assert review(idea, staff, accepted=True) == finding
    review(idea, staff, accepted=False, reason="Menetelmä on yleisesti tunnettu.")
    assert state_of(idea) == "rejected"
    assert SecretFinding.objects.count() == 2
    told = AuditEntry.objects.filter(verb="secret.reviewed")
    assert told.count() == 2
    assert SECRET not in str([one.data for one in told])


def test_rejected_claim_publishes_nothing_and_the_proposer_is_told_what_follows():
    idea, person = with_secret()
    idea = submit(idea, person)
    idea = closed(idea)
    finding = review(idea, official(idea), accepted=False, reason="Yleisesti tunnettu.")
    tell_of_the_secret(idea=idea.pk, finding=finding.pk)
    letter = Mail.objects.get(template="secret_finding")
    assert letter.to == idea.contact_email
    assert "Yleisesti tunnettu." in letter.text
    assert "qzsecret" not in letter.text + letter.html + letter.subject
    idea = Idea.objects.for_reading().get(pk=idea.pk)
    assert "qzsecret" not in repr(reader.rows(idea, reader.Audience.PUBLIC))
    body = client_of(person).get(own(idea)).content.decode()
    assert "Yleisesti tunnettu." in body
    assert "This publishes nothing" in body


def test_changed_secret_waits_for_a_new_finding():
    idea, person = with_secret()
    idea = submit(idea, person)
    old = secret_review.content_of(reader.secret_parts(idea, reader.Audience.TEAM)[0])
    SecretFinding.objects.create(
        idea=idea, field_key="problem", content=old, accepted=True, at=clock.now()
    )
    assert state_of(idea) == "accepted"
    idea = submit(write(idea, person, **{"problem-secret": SECRET + " 2"}), person)
    assert state_of(idea) == "claimed"
    idea = closed(idea)
    with pytest.raises(NotNow):
        review(idea, official(idea), accepted=True, content=old)


def test_review_by_the_page():
    idea, person = with_secret()
    idea = closed(submit(idea, person))
    client = client_of(official(idea))
    [(_claim, form)] = client.get(review_page(idea)).context["claims"]
    sent = {f"problem-{name}": form[name].value() or "" for name in ("key", "content")}
    sent |= {"question": "problem", "problem-accepted": "no", "problem-reason": ""}
    refused = client.post(review_page(idea), sent)
    assert refused.status_code == 400
    [(_claim, form)] = refused.context["claims"]
    assert set(form.errors) == {"reason"}
    sent["problem-reason"] = "Yleisesti tunnettu."
    assert client.post(review_page(idea), sent).status_code == 302
    assert state_of(idea) == "rejected"


def test_stranger_reviews_nothing():
    idea, person = with_secret()
    idea = closed(submit(idea, person))
    juror = juror_of(idea, declared=DeclarationKind.NONE)
    for who in (person, juror, User.objects.create_user("vieras@x.example")):
        with pytest.raises(Denied):
            review(idea, who, accepted=True)
