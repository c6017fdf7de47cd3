"""The jury signs the exact content that was approved; publication waits for the last signature."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from scoring.actions import decision as verbs
from scoring.actions.publish import ContentHasChanged, publish_decision
from scoring.actions.signing import excuse_signer, sign_decision
from scoring.models import Decision, Verdict
from scoring.queries.decision import unsigned
from scoring.queries.signing import page_for
from tests.scoring.test_decision import draft, scored, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return scored()


def to_sign(world, publish_at=None) -> Decision:
    decision = draft(world)
    write(
        world, decision, needs_signatures=True, **({"publish_at": publish_at} if publish_at else {})
    )
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    return verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())


def sign(decision, juror, **changes):
    at = clock.now()
    given = {"digest": decision.digest, "shown_at": at, "by": juror.user, "at": at, **changes}
    return sign_decision(decision=decision, juror=juror, **given)


def test_it_is_published_after_the_last_signature_only(world):
    decision = to_sign(world)
    outbox.run_now()
    for juror in world.jurors:
        decision.refresh_from_db()
        assert decision.state == "approved"
        assert not publish_decision(decision=decision, at=clock.now())
        sign(decision, juror)
    decision.refresh_from_db()
    assert decision.state == "signed"
    outbox.run_now()
    decision.refresh_from_db()
    assert decision.state == "published"
    signed = AuditEntry.objects.filter(verb="decision.signed")
    assert {row.data["sha256"] for row in signed} == {decision.digest}
    assert {row.data["juror"] for row in signed} == {juror.pk for juror in world.jurors}


def test_it_waits_for_its_moment_too(world):
    decision = to_sign(world, publish_at=clock.now() + dt.timedelta(hours=1))
    for juror in world.jurors:
        sign(decision, juror)
    outbox.run_now()
    decision.refresh_from_db()
    assert decision.state == "signed"
    assert publish_decision(decision=decision, at=decision.publish_at)


def test_every_signer_is_asked_by_letter(world):
    to_sign(world)
    outbox.run_now()
    letters = Mail.objects.filter(template="decision_to_sign")
    assert {letter.to for letter in letters} == {juror.email for juror in world.jurors}


def test_nobody_signs_for_another_or_with_an_old_code(world):
    decision = to_sign(world)
    one, other = world.jurors[:2]
    with pytest.raises(Denied):
        sign(decision, one, by=other.user)
    with pytest.raises(Denied):
        sign(decision, scored().jurors[0])
    with pytest.raises(NotNow, match="too old"):
        sign(decision, one, shown_at=clock.now() - dt.timedelta(minutes=11))
    with pytest.raises(NotNow, match="too old"):
        sign(decision, one, shown_at=clock.now() + dt.timedelta(minutes=1))
    with pytest.raises(NotNow, match="has changed"):
        sign(decision, one, digest="0" * 64)
    sign(decision, one)
    with pytest.raises(NotNow, match="there already"):
        sign(decision, one)


def test_a_signature_of_a_returned_decision_no_longer_counts(world):
    decision = to_sign(world)
    for juror in world.jurors:
        sign(decision, juror)
    verbs.return_decision(decision=decision, by=world.staff, reason="Perustelu puuttuu")
    decision.refresh_from_db()
    assert (decision.state, decision.returned_because) == ("returned", "Perustelu puuttuu")
    with pytest.raises(NotNow, match="not waiting"):
        sign(decision, world.jurors[0])
    write(world, decision, statement="Uusi lausuma.", needs_signatures=True)
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())
    decision.refresh_from_db()
    assert set(unsigned(decision)) == set(world.jurors)
    assert decision.signatures.count() == len(world.jurors)
    outbox.run_now()  # the job of the former signatures finds nothing to publish
    decision.refresh_from_db()
    assert decision.state == "approved"


def test_staff_need_not_wait_for_one_who_cannot_but_say_why(world):
    decision = to_sign(world)
    *able, ill = world.jurors
    with pytest.raises(Invalid):
        excuse_signer(decision=decision, juror=ill, reason=" ", by=world.staff, at=clock.now())
    with pytest.raises(Denied):
        excuse_signer(decision=decision, juror=ill, reason="Sairas", by=ill.user, at=clock.now())
    excuse_signer(decision=decision, juror=ill, reason="Sairas", by=world.staff, at=clock.now())
    with pytest.raises(NotNow):
        excuse_signer(decision=decision, juror=ill, reason="Sairas", by=world.staff, at=clock.now())
    for juror in able:
        sign(decision, juror)
    decision.refresh_from_db()
    assert decision.state == "signed"
    assert decision.signatures.get(juror=ill).excused == "Sairas"


def test_what_is_not_signed_is_not_signed(world):
    decision = draft(world)
    write(world, decision)
    with pytest.raises(NotNow, match="not waiting"):
        sign(decision, world.jurors[0])
    assert page_for(world.jurors[0]) is None


def test_content_changed_behind_the_verbs_is_not_published(world):
    decision = to_sign(world)
    for juror in world.jurors:
        sign(decision, juror)
    Verdict.objects.filter(rank=3).update(awarded=True)
    decision.refresh_from_db()
    with pytest.raises(ContentHasChanged):
        publish_decision(decision=decision, at=clock.now())


def test_juror_does_not_read_what_a_tie_closes(world):
    juror = world.jurors[0]
    tied = juror.declarations.first()
    tied.kind = "potential"
    tied.save()
    to_sign(world)
    page = page_for(juror)
    assert tied.idea not in [verdict.idea for verdict in page.verdicts]
    assert (page.closed, page.others, len(page.verdicts)) == (1, 0, 3)


def test_page_signs_with_a_code_from_the_letter_and_no_other(world, client):
    decision = to_sign(world)
    juror = world.jurors[0]
    address = reverse("scoring:sign", args=[juror.pk])
    client.force_login(world.jurors[1].user)
    assert client.get(address).status_code == 404
    client.force_login(juror.user)
    page = client.get(address)
    assert decision.digest in page.content.decode()
    assert client.post(address, {"go": "code"}).status_code == 302
    code = re.search(r"\b\d{6}\b", Mail.objects.get(template="fresh_code").text)[0]
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    refused = client.post(address, {"go": "sign", "code": wrong, "digest": decision.digest})
    assert refused.status_code == 400
    assert not decision.signatures.exists()
    done = client.post(address, {"go": "sign", "code": code, "digest": decision.digest})
    assert done.status_code == 302
    assert decision.signatures.get().juror == juror
    assert code not in str(AuditEntry.objects.values_list("data", flat=True))
    assert "Your signature is in the record" in client.get(address).content.decode()


def test_code_dies_of_three_wrong_tries_and_is_for_one_content(world, client):
    decision = to_sign(world)
    juror = world.jurors[0]
    address = reverse("scoring:sign", args=[juror.pk])
    client.force_login(juror.user)
    client.post(address, {"go": "code"})
    code = re.search(r"\b\d{6}\b", Mail.objects.get(template="fresh_code").text)[0]
    for _ in range(3):
        client.post(address, {"go": "sign", "code": "no", "digest": decision.digest})
    late = client.post(address, {"go": "sign", "code": code, "digest": decision.digest})
    assert late.status_code == 400
    client.post(address, {"go": "code"})
    code = re.search(r"\b\d{6}\b", Mail.objects.filter(template="fresh_code").first().text)[0]
    Decision.objects.update(digest="1" * 64)
    other = client.post(address, {"go": "sign", "code": code, "digest": "1" * 64})
    assert other.status_code == 400
    assert not decision.signatures.exists()


def test_codes_are_not_sent_without_end(world, client):
    to_sign(world)
    client.force_login(world.jurors[0].user)
    address = reverse("scoring:sign", args=[world.jurors[0].pk])
    answers = [client.post(address, {"go": "code"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [400]
    assert Mail.objects.filter(template="fresh_code").count() == 5
