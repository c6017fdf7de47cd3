"""Abstaining, the chair's powers, and every version of a sheet."""

import pytest
from django.urls import reverse

from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from scoring.actions import panel, reopening, sheets
from scoring.models import DeclarationVersion, IdeaScore, Juror, ScoreSheet, SheetVersion
from scoring.queries.ranking import rank_round
from scoring.tasks import tell_of_reopening
from tests.factories.accounts import UserFactory
from tests.factories.scoring import World
from tests.scoring.recount import assert_sums

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = World.make(ideas=1, jurors=3, assigned=True, rubric={"reviews": 3})
    made.declare_all()
    return made


@pytest.fixture
def chair(world):
    juror = world.assignments()[2].juror
    Juror.objects.filter(pk=juror.pk).update(chair=True)
    return juror.user


def reopen(one, by, reason="Kriteeri 2 jäi väärälle tasolle"):
    return reopening.reopen_sheet(assignment=one, reason=reason, by=by, at=clock.now())


def test_reopened_sheet_is_changed_and_both_versions_stay(world, chair):
    one = world.assignments()[0]
    world.score(one, all=2, comment="Ensin")
    reopened = reopen(one, chair)
    assert (reopened.state, reopened.number) == ("reopened", 1)
    assert IdeaScore.objects.get().mean is None
    assert_sums()
    world.score(one, all=5, comment="Sitten")
    first, second = SheetVersion.objects.order_by("number")
    assert (first.payload["comment"], second.payload["comment"]) == ("Ensin", "Sitten")
    assert (first.reason, second.reason) == ("", "Kriteeri 2 jäi väärälle tasolle")
    assert second.payload["scores"] == {"benefit": 5, "feasibility": 5, "novelty": 5}
    assert IdeaScore.objects.get().mean == 100
    assert AuditEntry.objects.get(verb="sheet.reopened").data["version"] == 1
    assert_sums()


def test_juror_gets_the_reason_by_mail(world, chair):
    one = world.assignments()[0]
    world.score(one, all=2)
    reopen(one, chair, "Tarkista <taso>")
    tell_of_reopening(sheet=ScoreSheet.objects.get().pk)
    letter = Mail.objects.filter(template="sheet_reopened").last()
    assert letter.to == one.juror.email
    assert "Tarkista <taso>" in letter.text


def test_only_the_chair_and_staff_open_and_nobody_their_own(world, chair):
    mine, _other, chairs = world.assignments()
    for one in (mine, chairs):
        world.score(one, all=3)
    for person in (mine.juror.user, UserFactory(), world.assignments()[1].juror.user):
        with pytest.raises(Denied):
            reopen(mine, person)
    with pytest.raises(NotNow, match="Somebody else"):
        reopen(chairs, chair)
    with pytest.raises(Invalid) as caught:
        reopen(mine, world.staff, "  ")
    assert caught.value.errors == {"reason": ["Write the reason."]}
    assert set(ScoreSheet.objects.values_list("state", flat=True)) == {"submitted"}
    reopen(mine, world.staff)
    with pytest.raises(NotNow, match="not locked"):
        reopen(mine, world.staff)


def test_closed_round_stays_as_it_is(world, chair):
    one = world.assignments()[0]
    world.score(one, all=3)
    world.close()
    with pytest.raises(NotNow, match="round is closed"):
        reopen(one, chair)
    assert ScoreSheet.objects.get().state == "submitted"


