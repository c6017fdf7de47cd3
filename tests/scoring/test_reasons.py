"""Reasons assembled for staff, feedback to entrants, corrections that they ask for."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import links
from ideas.models import Idea, TeamMember
from ideas.states import TeamRole
from scoring.actions import decision as verbs
from scoring.actions.corrections import answer_correction, ask_correction
from scoring.models import Decision, Rubric, ScoreSheet
from scoring.queries.feedback import REASON_AT_MOST, assembled, feedback_of
from tests.factories.ideas import IdeaFactory, TeamMemberFactory
from tests.factories.scoring import World
from tests.scoring.test_decision import draft, reasons, scored, write

pytestmark = pytest.mark.django_db


def published(world, **changes) -> Decision:
    decision = draft(world)
    write(world, decision, **changes)
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    verbs.approve_decision(decision=decision, by=world.colleague(), at=clock.now())
    outbox.run_now()
    decision.refresh_from_db()
    return decision


def shows(what: str) -> World:
    return scored(rubric={"show_entrants": what})


def comment(world, words="Selkeä ja tarpeellinen.", **more):
    sheet = ScoreSheet.objects.filter(assignment__idea=world.ideas[0]).order_by("pk").first()
    ScoreSheet.objects.filter(pk=sheet.pk).update(
        comment=words, note="Muistiinpano", internal="Vain raadille", **more
    )


def test_reasons_are_assembled_from_levels_and_comments_in_the_proposals_language():
    world = scored()
    comment(world)
    type(world.ideas[0]).objects.filter(pk=world.ideas[0].pk).update(language="sv")
    decision = draft(world)
    assert verbs.assemble_reasons(decision=decision, by=world.staff) == 4
    reason = decision.verdicts.get(idea=world.ideas[0]).reason
    assert reason.startswith("Benefit (sv): benefit taso 5 (sv)\n")
    assert reason.endswith("\n“Selkeä ja tarpeellinen.”")
    assert "Muistiinpano" not in reason
    assert "Vain raadille" not in reason
    assert all(juror.name not in reason for juror in world.jurors)
    assert AuditEntry.objects.get(verb="decision.assembled").data == {"reasons": 4}


def test_what_was_written_is_not_assembled_over():
    world = scored()
    decision = draft(world)
    first = decision.verdicts.get(rank=1)
    write(world, decision, choices={first.pk: verbs.Choice(awarded=True, reason="Oma sana")})
    assert verbs.assemble_reasons(decision=decision, by=world.staff) == 3
    first.refresh_from_db()
    assert first.reason == "Oma sana"
    with pytest.raises(Denied):
        verbs.assemble_reasons(decision=decision, by=World.make().staff)


def test_of_a_proposal_that_nobody_scored_there_is_nothing_to_say():
    world = scored()
    refused = IdeaFactory(series=world.series, ineligible=True)
    decision = draft(world)
    assert verbs.assemble_reasons(decision=decision, by=world.staff) == 4
    assert decision.verdicts.get(idea=refused).reason == ""


def test_assembled_reason_fits_and_cuts_no_comment():
    world = scored()
    for number, sheet in enumerate(ScoreSheet.objects.filter(assignment__idea=world.ideas[0])):
        ScoreSheet.objects.filter(pk=sheet.pk).update(comment=f"{number}" + "x" * 3000)
    decision = draft(world)
    verdict = decision.verdicts.select_related("idea").get(idea=world.ideas[0])
    (reason,) = assembled([verdict]).values()
    assert len(reason) <= REASON_AT_MOST
    assert reason.count("x" * 3000) == 1


def test_draft_comments_are_nobodys_reason():
    world = scored()
    comment(world, state="reopened")
    decision = draft(world)
    verbs.assemble_reasons(decision=decision, by=world.staff)
    assert "Selkeä" not in decision.verdicts.get(idea=world.ideas[0]).reason


def test_departure_from_the_order_needs_its_reason():
    world = scored()
    decision = draft(world)
    given = reasons(decision)
    second, third = (decision.verdicts.get(rank=rank).pk for rank in (2, 3))
    given[second] = verbs.Choice(awarded=False, reason="Hyvä")
    given[third] = verbs.Choice(awarded=True, reason="Voitti")
    write(world, decision, choices=given)
    with pytest.raises(Invalid) as caught:
        verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    assert list(caught.value.errors) == ["deviations"]
    given[second] = verbs.Choice(awarded=False, reason="Hyvä", deviation="Sama ratkaisu on jo.")
    write(world, decision, choices=given)
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())


@pytest.mark.parametrize(
    ("what", "criteria", "place"),
    [("total", 0, None), ("criteria", 3, None), ("position", 3, 1)],
)
def test_entrant_sees_what_the_rubric_promised(what, criteria, place, client):
    world = shows(what)
    comment(world)
    published(world)
    verdict = world.ideas[0].verdict
    feedback = feedback_of(verdict)
    assert (len(feedback.criteria), feedback.place, feedback.placed) == (criteria, place, 4)
    page = client.get(links.status_path(world.ideas[0])).content.decode()
    letter = Mail.objects.get(template="idea_decided", to=world.ideas[0].contact_email)
    for text in (page, letter.text):
        assert "Selkeä ja tarpeellinen." in text
        assert ("benefit taso 5" in text) is bool(criteria)
        assert "Muistiinpano" not in text
        assert "Vain raadille" not in text
        assert all(juror.name not in text for juror in world.jurors)
    assert ("place 1 of 4" in page) is bool(place)
    other = client.get(links.status_path(world.ideas[1])).content.decode()
    assert "Selkeä" not in other


def test_mean_between_levels_is_told_by_the_nearest():
    world = shows("criteria")
    decision = published(world)
    verdict = decision.verdicts.get(rank=1)
    verdict.details["means"] = {"benefit": "3.50", "feasibility": "3.49", "novelty": "5.00"}
    levels = [line.level for line in feedback_of(verdict).criteria]
    assert levels == ["benefit taso 4 (en)", "feasibility taso 3 (en)", "novelty taso 5 (en)"]


def test_feedback_of_a_decision_from_before_there_was_any():
    world = scored()
    decision = published(world)
    decision.verdicts.update(details={})
    feedback = feedback_of(decision.verdicts.select_related("idea").get(rank=1))
    assert (feedback.criteria, feedback.place, feedback.placed) == ((), None, 0)


def test_correction_is_asked_and_answered_and_both_stay(client):
    world = scored()
    decision = published(world)
    idea = world.ideas[3]
    address = reverse("scoring:correction", args=[links.token_of(idea)])
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": " "}).status_code == 422
    assert client.post(address, {"text": "Pisteet puuttuvat."}).status_code == 302
    outbox.run_now()
    letters = Mail.objects.filter(template="correction_asked")
    assert world.staff.email in {letter.to for letter in letters}
    again = client.post(address, {"text": "Toinen"})
    assert again.status_code == 422
    assert "Toinen" in again.content.decode()
    (correction,) = decision.corrections.all()
    with pytest.raises(Denied):
        answer_correction(
            correction=correction,
            outcome="stands",
            answer="Ei",
            by=world.jurors[0].user,
            at=clock.now(),
        )
    for outcome, answer in (("", "Ei"), ("stands", " ")):
        with pytest.raises(Invalid):
            answer_correction(
                correction=correction,
                outcome=outcome,
                answer=answer,
                by=world.staff,
                at=clock.now(),
            )
    answer_correction(
        correction=correction,
        outcome="corrected",
        answer="Pisteet on lisätty.",
        by=world.staff,
        at=clock.now(),
    )
    with pytest.raises(NotNow):
        answer_correction(
            correction=correction, outcome="stands", answer="Ei", by=world.staff, at=clock.now()
        )
    outbox.run_now()
    assert "Pisteet on lisätty." in Mail.objects.get(template="correction_answered").text
    page = client.get(links.status_path(idea)).content.decode()
    assert "Pisteet puuttuvat." in page
    assert "Pisteet on lisätty." in page
    verbs_kept = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"correction.asked", "correction.answered"} <= verbs_kept


def test_correction_has_its_last_day():
    world = scored()
    decision = published(world, objection_days=1)
    last = clock.local(decision.objections_until)
    assert (last.hour, last.minute, last.second) == (23, 59, 59)
    assert last.date() == clock.local(decision.published_at).date() + dt.timedelta(days=1)
    idea = world.ideas[0]
    ask_correction(idea=idea, words="Nyt", by=None, at=decision.objections_until)
    with pytest.raises(NotNow, match="ended"):
        ask_correction(
            idea=world.ideas[1],
            words="Myöhässä",
            by=None,
            at=decision.objections_until + dt.timedelta(seconds=1),
        )


def test_teams_reader_asks_for_no_correction():
    world = scored()
    published(world, objection_days=1)
    idea = world.ideas[0]
    place = TeamMemberFactory(
        idea=idea, user=User.objects.create_user("lukija@x.example"), role=TeamRole.READER
    )
    asked = {"words": "Väärin laskettu", "by": place.user, "at": clock.now()}
    with pytest.raises(Denied):
        ask_correction(idea=idea, **asked)
    TeamMember.objects.filter(pk=place.pk).update(role=TeamRole.WRITER)
    ask_correction(idea=Idea.objects.get(pk=idea.pk), **asked)


def test_no_correction_is_asked_of_what_is_not_published_or_takes_none():
    world = scored()
    with pytest.raises(Denied):
        ask_correction(idea=world.ideas[0], words="Ei vielä", by=None, at=clock.now())
    decision = published(world, objection_days=0)
    assert decision.objections_until is None
    with pytest.raises(NotNow):
        ask_correction(idea=world.ideas[0], words="Ei", by=None, at=clock.now())


def test_one_open_correction_per_proposal_in_the_database():
    world = scored()
    published(world)
    idea = world.ideas[0]
    correction = ask_correction(idea=idea, words="Yksi", by=None, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        type(correction).objects.create(
            decision=correction.decision, idea=idea, text="Kaksi", at=clock.now()
        )


def test_formal_profile_signs_always_and_names_nobody(client):
    world = scored(rubric={"profile": "formal"})
    decision = draft(world)
    assert decision.needs_signatures
    write(world, decision, needs_signatures=False)
    decision.refresh_from_db()
    assert decision.needs_signatures
    client.force_login(world.staff)
    page = client.get(reverse("scoring_admin:decision", args=[world.challenge.pk]))
    assert "Ehdottaja 1" not in page.content.decode()
    assert Rubric.objects.get().profile == "formal"


def test_award_follows_calibrated_scores_where_the_rubric_said_so():
    world = scored(ideas=8, rubric={"calibration": "award"})
    decision = draft(world)
    (order,) = decision.ranking["orders"]
    if order["by"] == "calibrated":
        ranks = {row["idea"]: row["rank"] for row in order["order"]}
        for verdict in decision.verdicts.select_related("idea"):
            assert verdict.rank == ranks[verdict.idea.uid.hex]
            assert verdict.calibrated is not None
    else:
        assert order["reason"] == "few_reviews"
        assert not decision.verdicts.exclude(calibrated=None).exists()
