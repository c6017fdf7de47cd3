"""Who only reads: sees the draft, the proposal and the messages, and changes nothing."""

import io
from functools import partial

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import actions, attachments, comments, correspondence, extensions, rules, team
from ideas.models import Idea, TeamMember
from ideas.states import TeamRole
from tests.factories import files
from tests.factories.ideas import heard
from tests.ideas.making import add, proposal, status, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def begun():
    return proposal()


@pytest.fixture
def idea(begun):
    return begun[0]


@pytest.fixture
def owner(begun):
    return begun[1]


def joins(idea, owner, email="lukija@reitti.example", role=TeamRole.READER):
    team.invite_colleague(idea=idea, email=email, role=role, by=owner, at=clock.now())
    person = User.objects.create_user(email)
    team.join_team(idea=idea, by=person, at=clock.now())
    return person


def fresh(idea):
    return Idea.objects.for_writing().get(pk=idea.pk)


def place_of(person):
    return TeamMember.objects.get(user=person)


def test_letter_asks_a_reader_to_read(idea, owner):
    joins(idea, owner)
    letter = Mail.objects.get(template="team_invited")
    assert "asks you to read a proposal" in letter.subject
    assert "write" not in letter.text


VERBS = {
    "save": lambda idea, by, at: actions.save_draft(
        idea=idea, answers={"title": "Lukijan"}, revision=1, at=at, by=by
    ),
    "submit": lambda idea, by, at: actions.submit_idea(idea=idea, at=at, by=by),
    "withdraw": lambda idea, by, at: actions.withdraw_idea(idea=idea, at=at, by=by),
    "add a file": lambda idea, by, at: attachments.add_file(
        idea=idea, question=idea.form.parsed.fields["open_files"], file=io.BytesIO(files.pdf()),
        name="a.pdf", size=len(files.pdf()), at=at, by=by,
    ),
    "remove a file": lambda idea, by, at: attachments.remove_file(
        attachment=idea.attachments.get(), at=at, by=by
    ),
    "write": lambda idea, by, at: correspondence.write_to_staff(
        idea=idea, text="Hei", by=by, at=at
    ),
    "more time": lambda idea, by, at: extensions.ask(idea=idea, why="Kiire", by=by, at=at),
    "answer": lambda idea, by, at: comments.answer(
        comment=idea.comments.get(), text="Kiitos", by=by, at=at
    ),
    "invite": lambda idea, by, at: team.invite_colleague(
        idea=idea, email="x@x.example", by=by, at=at
    ),
    "give a role": lambda idea, by, at: team.give_role(
        member=place_of(by), role=TeamRole.WRITER, by=by
    ),
    "hand over": lambda idea, by, at: team.hand_over(member=place_of(by), by=by),
    "take off": lambda idea, by, at: team.remove_member(
        member=idea.team.get(role=TeamRole.OWNER), by=by
    ),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_reader_does_nothing(idea, owner, verb):
    add(idea, owner)
    delivered = submit(idea, owner)
    heard(idea=delivered, at=clock.now())
    reader = joins(delivered, owner)
    rows = AuditEntry.objects.count()
    with pytest.raises(Denied):
        VERBS[verb](fresh(idea), reader, clock.now())
    assert AuditEntry.objects.count() == rows


def test_reader_reads_the_draft_and_its_files_and_nothing_takes_forms(client, idea, owner):
    file = add(idea, owner, "suunnitelma.pdf")
    client.force_login(joins(idea, owner))
    own = partial(_own, idea)
    page = client.get(own("own_home"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Kyydit suunnitellaan käsin." in text
    assert "suunnitelma.pdf" in text
    assert status(client, own("own_file", file.uid)) == 200
    assert client.get(own("own_team")).status_code == 200
    assert "Send an invitation" not in client.get(own("own_team")).content.decode()
    for name in ("own_tasks", "own_review", "own_more_time", "own_similar", "own_withdraw"):
        assert client.get(own(name)).status_code == 404, name
    assert client.get(own("own_step", "solution")).status_code == 404
    for name in ("own_team", "own_role", "own_hand_over", "own_submit", "own_pieces", "own_write"):
        sent = client.post(own(name), {"email": "x@x.example", "role": "reader", "text": "Hei"})
        assert sent.status_code == 404, name
    assert client.post(own("own_step", "solution"), {"title": "Uusi"}).status_code == 404
    assert fresh(idea).title == "Reittiopas koulukyydeille"
    assert idea.team.count() == 2


def _own(idea, name, *args):
    return reverse(f"ideas:{name}", args=[idea.uid, *args])


def test_reader_follows_what_was_handed_in_and_its_messages(client, idea, owner):
    delivered = submit(idea, owner)
    reader = joins(delivered, owner)
    correspondence.write_to_staff(
        idea=delivered, text="Koska päätös tulee?", by=owner, at=clock.now()
    )
    heard(idea=delivered, at=clock.now())
    client.force_login(reader)
    text = client.get(_own(idea, "own_home")).content.decode()
    assert "Koska päätös tulee?" in text
    for tail in ("-viesti", "-peru", "-osat", "-vastaa"):
        assert f"/{tail}/" not in text, tail
    assert client.get(_own(idea, "own_receipt")).status_code == 200
    client.force_login(owner)
    text = client.get(_own(idea, "own_home")).content.decode()
    for tail in ("-viesti", "-peru", "-osat", "-vastaa"):
        assert f"/{tail}/" in text, tail


def test_responsible_one_says_who_writes(client, idea, owner):
    reader = joins(idea, owner)
    client.force_login(owner)
    text = client.post(
        _own(idea, "own_role"), {"member": place_of(reader).pk, "role": "writer"}, follow=True
    ).content.decode()
    assert "lukija@reitti.example writes from now on." in text
    actions.save_draft(
        idea=fresh(idea), answers={"title": "Uusi"}, revision=1, at=clock.now(), by=reader
    )
    team.give_role(member=place_of(reader), role=TeamRole.READER, by=owner)
    with pytest.raises(Denied):
        VERBS["save"](fresh(idea), reader, clock.now())


def test_writer_gives_no_roles_and_nobody_gives_responsibility_so(idea, owner):
    reader = joins(idea, owner)
    writer = joins(idea, owner, "kirjoittaja2@reitti.example", TeamRole.WRITER)
    with pytest.raises(Denied):
        team.give_role(member=place_of(reader), role=TeamRole.WRITER, by=writer)
    for role in (TeamRole.OWNER, "", "admin"):
        with pytest.raises(Invalid):
            team.give_role(member=place_of(reader), role=role, by=owner)
        with pytest.raises(Invalid):
            team.invite_colleague(
                idea=idea, email="uusi@x.example", role=role, by=owner, at=clock.now()
            )
    with pytest.raises(NotNow):
        team.give_role(member=idea.team.get(user=owner), role=TeamRole.READER, by=owner)


def test_place_in_another_team_is_given_no_role_here(client, idea, owner):
    other, other_owner = proposal_of_another()
    reader = joins(other, other_owner)
    client.force_login(owner)
    client.post(_own(idea, "own_role"), {"member": place_of(reader).pk, "role": "writer"})
    assert place_of(reader).role == TeamRole.READER


def proposal_of_another():
    from tests.factories.ideas import company, member_of, organisations_series  # noqa: PLC0415

    firm = company("Toinen Oy", "7654321-6")
    person = member_of(firm, "toinen@toinen.example")
    made = actions.start_draft(
        series=organisations_series(), language="fi", at=clock.now(), by=person, organisation=firm
    )
    return made, person


def test_reader_becomes_responsible_only_after_writing(idea, owner):
    reader = joins(idea, owner)
    with pytest.raises(NotNow, match="Let them write first"):
        team.hand_over(member=place_of(reader), by=owner)
    team.give_role(member=place_of(reader), role=TeamRole.WRITER, by=owner)
    team.hand_over(member=place_of(reader), by=owner)
    assert rules.is_responsible(reader, fresh(idea))
    assert not rules.is_responsible(owner, fresh(idea))


def test_changed_role_of_a_delivered_proposal_is_recorded_once(idea, owner):
    delivered = submit(idea, owner)
    reader = joins(delivered, owner)
    for _twice in range(2):
        team.give_role(member=place_of(reader), role=TeamRole.WRITER, by=owner)
    assert AuditEntry.objects.get(verb="team.role_given").data == {"role": "writer"}


def test_reader_leaves(client, idea, owner):
    reader = joins(idea, owner)
    client.force_login(reader)
    assert client.post(_own(idea, "own_leave"), {"member": place_of(reader).pk}).status_code == 302
    assert client.get(_own(idea, "own_home")).status_code == 404
