"""Writing together: invitations bound to an address, joining, leaving, both texts shown."""

import pytest
from django.utils import translation

from accounts.models import Membership, User
from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import actions, rules, team
from ideas.models import Idea, TeamMember
from ideas.states import TeamRole
from tests.factories.ideas import (
    IdeaFactory,
    TeamMemberFactory,
    company,
    member_of,
    organisation_answers,
    organisations_series,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def owner():
    return member_of(company(), "kirjoittaja@reitti.example")


@pytest.fixture
def idea(owner):
    firm = Membership.objects.get(user=owner).organisation
    made = actions.start_draft(
        series=organisations_series(), language="fi", at=clock.now(), by=owner, organisation=firm
    )
    return actions.save_draft(
        idea=made, answers=organisation_answers(), revision=0, at=clock.now(), by=owner
    )


def invite(idea, owner, email="Kollega@Reitti.example"):
    return team.invite_colleague(idea=idea, email=email, by=owner, at=clock.now())


def fresh(idea):
    return Idea.objects.get(pk=idea.pk)


def test_invitation_is_a_letter_to_the_address(idea, owner):
    place = invite(idea, owner)
    assert (place.email, place.role, place.user) == (
        "kollega@reitti.example",
        TeamRole.WRITER,
        None,
    )
    letter = Mail.objects.get(to="kollega@reitti.example")
    assert f"/oma/ehdotus/{idea.uid}/-liity/" in letter.text
    assert "Reittiopas koulukyydeille" in letter.text
    assert not AuditEntry.objects.filter(verb__startswith="team").exists()


def test_invited_one_is_in_the_team_only_after_joining(idea, owner):
    invite(idea, owner)
    colleague = User.objects.create_user("kollega@reitti.example")
    assert not rules.in_team(colleague, fresh(idea))
    team.join_team(idea=idea, by=colleague, at=clock.now())
    team.join_team(idea=idea, by=colleague, at=clock.now())
    assert rules.can_edit_draft(colleague, fresh(idea))
    assert not Membership.objects.filter(user=colleague).exists()
    actions.save_draft(
        idea=fresh(idea), answers={"title": "Uusi"}, revision=1, at=clock.now(), by=colleague
    )


def test_nobody_joins_without_an_invitation_to_their_own_address(idea, owner):
    invite(idea, owner)
    with pytest.raises(Denied):
        team.join_team(idea=idea, by=User.objects.create_user("muu@reitti.example"), at=clock.now())


def test_inviting_again_sends_the_letter_again_and_makes_one_place(idea, owner):
    invite(idea, owner)
    invite(idea, owner, "kollega@reitti.example")
    assert Mail.objects.filter(template="team_invited").count() == 2
    assert idea.team.filter(email="kollega@reitti.example").count() == 1


def test_wrong_address_and_known_member_are_refused(idea, owner):
    with pytest.raises(Invalid) as caught:
        invite(idea, owner, "ei-osoite")
    assert "email" in caught.value.errors
    with pytest.raises(NotNow):
        invite(idea, owner, owner.email)


def test_team_has_a_limit(idea, owner):
    for number in range(team.PLACES - 1):
        TeamMember.objects.create(idea=idea, email=f"{number}@x.example", invited_at=clock.now())
    with pytest.raises(NotNow):
        invite(idea, owner)


@pytest.mark.parametrize("who", ["nobody", "stranger", "invited"])
def test_only_the_team_invites(idea, owner, who):
    invite(idea, owner, "kutsuttu@reitti.example")
    by = {
        "nobody": None,
        "stranger": User.objects.create_user("x@x.example"),
        "invited": User.objects.create_user("kutsuttu@reitti.example"),
    }[who]
    with pytest.raises(Denied):
        invite(idea, by)


def joined(idea, owner):
    place = invite(idea, owner)
    person = User.objects.create_user(place.email)
    return team.join_team(idea=idea, by=person, at=clock.now()), person


def test_owner_takes_a_member_off(idea, owner):
    place, person = joined(idea, owner)
    team.remove_member(member=place, by=owner)
    assert not rules.in_team(person, fresh(idea))


def test_member_leaves_but_takes_nobody_else_off(idea, owner):
    place, person = joined(idea, owner)
    other = TeamMemberFactory(
        idea=idea, user=User.objects.create_user("kolmas@x.example"), role=TeamRole.WRITER
    )
    with pytest.raises(Denied):
        team.remove_member(member=other, by=person)
    team.remove_member(member=place, by=person)
    assert not rules.in_team(person, fresh(idea))


def test_owner_stays(idea, owner):
    with pytest.raises(NotNow):
        team.remove_member(member=idea.team.get(user=owner), by=owner)


def test_changes_of_a_delivered_proposals_team_are_recorded(idea, owner):
    actions.submit_idea(idea=idea, at=clock.now(), by=owner)
    delivered = fresh(idea)
    place, _person = joined(delivered, owner)
    team.remove_member(member=place, by=owner)
    verbs = AuditEntry.objects.filter(verb__startswith="team").values_list("verb", flat=True)
    assert sorted(verbs) == ["team.invited", "team.joined", "team.left"]


# Pages ------------------------------------------------------------------------------------------
def test_invitation_by_page_sign_in_and_joining(client, idea, owner):
    client.force_login(owner)
    page = f"/en/oma/ehdotus/{idea.uid}/-kirjoittajat/"
    assert client.post(page, {"email": "uusi@reitti.example", "role": "writer"}).status_code == 302
    assert "uusi@reitti.example" in client.get(page).content.decode()
    wrong = client.post(page, {"email": "uusi", "role": "writer"})
    assert wrong.status_code == 422
    assert "no @ sign" in wrong.content.decode()

    client.logout()
    door = f"/en/oma/ehdotus/{idea.uid}/-liity/"
    assert client.get(door)["Location"] == f"/en/kirjaudu/?next={door}"
    colleague = User.objects.create_user("uusi@reitti.example")
    client.force_login(colleague)
    assert "Reittiopas" in client.get("/en/oma/").content.decode()
    assert client.get(f"/en/oma/ehdotus/{idea.uid}/").status_code == 404
    assert client.get(door).status_code == 200
    assert client.post(door)["Location"] == f"/en/oma/ehdotus/{idea.uid}/"
    assert client.get(door)["Location"] == f"/en/oma/ehdotus/{idea.uid}/"
    assert client.get(f"/en/oma/ehdotus/{idea.uid}/-osat/").status_code == 200


def test_whoever_was_not_invited_learns_nothing(client, idea):
    client.force_login(User.objects.create_user("vieras@x.example"))
    known = client.get(f"/en/oma/ehdotus/{idea.uid}/-liity/")
    unknown = client.get("/en/oma/ehdotus/11111111-1111-4111-8111-111111111111/-liity/")
    assert known.status_code == unknown.status_code == 404
    assert "No invitation here" in known.content.decode()
    assert "Reittiopas" not in known.content.decode()
    assert client.post(f"/en/oma/ehdotus/{idea.uid}/-liity/").status_code == 404


def test_leaving_by_page(client, idea, owner):
    place, person = joined(idea, owner)
    client.force_login(person)
    address = f"/en/oma/ehdotus/{idea.uid}/-pois/"
    for member in ("", "x", "999999"):
        assert client.post(address, {"member": member}).status_code == 302
    assert client.post(address, {"member": place.pk})["Location"] == "/en/oma/"
    assert client.get(f"/en/oma/ehdotus/{idea.uid}/").status_code == 404


def test_place_in_another_team_is_not_taken_off_by_this_page(client, idea, owner):
    other = TeamMemberFactory(idea=IdeaFactory(), user=User.objects.create_user("o@x.example"))
    client.force_login(owner)
    client.post(f"/en/oma/ehdotus/{idea.uid}/-pois/", {"member": other.pk})
    assert TeamMember.objects.filter(pk=other.pk).exists()


def test_two_writers_at_once_see_both_texts(client, idea, owner):
    _place, person = joined(idea, owner)
    actions.save_draft(
        idea=fresh(idea), answers={"problem": "Toisen teksti"}, revision=1, at=clock.now(), by=owner
    )
    client.force_login(person)
    response = client.post(
        f"/en/oma/ehdotus/{idea.uid}/solution/",
        {"revision": 1, "seen": "", "title": idea.title, "problem": "Oma teksti"},
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert "Toisen teksti" in text
    assert "Oma teksti" in text


def test_letters_follow_the_language_of_the_invited(idea, owner):
    User.objects.create_user("kollega@reitti.example", language="sv")
    invite(idea, owner)
    assert "/sv/oma/ehdotus/" in Mail.objects.get(template="team_invited").text


def test_responsibility_is_handed_over(idea, owner):
    colleague = member_of(company("Toinen Oy", "7654321-6"), "kollega@reitti.example")
    place = invite(idea, owner)
    with pytest.raises(NotNow):
        team.hand_over(member=place, by=owner)
    team.join_team(idea=idea, by=colleague, at=clock.now())
    with pytest.raises(Denied):
        team.hand_over(member=place, by=colleague)
    team.hand_over(member=place, by=owner)
    with pytest.raises(Denied):
        team.hand_over(member=place, by=owner)
    roles = dict(TeamMember.objects.filter(idea=idea).values_list("user__email", "role"))
    assert roles == {owner.email: TeamRole.WRITER, colleague.email: TeamRole.OWNER}
    first = TeamMember.objects.get(idea=idea, user=owner)
    team.remove_member(member=first, by=owner)  # whoever was responsible may leave now
    with pytest.raises(NotNow):
        team.remove_member(member=TeamMember.objects.get(idea=idea), by=colleague)


def test_page_offers_it_to_the_responsible_one(idea, owner, client):
    colleague = member_of(company("Toinen Oy", "7654321-6"), "kollega@reitti.example")
    place = invite(idea, owner)
    team.join_team(idea=idea, by=colleague, at=clock.now())
    client.force_login(owner, "django.contrib.auth.backends.ModelBackend")
    page = f"/en/oma/ehdotus/{idea.uid}/-kirjoittajat/"
    assert b"Make responsible" in client.get(page).content
    answer = client.post(f"/en/oma/ehdotus/{idea.uid}/-vastuu/", {"member": place.pk}, follow=True)
    assert b"is responsible now" in answer.content
    assert b"Make responsible" not in answer.content
