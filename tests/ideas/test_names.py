"""Names in public: each of the team says it of themselves, and takes it back."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import Membership, User
from accounts.states import MembershipState
from catalogue.actions import solutions_from_ideas
from catalogue.models import Solution
from core import clock, outbox
from core.errors import Denied, Invalid
from core.models import AuditEntry, OutboxRow
from ideas import actions, compilation, names, personal, reader, team
from ideas.models import Compilation, Idea, TeamMember
from ideas.states import TeamRole
from tests.factories.ideas import (
    IdeaFactory,
    TeamMemberFactory,
    company,
    member_of,
    open_series,
    organisation_answers,
    organisations_series,
    whole_answers,
)

pytestmark = pytest.mark.django_db
SAID = {"name": "Veera Esimerkki", "partner": None}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def owner():
    return member_of(company(), "kirjoittaja@reitti.example")


def handed_in(owner, **more):
    firm = Membership.objects.get(user=owner).organisation
    idea = actions.start_draft(
        series=organisations_series(**more),
        language="fi",
        at=clock.now(),
        by=owner,
        organisation=firm,
    )
    actions.save_draft(
        idea=idea, answers=organisation_answers(), revision=0, at=clock.now(), by=owner
    )
    actions.submit_idea(idea=fresh(idea), at=clock.now(), by=owner)
    return fresh(idea)


@pytest.fixture
def idea(owner):
    return handed_in(owner)


def fresh(idea):
    return Idea.objects.for_reading().get(pk=idea.pk)


def joins(idea, owner, email="kollega@reitti.example", person=None, **said):
    team.invite_colleague(idea=idea, email=email, by=owner, at=clock.now())
    person = person or User.objects.create_user(email)
    team.join_team(idea=fresh(idea), by=person, at=clock.now(), **said)
    return person


def say(idea, by, **said):
    return names.say_of_oneself(idea=idea, by=by, at=clock.now(), **(SAID | said))


def public(idea):
    return reader.proposer(fresh(idea), reader.Audience.PUBLIC)


def own(idea, tail):
    return f"/en/oma/ehdotus/{idea.uid}/{tail}/"


# What each says --------------------------------------------------------------------------------
def test_joining_names_nobody_and_each_names_oneself(idea, owner):
    colleague = joins(idea, owner)
    assert public(idea) == "Reitti Oy"
    say(idea, owner)
    assert public(idea) == "Reitti Oy (Veera Esimerkki)"
    say(idea, colleague, name="Onni Esimerkki")
    assert public(idea) == "Reitti Oy (Veera Esimerkki, Onni Esimerkki)"
    say(idea, owner, name="")
    assert public(idea) == "Reitti Oy (Onni Esimerkki)"


@pytest.mark.parametrize("who", ["stranger", "invited"])
def test_nobody_says_it_who_is_not_in_the_team(idea, owner, who):
    team.invite_colleague(idea=idea, email="invited@x.example", by=owner, at=clock.now())
    with pytest.raises(Denied):
        say(idea, User.objects.create_user(f"{who}@x.example"))
    assert public(idea) == "Reitti Oy"


def test_page_changes_ones_own_word_only(client, idea, owner):
    colleague = joins(idea, owner)
    client.force_login(owner)
    place = TeamMember.objects.get(user=colleague)
    sent = {"show": "on", "name": "Onni Esimerkki", "member": place.pk, "person": colleague.pk}
    assert client.post(own(idea, "-nimi"), sent).status_code == 302
    place.refresh_from_db()
    assert (place.shown_as, place.spoke_at is None) == ("", False)  # said when joining: not named
    assert TeamMember.objects.get(user=owner).shown_as == "Onni Esimerkki"
    assert client.get(own(idea, "-kirjoittajat")).content.decode().count("Named in public: ") == 1
    client.post(own(idea, "-nimi"), {"name": "Onni Esimerkki"})  # unticked
    assert TeamMember.objects.get(user=owner).shown_as == ""


def test_names_and_roles_do_not_change_without_end(client, idea, owner, monkeypatch):
    monkeypatch.setattr("ideas.views.team.NAMINGS_PER_HOUR", 2)
    colleague = joins(idea, owner)
    client.force_login(owner)
    sent = [{"show": "on", "name": f"Veera {number}"} for number in range(3)]
    assert [client.post(own(idea, "-nimi"), one).status_code for one in sent] == [302, 302, 422]
    refused = client.post(own(idea, "-nimi"), {"show": "on", "name": "Veera Viimeinen"})
    assert "Wait a while" in refused.content.decode()
    assert "Veera Viimeinen" in refused.content.decode()  # what was typed is there
    assert public(idea) == "Reitti Oy (Veera 1)"
    place = TeamMember.objects.get(user=colleague)
    role = {"member": place.pk, "role": TeamRole.READER}
    answer = client.post(reverse("ideas:own_role", args=[idea.uid]), role, follow=True)
    assert "Wait a while" in answer.content.decode()
    place.refresh_from_db()
    assert place.role == TeamRole.WRITER
    assert client.post(own(idea, "-nimi")).status_code == 302  # taken back all the same
    assert public(idea) == "Reitti Oy"
    client.force_login(colleague)  # each person's own count
    assert client.post(own(idea, "-nimi"), sent[0]).status_code == 302


def test_reader_says_it_too(client, idea, owner):
    team.invite_colleague(
        idea=idea, email="lukija@x.example", role=TeamRole.READER, by=owner, at=clock.now()
    )
    reading = User.objects.create_user("lukija@x.example")
    client.force_login(reading)
    client.post(own(idea, "-liity"), {"show": "on", "name": "Lumi Lukija"})
    assert public(idea) == "Reitti Oy (Lumi Lukija)"


def test_box_is_unticked_and_a_ticked_one_needs_a_name(client, idea, owner):
    team.invite_colleague(idea=idea, email="uusi@x.example", by=owner, at=clock.now())
    person = User.objects.create_user("uusi@x.example", name="Uuno Uusi")
    client.force_login(person)
    page = client.get(own(idea, "-liity"))
    assert page.context["form"]["show"].value() is False
    assert page.context["form"]["name"].value() == "Uuno Uusi"
    wrong = client.post(own(idea, "-liity"), {"show": "on", "name": " "})
    assert wrong.status_code == 422
    assert "Write the name, or leave the box unticked." in wrong.content.decode()
    assert not TeamMember.objects.filter(user=person).exists()
    client.post(own(idea, "-liity"))
    assert TeamMember.objects.get(user=person).shown_as == ""


def test_name_is_one_line_of_a_hundred_characters(idea, owner):
    say(idea, owner, name="Veera\n\u202eEsimerkki ")
    assert public(idea) == "Reitti Oy (Veera Esimerkki)"
    with pytest.raises(Invalid):
        say(idea, owner, name="V" * 101)


def test_record_tells_that_it_was_said_but_no_name(idea, owner):
    say(idea, owner)
    say(idea, owner)
    entry = AuditEntry.objects.get(verb="team.named")
    assert entry.data == {"name": True, "partner": ""}


# Partners --------------------------------------------------------------------------------------
def test_partner_is_one_of_those_that_the_person_acts_for(client, idea, owner):
    partner, other = company("Kumppani Oy", "7654321-6"), company("Toinen Oy", None)
    colleague = member_of(partner, "kollega@kumppani.example")
    Membership.objects.create(user=colleague, organisation=other, state=MembershipState.ACTIVE)
    asked = company("Pyydetty Oy", None)
    Membership.objects.create(user=colleague, organisation=asked, state=MembershipState.REQUESTED)
    team.invite_colleague(idea=idea, email=colleague.email, by=owner, at=clock.now())
    client.force_login(colleague)
    text = client.get(own(idea, "-liity")).content.decode()
    assert "Kumppani Oy" in text
    assert "Toinen Oy" in text
    assert "Pyydetty Oy" not in text
    refused = client.post(own(idea, "-liity"), {"partner": str(asked.uid)})
    assert refused.status_code == 422
    client.post(own(idea, "-liity"), {"partner": str(other.uid)})
    assert public(idea) == "Reitti Oy, Toinen Oy"
    client.post(own(idea, "-nimi"), {"partner": str(partner.uid)})
    assert public(idea) == "Reitti Oy, Kumppani Oy"
    with pytest.raises(Denied):
        say(idea, colleague, partner=asked)
    client.post(own(idea, "-nimi"), {"partner": ""})
    assert public(idea) == "Reitti Oy"


def test_who_proposes_is_no_partner_of_itself(client, idea, owner):
    with pytest.raises(Invalid):
        say(idea, owner, partner=idea.organisation)
    client.force_login(owner)
    assert "takes part through me" not in client.get(own(idea, "-kirjoittajat")).content.decode()


def test_one_person_proposes_for_any_organisation_that_they_act_for(client):
    first, second = company(), company("Toinen Oy", "7654321-6")
    person = member_of(first, "kaksi@hattua.example")
    Membership.objects.create(user=person, organisation=second, state=MembershipState.ACTIVE)
    third = company("Vieras Oy", None)
    series = organisations_series()
    door = f"/en/ehdota/{series.challenge.slug}/{series.key}/"
    client.force_login(person)
    for firm in (first, second):
        page = client.get(door)
        assert page.context["chosen"] == ""  # several: nobody is chosen for one
        client.post(door, {"start": page.context["start_token"], "organisation": firm.uid.hex})
    assert set(Idea.objects.values_list("organisation__name", flat=True)) == {
        "Reitti Oy",
        "Toinen Oy",
    }
    assert client.post(door, {"organisation": third.uid.hex}).status_code == 422


# Citizens --------------------------------------------------------------------------------------
def citizens(**answers):
    """Written by one with an account, whom the form names as its contact."""
    person = User.objects.create_user("kansalainen@esimerkki.example")
    idea = actions.start_draft(series=open_series(), language="fi", at=clock.now(), by=person)
    given = whole_answers(name_public="yes", **answers)
    actions.save_draft(idea=idea, answers=given, revision=0, at=clock.now(), by=person)
    return fresh(idea), person


def test_forms_answer_counts_for_who_gave_it_and_others_are_counted():
    idea, person = citizens()
    joins(idea, person, "toinen@x.example", name="Toinen Tekijä")
    joins(idea, person, "kolmas@x.example")
    actions.submit_idea(idea=fresh(idea), at=clock.now(), by=person)
    assert public(idea) == "Nimimerkki Kuusi, Toinen Tekijä and 1 other"
    say(idea, person, name="")
    assert public(idea) == "Toinen Tekijä and 2 others"


def test_who_hands_in_is_the_one_whom_the_form_names_whatever_the_address_for_letters(client):
    idea, person = citizens(name="Anna Nimi", email="anna@muualla.example")
    actions.submit_idea(idea=fresh(idea), at=clock.now(), by=person)
    assert public(idea) == "Anna Nimi"
    joins(idea, person, "toinen@x.example")
    assert public(idea) == "Anna Nimi and 1 other"
    client.force_login(person)
    form = client.get(own(idea, "-kirjoittajat")).context["forms"]["own"]
    assert (form["show"].value(), form["name"].value()) == (True, "Anna Nimi")
    say(idea, person, name="")
    assert public(idea) == ""


def test_only_writer_is_the_one_whom_the_form_names_by_the_secret_link():
    idea, person = citizens(name="Anna Nimi", email="anna@muualla.example")
    actions.submit_idea(idea=fresh(idea), at=clock.now(), by=None)
    assert public(idea) == "Anna Nimi"
    joins(idea, person, "toinen@x.example")
    assert public(idea) == "Anna Nimi and 2 others"  # whose it is nobody can tell any more


def test_nobody_names_another_by_the_form():
    idea, person = citizens()
    other = joins(idea, person, "toinen@x.example")
    actions.submit_idea(idea=fresh(idea), at=clock.now(), by=other)
    assert public(idea) == ""
    say(idea, person, name="Nimimerkki Kuusi")
    assert public(idea) == "Nimimerkki Kuusi and 1 other"


def test_secret_links_answer_counts_as_before():
    idea = IdeaFactory(submitted=True, public=True, name_public=True)
    assert public(idea) == "Nimimerkki Kuusi"
    assert reader.proposer(IdeaFactory(submitted=True, public=True), "public") == ""


# Where names are shown -------------------------------------------------------------------------
def test_nobody_is_named_while_a_blind_series_is_judged(client, owner):
    idea = handed_in(owner, blind=True)
    say(idea, owner)
    for audience in ("public", "jury"):
        assert reader.proposer(fresh(idea), audience) == ""
    assert "Veera" not in client.get(f"/en/ehdotus/{idea.uid.hex}/").content.decode()
    Idea.objects.filter(pk=idea.pk).update(state="decided", decided_at=clock.now())
    assert public(idea) == "Reitti Oy (Veera Esimerkki)"


def test_page_list_and_compilation_show_the_same_and_forget_it(client, idea, owner):
    say(idea, owner)
    page, csv = f"/en/ehdotus/{idea.uid.hex}/", f"/en/haasteet/{idea.challenge.slug}/ehdotukset.csv"

    def seen():
        listed = b"".join(client.get(csv).streaming_content).decode()
        return ["Veera" in text for text in (client.get(page).content.decode(), listed)]

    assert seen() == [True, True]
    compilation.order_compilation(challenge=idea.challenge, by=None, at=clock.now())
    outbox.run_now()
    assert all("Veera" in one.body for one in Compilation.objects.all())
    say(idea, owner, name="")
    assert not Compilation.objects.exists()  # at once
    assert seen() == [False, False]
    outbox.run_now()
    made = Compilation.objects.all()
    assert len(made) == 3
    assert not any("Veera" in one.body for one in made)


@pytest.mark.parametrize("signed_in", [True, False])
def test_later_version_without_the_name_takes_the_compilation_off_at_once(signed_in):
    idea, person = citizens(name="Anna Nimi")
    by = person if signed_in else None
    if not signed_in:
        TeamMember.objects.filter(idea=idea).delete()
    actions.submit_idea(idea=fresh(idea), at=clock.now(), by=by)
    assert public(idea) == "Anna Nimi"
    compilation.order_compilation(challenge=idea.challenge, by=None, at=clock.now())
    outbox.run_now()
    assert all("Anna Nimi" in one.body for one in Compilation.objects.all())
    for number, answers in enumerate([{"hours": "7"}, {"name_public": "no"}], start=1):
        actions.save_draft(idea=idea, answers=answers, revision=number, at=clock.now(), by=by)
        actions.submit_idea(idea=fresh(idea), at=clock.now(), by=by)
        assert Compilation.objects.exists() is (number == 1)  # other words say nothing of names
    outbox.run_now()
    made = Compilation.objects.all()
    assert len(made) == 3
    assert not any("Anna Nimi" in one.body for one in made)


def test_what_has_not_stood_in_public_leaves_the_compilation_alone(owner):
    idea = handed_in(owner, blind=True)
    compilation.order_compilation(challenge=idea.challenge, by=None, at=clock.now())
    outbox.run_now()
    say(idea, owner)
    assert Compilation.objects.count() == 3
    assert not OutboxRow.objects.filter(event="ideas.named").exists()


def solution_of(idea):
    Idea.objects.filter(pk=idea.pk).update(state="decided", awarded=True, decided_at=clock.now())
    solutions_from_ideas(awards={idea.pk: "Palkittu"}, at=clock.now())
    return Solution.objects.get(idea=idea)


def test_catalogue_follows_and_keeps_what_staff_have_written(idea, owner):
    say(idea, owner)
    solution = solution_of(idea)
    assert solution.provider == "Reitti Oy (Veera Esimerkki)"
    solution.save_revision()
    say(idea, owner, name="")
    outbox.run_now()
    solution.refresh_from_db()
    assert solution.provider == "Reitti Oy"
    assert {one.content["provider"] for one in solution.revisions.all()} == {"Reitti Oy"}
    Solution.objects.filter(pk=solution.pk).update(provider="Reitti Oy ja kaupunki")
    say(idea, owner)
    outbox.run_now()
    solution.refresh_from_db()
    assert solution.provider == "Reitti Oy ja kaupunki"


def test_leaving_takes_the_name_off(idea, owner):
    colleague = joins(idea, owner, name="Onni Esimerkki")
    assert public(idea) == "Reitti Oy (Onni Esimerkki)"
    team.remove_member(member=TeamMember.objects.get(user=colleague), by=colleague)
    assert public(idea) == "Reitti Oy"


def test_erased_person_is_named_nowhere(idea, owner):
    colleague = joins(idea, owner, name="Onni Esimerkki")
    solution = solution_of(idea)
    assert personal.held(colleague).data[0]["my_place"]["name_shown_in_public"] == "Onni Esimerkki"
    personal.erase(colleague, clock.now())
    outbox.run_now()
    solution.refresh_from_db()
    assert public(idea) == solution.provider == "Reitti Oy"
    assert "Onni" not in str(Idea.objects.values_list("authors", flat=True).get(pk=idea.pk))


def test_lists_ask_nobodys_team(idea, owner, django_assert_num_queries):
    for number in range(3):
        joins(idea, owner, f"{number}@x.example", name=f"Tekijä {number}")
    found = fresh(idea)
    with django_assert_num_queries(0):
        assert reader.proposer(found, "public").count("Tekijä") == 3


def test_other_members_place_is_not_reached_by_a_citizens_account(client):
    place = TeamMemberFactory(user=User.objects.create_user("a@x.example"))
    client.force_login(User.objects.create_user("b@x.example"))
    sent = {"show": "on", "name": "Joku Toinen"}
    assert client.post(own(place.idea, "-nimi"), sent).status_code == 404
