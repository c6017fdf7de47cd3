"""Criteria without points: words that a juror writes, and gates that are asked once."""

import json
import zipfile
from io import BytesIO

import pytest
from django.urls import reverse

from core.errors import Invalid
from scoring import package, ranking, report, rubric_words, rubrics
from scoring.actions import decision as verbs
from scoring.actions import rounds, sheets
from scoring.models import Score
from scoring.queries.desk import rows_of
from scoring.queries.eligibility import check_policy
from scoring.queries.ranking import rank_round
from tests.factories.scoring import World, criterion_spec, gate_spec, info_spec
from tests.scoring.test_admin import enter, url

pytestmark = pytest.mark.django_db

ELIGIBILITY = [{"kind": "eligibility", "reviews": 2}, {"kind": "screening", "reviews": 2}]
SAID = "Kokeiltu jo Mikkelissä."


# Words -----------------------------------------------------------------------------------------


@pytest.fixture
def worded() -> World:
    world = World.make(
        ideas=2,
        jurors=2,
        assigned=True,
        rubric={"criteria": [criterion_spec("benefit", 100), info_spec()]},
    )
    world.declare_all()
    for one in world.assignments():
        words = SAID if one.idea == world.ideas[0] else ""
        world.score(one, benefit=4, remarks=words)
    return world


def test_words_are_stored_and_seen_on_sheet_strip_and_print(client, worded):
    one = next(one for one in worded.assignments() if one.idea == worded.ideas[0])
    assert Score.objects.get(sheet=one.sheet, criterion__key="remarks").text == SAID
    client.force_login(one.juror.user)
    for address in (
        reverse("scoring:sheet", args=[one.pk]),
        reverse("scoring:print", args=[one.pk]),
        reverse("scoring:strip", args=[one.juror_id]),
    ):
        html = client.get(address).content.decode()
        assert html.count(SAID) == 1, address


def test_words_are_in_the_whole_report_and_in_the_package_not_in_public(worded):
    worded.close()
    verbs.draft_decision(challenge=worded.challenge, by=worded.staff, at=worded.at)
    whole = report.html(worded.challenge, "en", full=True, printable=True)
    assert whole.count(SAID) == 2  # of both jurors, unnamed
    part = whole.split("What jurors answered in words", 1)[1]
    assert all(str(juror) not in part.split("</section>", 1)[0] for juror in worded.jurors)
    public = report.html(worded.challenge, "en", full=False, printable=True)
    assert SAID not in public
    assert "What jurors answered in words" not in public
    with zipfile.ZipFile(BytesIO(package.build(worded.challenge))) as archive:
        kept = json.loads(archive.read("sheets.json"))
    assert sorted(one["payload"]["texts"].get("remarks", "") for one in kept) == [
        "",
        "",
        SAID,
        SAID,
    ]


# Gates -----------------------------------------------------------------------------------------


def gated(*, plan: list, assigned: bool = True) -> World:
    world = World.make(
        ideas=2,
        jurors=2,
        rubric={"criteria": [criterion_spec("benefit", 100), gate_spec("fits")], "rounds": plan},
    )
    if plan:
        rounds.close_eligibility(series=world.series, by=world.staff, at=world.at)
    world.assign()
    world.declare_all()
    return world


def test_gates_of_the_check_are_not_asked_of_jurors_again():
    world = gated(plan=ELIGIBILITY)
    assert [gate.key for gate in check_policy(world.ideas[0]).gates] == ["fits"]
    one = world.assignments()[0]
    assert [row.key for row in rows_of(one)] == ["benefit"]
    with pytest.raises(Invalid):
        sheets.save_sheet(assignment=one, changes={"fits": 1}, by=one.juror.user, at=world.at)
    sheets.save_sheet(assignment=one, changes={"benefit": 4}, by=one.juror.user, at=world.at)
    sheet = sheets.submit_sheet(assignment=one, by=one.juror.user, at=world.at)
    assert sheet.versions.get().payload["scores"] == {"benefit": 4}
    assert rank_round(world.round).given.rules.gates == ()


def test_without_a_check_jurors_answer_and_may_shut_out():
    world = gated(plan=[])
    assert check_policy(world.ideas[0]).gates == ()
    for one in world.assignments():
        assert [row.key for row in rows_of(one)] == ["benefit", "fits"]
        world.score(one, benefit=4, fits=0 if one.idea == world.ideas[0] else 1)
    reasons = {row.idea: row.place.reason for row in rank_round(world.round).rows}
    assert reasons[world.ideas[0]] == f"{ranking.GATE_FAILED}:fits"
    assert reasons[world.ideas[1]] is None


@pytest.mark.parametrize(
    ("plan", "words", "asked"),
    [
        (ELIGIBILITY, "Answered in the check of eligibility", False),
        ([], "not ranked when more jurors answer no", True),
    ],
)
def test_rules_and_preview_say_who_answers_the_gates(client, plan, words, asked):
    world = World.make(
        ideas=0,
        rubric={"criteria": [criterion_spec("benefit", 100), gate_spec("fits")], "rounds": plan},
    )
    (line,) = [one for one in rubric_words.rules_of(world.rubric) if one.label == "Gates"]
    assert words in line.words
    assert rubrics.gates_in_check(world.rubric) is not asked
    address = url("rubric_preview", world.challenge.pk, world.series.key, "juror")
    html = enter(client, world).get(address).content.decode()
    assert ('name="fits"' in html) == asked
    assert 'name="benefit"' in html