def test_abstention_is_an_answer_but_in_no_mean(world):
    first, second, third = world.assignments()
    world.score(first, all=5)
    sheets.save_sheet(
        assignment=second, changes={"benefit": 1}, by=second.juror.user, at=clock.now()
    )
    with pytest.raises(Invalid):
        sheets.abstain(assignment=second, reason=" ", by=second.juror.user, at=clock.now())
    sheet = sheets.abstain(
        assignment=second, reason="En tunne alaa", by=second.juror.user, at=clock.now()
    )
    assert sheet.total is None
    assert sheet.versions.get().payload["abstained"] == "En tunne alaa"
    score = IdeaScore.objects.get()
    assert (score.submitted, score.wanted, score.mean) == (2, 3, 100)
    assert_sums()
    with pytest.raises(NotNow, match="locked"):
        sheets.submit_sheet(assignment=second, by=second.juror.user, at=clock.now())
    with pytest.raises(NotNow, match="locked"):
        sheets.abstain(assignment=first, reason="Myöhässä", by=first.juror.user, at=clock.now())
    with pytest.raises(NotNow, match="locked"):
        sheets.save_sheet(
            assignment=second, changes={"benefit": 2}, by=second.juror.user, at=clock.now()
        )
    world.score(third, all=3)
    world.close()
    found = rank_round(world.round)
    assert (found.result.submitted, found.result.expected) == (2, 2)
    assert found.rows[0].place.score == 75


def test_abstention_may_be_opened_again(world, chair):
    one = world.assignments()[0]
    sheets.abstain(assignment=one, reason="Sairaana", by=one.juror.user, at=clock.now())
    reopen(one, chair)
    world.score(one, all=4)
    assert [v.payload["state"] for v in SheetVersion.objects.all()] == ["abstained", "submitted"]
    assert_sums()


def test_chair_settles_ties_but_not_their_own(world, chair):
    mine, _other, chairs = world.assignments()
    for one in (mine, chairs):
        panel.declare(
            juror=one.juror, idea=one.idea, kind="potential", reason="Naapuri",
            by=one.juror.user, at=clock.now(),
        )  # fmt: skip
    theirs, own = (j.declarations.get() for j in (mine.juror, chairs.juror))
    for declaration in (own, theirs):  # hers closes the proposal to her
        with pytest.raises(Denied):
            panel.settle_declaration(
                declaration=declaration, conflict=False, by=chair, at=clock.now()
            )
    panel.settle_declaration(declaration=own, conflict=False, by=world.staff, at=clock.now())
    panel.settle_declaration(declaration=theirs, conflict=True, by=chair, at=clock.now())
    kinds = DeclarationVersion.objects.filter(declaration=theirs).values_list("kind", flat=True)
    assert list(kinds) == ["none", "potential", "conflict"]


def test_tie_told_of_after_scoring_goes_to_the_chair_and_takes_the_score_out(world, chair):
    one = world.assignments()[0]
    world.score(one, all=5)
    juror = one.juror
    with pytest.raises(NotNow, match="possible tie"):
        panel.declare(
            juror=juror, idea=one.idea, kind="conflict", reason="Veli",
            by=juror.user, at=clock.now(),
        )  # fmt: skip
    told = panel.declare(
        juror=juror, idea=one.idea, kind="potential", reason="Veli", by=juror.user, at=clock.now()
    )
    assert IdeaScore.objects.get().mean == 100  # until somebody has said that it is a conflict
    panel.settle_declaration(declaration=told, conflict=True, by=chair, at=clock.now())
    assert IdeaScore.objects.get().mean is None
    assert ScoreSheet.objects.get().state == "submitted"  # kept, and not counted
    assert_sums()


def test_chairs_page_settles_reopens_and_lists_the_none_answers(client, world, chair):
    one = world.assignments()[0]
    world.score(one, all=3)
    client.force_login(chair)
    page = reverse("scoring:chair", args=[world.challenge.slug])
    html = client.get(page).content.decode()
    assert html.count("No ties") == 3
    address = reverse("scoring:reopen", args=[world.challenge.slug, one.pk])
    assert address in html
    assert client.post(address, {"reason": ""}).status_code == 400
    assert client.post(address, {"reason": "Uusi tieto"}).status_code == 302
    assert "Uusi tieto" in client.get(page).content.decode()
    desk = reverse("scoring:sheet", args=[one.pk])
    client.force_login(one.juror.user)
    assert "Uusi tieto" in client.get(desk).content.decode()
    assert client.get(page).status_code == 404
