"""Rubrics: what keeps one from being published, and that a published one is final."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core import clock, outbox
from core.canonical import digest
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from scoring import rubric_checks, rubric_words, rubrics
from scoring.actions.rubric import correct_rubric, write_rubric
from scoring.actions.rubric_publishing import (
    approve_rubric,
    propose_rubric,
    publish_by_two,
    return_rubric,
)
from scoring.models import Criterion, Level, Round, Rubric
from scoring.models.rubric import RubricIsFrozen
from scoring.queries.rubric import current_rubric, rubrics_are_published
from scoring.states import RubricState
from tests.factories.accounts import UserFactory
from tests.factories.challenges import HostFactory, SeriesFactory
from tests.factories.ideas import IdeaFactory, open_series
from tests.factories.scoring import (
    RubricFactory,
    World,
    gate_spec,
    info_spec,
    rubric_spec,
    threshold_spec,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return SeriesFactory()


@pytest.fixture
def staff(series):
    return UserFactory(staff_of=series.challenge.owner)


def refused(**rubric) -> list[str]:
    return list(rubric_checks.problems(RubricFactory(**rubric)))


def test_whole_rubric_has_no_problems():
    assert refused() == []


@pytest.mark.parametrize(
    ("weights", "total"),
    [({"benefit": 50, "novelty": 30}, "80"), ({"benefit": 60, "novelty": "40.01"}, "100.01")],
)
def test_weights_that_are_not_100_are_refused_with_their_sum(weights, total):
    assert refused(criteria=rubric_spec(weights)["criteria"]) == [
        f"The weights add up to {total}, they must be exactly 100."
    ]


def test_weights_are_added_exactly():
    thirds = {"benefit": "33.33", "novelty": "33.33", "impact": "33.34"}
    assert refused(criteria=rubric_spec(thirds)["criteria"]) == []


def test_level_without_words_is_refused_by_name():
    criteria = rubric_spec()["criteria"]
    criteria[0]["levels"][2]["text"] = {}
    assert refused(criteria=criteria) == ["Benefit (en): level 3 is not described."]


def test_rubric_without_criteria_is_refused(series, staff):
    rubric = write_rubric(series=series, spec=rubric_spec(criteria=[]), by=staff)
    assert list(rubric_checks.problems(rubric)) == ["It has no criteria."]


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ([{"by": "median"}], "must end in a lot"),
        ([{"by": "criterion", "key": "price"}, {"by": "lot"}], "unknown criterion"),
    ],
)
def test_order_of_ties_must_end_in_a_lot_and_name_its_own_criteria(chain, words):
    assert words in " ".join(refused(tie_chain=chain))


def test_publishing_an_unready_rubric_says_all_that_is_wrong(series, staff):
    spec = rubric_spec({"benefit": 10})
    spec["criteria"][0]["levels"][0]["text"] = {}
    rubric = write_rubric(series=series, spec=spec, by=staff)
    with pytest.raises(Invalid) as caught:
        propose_rubric(rubric=rubric, by=staff, at=clock.now())
    assert len(caught.value.errors[""]) == 2
    rubric.refresh_from_db()
    assert rubric.state == RubricState.DRAFT


@pytest.fixture
def second(series):
    return UserFactory(staff_of=series.challenge.owner)


@pytest.fixture
def published(series, staff, second):
    rubric = write_rubric(series=series, spec=rubric_spec(), by=staff)
    return publish_by_two(rubric=rubric, by=staff, second=second, at=clock.now())


def test_published_digest_is_that_of_the_content(published):
    fresh = Rubric.objects.get(pk=published.pk)
    assert fresh.digest == digest(rubrics.payload(fresh)) != ""
    entry = AuditEntry.objects.get(verb="rubric.published")
    assert entry.data == {"sha256": fresh.digest}


def test_publishing_again_changes_nothing(published, staff):
    again = approve_rubric(rubric=published, by=staff, at=clock.now())
    assert again.published_at == published.published_at
    assert AuditEntry.objects.filter(verb="rubric.published").count() == 1


def test_models_refuse_to_change_a_published_rubric(published):
    criterion = published.criteria.first()
    level = criterion.levels.first()
    published.reviews = 9
    criterion.weight = 1
    level.value = 9
    for one in (published, criterion, level):
        with pytest.raises(RubricIsFrozen):
            one.save()
        with pytest.raises(RubricIsFrozen):
            one.delete()
    for many in (Rubric.objects.all(), Criterion.objects.all(), Level.objects.all()):
        with pytest.raises(RubricIsFrozen):
            many.delete()
    with pytest.raises(RubricIsFrozen):
        Criterion.objects.update(weight=1)
    with pytest.raises(RubricIsFrozen):
        Level(criterion=criterion, value=6, description={"fi": "lisää"}).save()


STATEMENTS = [
    "UPDATE scoring_rubric SET reviews = 9",
    "UPDATE scoring_rubric SET state = 'draft'",
    "UPDATE scoring_rubric SET tie_chain = '[]'",
    "UPDATE scoring_rubric SET calibration = 'award'",
    "UPDATE scoring_rubric SET rounds = '[1]'",
    "UPDATE scoring_rubric SET comment_levels = '[1]'",
    'UPDATE scoring_rubric SET reason = \'{"fi": "x"}\'',
    "UPDATE scoring_criterion SET kind = 'info'",
    "UPDATE scoring_criterion SET weight = 1",
    "UPDATE scoring_criterion SET rubric_id = rubric_id + 1",
    "UPDATE scoring_level SET description = '{}'",
    "INSERT INTO scoring_level (criterion_id, value, description) SELECT id, 9, '{}' FROM C",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_database_refuses_to_change_a_published_rubric(published, statement):
    with (
        pytest.raises(DatabaseError, match="published rubrics are not changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.replace(" C", " scoring_criterion"))


def test_database_lets_drafts_change(series, staff):
    rubric = write_rubric(series=series, spec=rubric_spec(), by=staff)
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            if any(word in statement for word in ("state", "rubric_id + 1", "kind")):
                continue
            cursor.execute(statement.replace(" C", " scoring_criterion"))
    rubric.refresh_from_db()
    assert rubric.reviews == 9


def test_publisher_can_be_erased_from_a_published_rubric(published, staff):
    staff.memberships.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_rubric SET published_by_id = NULL, proposed_by_id = NULL")
    published.refresh_from_db()
    assert (published.published_by, published.proposed_by) == (None, None)


def test_new_draft_replaces_the_draft_but_not_what_is_published(series, staff, published):
    second = write_rubric(series=series, spec=rubric_spec(), by=staff)
    third = write_rubric(series=series, spec=rubric_spec(reviews=5), by=staff)
    assert not Rubric.objects.filter(pk=second.pk).exists()
    assert third.version == 2
    assert current_rubric(series) == published


def test_two_criteria_with_one_key_are_refused_with_words(series, staff):
    spec = rubric_spec()
    spec["criteria"].append(spec["criteria"][0])
    with pytest.raises(Invalid, match="correct"):
        write_rubric(series=series, spec=spec, by=staff)


def test_only_the_hosts_staff_write_and_publish(series):
    stranger = UserFactory(staff_of=HostFactory())
    with pytest.raises(Denied):
        write_rubric(series=series, spec=rubric_spec(), by=stranger)
    with pytest.raises(Denied):
        propose_rubric(rubric=RubricFactory(series=series), by=stranger, at=clock.now())


def test_checklist_tells_what_the_rubrics_lack(series, staff, second):
    (line,) = rubrics_are_published(series.challenge)
    assert line.missing == ("there is no rubric",)
    rubric = write_rubric(series=series, spec=rubric_spec({"benefit": 90}), by=staff)
    (line,) = rubrics_are_published(series.challenge)
    assert "90" in line.missing[0]
    rubric = write_rubric(series=series, spec=rubric_spec(), by=staff)
    (line,) = rubrics_are_published(series.challenge)
    assert line.missing == ("it is ready but not published",)
    rubric = propose_rubric(rubric=rubric, by=staff, at=clock.now())
    (line,) = rubrics_are_published(series.challenge)
    assert line.missing == ("it waits for a second person's approval",)
    approve_rubric(rubric=rubric, by=second, at=clock.now())
    (line,) = rubrics_are_published(series.challenge)
    assert line.ok


# Kinds and policies ------------------------------------------------------------------------------


def test_rubric_of_format_1_keeps_the_digest_that_it_had():
    """The shape of before rounds and policies, field by field."""
    rubric = RubricFactory(format=1)
    assert set(rubrics.payload(rubric)) == {
        *("series", "challenge", "version", "reviews", "comment_rule", "not_applicable"),
        *("tie_chain", "criteria"),
    }
    before = rubrics.content_digest(rubric)
    rubric.calibration = "off"
    assert rubrics.content_digest(rubric) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profile", "formal"),
        ("blind", True),
        ("internal_comment_rule", "required"),
        ("comment_levels", [1]),
        ("show_others", "after_own"),
        ("show_entrants", "position"),
        ("calibration", "off"),
        ("rounds", [{"kind": "screening", "reviews": 3}]),
        ("reason", {"fi": "Painot olivat väärin."}),
    ],
)
def test_every_policy_is_in_the_digest(name, value):
    rubric = RubricFactory()
    before = rubrics.content_digest(rubric)
    setattr(rubric, name, value)
    assert rubrics.content_digest(rubric) != before


def test_rubric_of_four_kinds_is_written_from_data(series, staff):
    spec = rubric_spec({"novelty": 40})
    spec["criteria"] += [threshold_spec("benefit", 60), gate_spec(), info_spec()]
    rubric = write_rubric(series=series, spec=spec, by=staff)
    assert list(rubric_checks.problems(rubric)) == []
    scale, threshold, gate, info = rubrics.criteria(rubric)
    assert (scale.weighs, threshold.weighs, gate.weighs, info.weighs) == (True, True, False, False)
    assert (threshold.minimum, gate.low, gate.high) == (3, 0, 2)
    assert (info.is_text, info.is_required, gate.is_required) == (True, False, True)
    rules = rubrics.ranking_rules(rubric, seed=1)
    assert rules.keys == ("novelty", "benefit")
    assert rules.gates == ("fits",)


def test_comment_is_needed_at_the_levels_that_the_rubric_names():
    rubric = RubricFactory(published=True, comment_levels=[1, 5])
    assert not rubrics.comment_is_needed(rubric, {"benefit": 2, "novelty": None})
    assert rubrics.comment_is_needed(rubric, {"benefit": 2, "novelty": 5})
    assert rubrics.comment_is_needed(RubricFactory(published=True, comment_rule="required"), {})
    off = RubricFactory(published=True, comment_rule="off", comment_levels=[1])
    assert not rubrics.comment_is_needed(off, {"benefit": 1})


# Two persons --------------------------------------------------------------------------------


@pytest.fixture
def proposed(series, staff, second):
    rubric = write_rubric(series=series, spec=rubric_spec(), by=staff)
    return propose_rubric(rubric=rubric, by=staff, at=clock.now())


def test_who_proposed_cannot_publish(proposed, staff):
    with pytest.raises(NotNow, match="second person"):
        approve_rubric(rubric=proposed, by=staff, at=clock.now())


def test_draft_is_not_published_past_the_proposal(series, staff, second):
    rubric = write_rubric(series=series, spec=rubric_spec(), by=staff)
    with pytest.raises(NotNow, match="must be proposed"):
        approve_rubric(rubric=rubric, by=second, at=clock.now())


def test_database_refuses_one_person_in_both_roles(proposed, staff):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scoring_rubric SET state = 'published', published_by_id = proposed_by_id"
        )


def test_what_changed_behind_the_proposal_is_not_published(proposed, second):
    Criterion.objects.filter(key="benefit").update(question={"fi": "Toinen?"})
    with pytest.raises(NotNow, match="has changed since"):
        approve_rubric(rubric=proposed, by=second, at=clock.now())


def test_proposal_is_not_written_over(series, staff, proposed):
    with pytest.raises(NotNow, match="take it back"):
        write_rubric(series=series, spec=rubric_spec(), by=staff)
    with pytest.raises(NotNow, match="proposed already"):
        propose_rubric(rubric=proposed, by=staff, at=clock.now())


def test_proposer_takes_back_without_words_the_second_needs_some(series, staff, second, proposed):
    with pytest.raises(Invalid):
        return_rubric(rubric=proposed, reason=" ", by=second)
    returned = return_rubric(rubric=proposed, reason="", by=staff)
    assert (returned.state, returned.digest, returned.proposed_by) == ("draft", "", None)
    with pytest.raises(NotNow):
        return_rubric(rubric=returned, reason="Uudelleen", by=second)
    assert write_rubric(series=series, spec=rubric_spec(), by=staff).version == 1


def test_published_rubric_makes_its_own_series_blind(series, staff, second):
    other = SeriesFactory(challenge=series.challenge, key="toinen")
    rubric = write_rubric(series=series, spec=rubric_spec(blind=True), by=staff)
    series.refresh_from_db()
    assert not series.blind  # a draft promises nothing
    publish_by_two(rubric=rubric, by=staff, second=second, at=clock.now())
    series.refresh_from_db()
    other.refresh_from_db()
    assert (series.blind, other.blind) == (True, False)
    assert write_rubric(series=series, spec=rubric_spec(), by=staff).blind


# Corrections --------------------------------------------------------------------------------


@pytest.fixture
def world():
    """Open for proposals, its rubric published."""
    series = open_series()
    RubricFactory(series=series, published=True)
    return series


def staff_of_series(series):
    return UserFactory(staff_of=series.challenge.owner)


def corrected(series, reason="Paino oli väärin."):
    spec = rubric_spec({"benefit": 40, "feasibility": 40, "novelty": 20})
    by, second = staff_of_series(series), staff_of_series(series)
    correct_rubric(series=series, by=by)
    rubric = write_rubric(series=series, spec={**spec, "reason": {"fi": reason}}, by=by)
    return publish_by_two(rubric=rubric, by=by, second=second, at=clock.now())


def test_correction_begins_with_all_that_the_published_version_says(world):
    old = current_rubric(world)
    draft = correct_rubric(series=world, by=staff_of_series(world))
    assert draft.version == 2
    assert current_rubric(world) == old
    assert list(rubric_checks.problems(draft)) == ["Tell entrants why the rubric is corrected."]
    mine, theirs = rubrics.payload(draft), rubrics.payload(old)
    assert mine | {"version": 1} == theirs
    with pytest.raises(NotNow):
        correct_rubric(series=world, by=staff_of_series(world))


def test_correction_takes_the_place_of_the_old_version_which_stays(world):
    old = current_rubric(world)
    new = corrected(world)
    assert current_rubric(world) == new
    old.refresh_from_db()
    assert old.state == RubricState.PUBLISHED


def test_correction_is_too_late_once_the_scoring_has_begun():
    world = World.make(ideas=2, jurors=3, assigned=True)
    with pytest.raises(NotNow, match="scoring has begun"):
        correct_rubric(series=world.series, by=world.staff)


def test_round_that_was_only_planned_is_planned_anew(world):
    old = current_rubric(world)
    planned = Round.objects.create(series=world, rubric=old, reviews=2)
    new = corrected(world)
    assert not Round.objects.filter(pk=planned.pk).exists()
    assert current_rubric(world) == new


def test_changes_are_told_field_by_field(world):
    old = current_rubric(world)
    found = rubric_words.changes(old, corrected(world))
    told = {(one.label, one.before, one.after) for one in found}
    assert ("Benefit (en): weight, %", "50", "40") in told
    assert ("Feasibility (en): weight, %", "30", "40") in told
    assert rubric_words.changes(old, old) == []


def test_texts_differ_per_language_and_criteria_come_and_go(series):
    old = RubricFactory(series=series, published=True)
    spec = rubric_spec({"benefit": 50, "reach": 50})
    spec["criteria"][0]["levels"][0]["text"]["sv"] = "Ny text"
    new = RubricFactory(series=series, version=2, criteria=spec["criteria"])
    told = {(one.label, one.language, one.after) for one in rubric_words.changes(old, new)}
    assert ("Benefit (en): level 1 (svenska)", "sv", "Ny text") in told
    assert any(label == "Criterion “Novelty (en)”" and not after for label, _l, after in told)
    assert any(label == "Criterion “Reach (en)”" and after for label, _l, after in told)


def test_entrants_are_told_of_a_correction_once_each(world):
    IdeaFactory(series=world, submitted=True, contact_email="sama@posti.example")
    IdeaFactory(series=world, contact_email="sama@posti.example")
    IdeaFactory(series=world, contact_email="luonnos@posti.example")
    corrected(world, reason="Painot olivat väärin.")
    outbox.run_now()
    letters = Mail.objects.filter(template="rubric_corrected")
    assert sorted(letters.values_list("to", flat=True)) == [
        "luonnos@posti.example",
        "sama@posti.example",
    ]
    assert "Painot olivat väärin." in letters[0].text


def test_first_publication_sends_no_notice(published):
    outbox.run_now()
    assert not Mail.objects.filter(template="rubric_corrected").exists()
