"""Who gets a file of a proposal, and how it is sent."""

from uuid import uuid4

import pytest

from accounts.models import User
from accounts.states import Role
from challenges.states import Visibility
from core import clock
from ideas import actions, attachments, links
from ideas.models import Idea
from ideas.states import IdeaState
from scoring.models import Assignment, Juror, Round, Rubric
from scoring.states import AssignmentState, DeclarationKind, JurorState, RoundState
from tests.factories import files
from tests.factories.challenges import FormVersionFactory, SeriesFactory
from tests.factories.ideas import TeamMemberFactory, citizens_form, company, member_of
from tests.ideas.making import add, proposal, read, status, submit

pytestmark = pytest.mark.django_db


def juror_of(idea, **more):
    person = User.objects.create_user(f"{uuid4().hex}@tuomari.example")
    juror = Juror.objects.create(
        challenge=idea.challenge, email=person.email, user=person, state=JurorState.ACCEPTED
    )
    rubric, _made = Rubric.objects.get_or_create(series=idea.series)
    round_, _made = Round.objects.get_or_create(
        series=idea.series, rubric=rubric, reviews=1, state=RoundState.OPEN
    )
    Assignment.objects.create(round=round_, juror=juror, idea=idea, **more)
    return person


def people(idea, writer):
    return {
        "nobody": None,
        "stranger": User.objects.create_user("vieras@x.example"),
        "writer": writer,
        "colleague": TeamMemberFactory(
            idea=idea, user=User.objects.create_user("kollega@x.example")
        ).user,
        "invited": TeamMemberFactory(
            idea=idea, user=User.objects.create_user("kutsuttu@x.example"), joined_at=None
        ).user,
        "firm": member_of(idea.organisation, "muu@reitti.example"),
        "staff": member_of(idea.challenge.owner, "virkailija@kunta.example", Role.STAFF),
        "other_host": member_of(company("Toinen", "2345671-3"), "virkailija@x.example", Role.STAFF),
        "juror": juror_of(idea, declared=DeclarationKind.NONE),
        "undeclared": juror_of(idea),
        "tied": juror_of(idea, declared=DeclarationKind.CONFLICT, state=AssignmentState.RECUSED),
        "perhaps": juror_of(idea, declared=DeclarationKind.POTENTIAL),
        "withdrawn_juror": juror_of(
            idea, declared=DeclarationKind.NONE, state=AssignmentState.WITHDRAWN
        ),
    }


TEAM = {"writer", "colleague"}
ALL = {
    "nobody", "stranger", "writer", "colleague", "invited", "firm", "staff", "other_host",
    "juror", "undeclared", "tied", "perhaps", "withdrawn_juror",
}  # fmt: skip
MATRIX = {
    ("draft", "open_files"): TEAM,
    ("draft", "jury_files"): TEAM,
    ("draft", "staff_files"): TEAM,
    ("hidden", "open_files"): TEAM | {"staff", "juror"},
    ("hidden", "jury_files"): TEAM | {"staff", "juror"},
    ("hidden", "staff_files"): TEAM | {"staff"},
    ("public", "open_files"): ALL,
    ("public", "jury_files"): TEAM | {"staff", "juror"},
    ("public", "staff_files"): TEAM | {"staff"},
    ("titles", "open_files"): TEAM | {"staff", "juror"},
    ("withdrawn", "open_files"): set(),
}


@pytest.mark.parametrize(("state", "key"), MATRIX)
def test_file_is_given_to_the_right_people_only(client, state, key):
    visibility = {
        "public": Visibility.AT_ONCE,
        "titles": Visibility.TITLES,
        "withdrawn": Visibility.AT_ONCE,
    }.get(state, Visibility.WINNERS)
    idea, writer = proposal(visibility=visibility)
    kept = add(idea, writer, key=key)
    if state != "draft":
        idea = submit(idea, writer)
        Idea.objects.filter(pk=idea.pk).update(state=IdeaState.ELIGIBLE)
    if state == "withdrawn":
        actions.withdraw_idea(idea=idea, at=clock.now(), by=writer)
    got = set()
    for name, person in people(idea, writer).items():
        client.logout()
        if person is not None:
            client.force_login(person)
        response = client.get(f"/fi/ehdotus/{idea.uid}/liite/{kept.uid}/")
        assert response.status_code in (200, 404)
        if response.status_code == 200:
            assert read(response) == files.pdf()
            got.add(name)
    assert got == MATRIX[state, key]


def test_file_of_another_proposal_is_not_given_by_this_ones_address(client):
    idea, writer = proposal()
    kept = add(idea, writer)
    idea = submit(idea, writer)
    assert status(client, f"/fi/ehdotus/{uuid4()}/liite/{kept.uid}/") == 404
    assert status(client, f"/fi/ehdotus/{idea.uid}/liite/{uuid4()}/") == 404


def test_secret_link_of_a_citizen_opens_own_files_only(client):
    idea, writer = proposal()
    kept = add(idea, writer)
    other = actions.start_draft(series=series_of(idea.challenge), language="fi", at=clock.now())
    token = links.token_of(other)
    assert status(client, f"/fi/e/{token}/-liite/{kept.uid}/") == 404


def series_of(challenge):
    series = SeriesFactory(challenge=challenge)
    FormVersionFactory(series=series, definition=citizens_form(), frozen=True)
    return series


def test_removed_file_of_an_earlier_version_is_given_to_the_team_still(client):
    idea, writer = proposal(visibility=Visibility.AT_ONCE)
    kept = add(idea, writer)
    idea = submit(idea, writer)
    attachments.remove_file(attachment=kept, at=clock.now(), by=writer)
    submit(idea, writer)
    address = f"/fi/ehdotus/{idea.uid}/liite/{kept.uid}/"
    assert status(client, address) == 404
    client.force_login(writer)
    assert status(client, address) == 200


def test_file_is_always_saved_never_shown(client):
    idea, writer = proposal()
    kept = add(idea, writer, "Liite ä €.pdf")
    submit(idea, writer)
    response = client.get(f"/fi/ehdotus/{idea.uid}/liite/{kept.uid}/")
    assert read(response) == files.pdf()
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Liite%20%C3%A4%20%E2%82%AC.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["Content-Type"] == "application/pdf"
    assert client.post(f"/fi/ehdotus/{idea.uid}/liite/{kept.uid}/").status_code == 405


def test_file_gone_from_the_disk_is_a_404(client):
    idea, writer = proposal()
    kept = add(idea, writer)
    submit(idea, writer)
    kept.file.storage.delete(kept.file.name)
    assert status(client, f"/fi/ehdotus/{idea.uid}/liite/{kept.uid}/") == 404
