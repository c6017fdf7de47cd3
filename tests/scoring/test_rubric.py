"""Rubrics: what keeps one from being published, and that a published one is final."""

import pytest
from django.db import DatabaseError, connection, transaction

from core import clock
from core.canonical import digest
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry
from scoring import rubrics
from scoring.actions.rubric import publish_rubric, write_rubric
from scoring.models import Criterion, Level, Rubric
from scoring.models.rubric import RubricIsFrozen
from scoring.queries.rubric import current_rubric, rubrics_are_published
from scoring.states import RubricState
from tests.factories.accounts import UserFactory
from tests.factories.challenges import HostFactory, SeriesFactory
from tests.factories.scoring import RubricFactory, rubric_spec

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return SeriesFactory()


@pytest.fixture
def staff(series):
    return UserFactory(staff_of=series.challenge.owner)


def refused(**rubric) -> list[str]:
    return list(rubrics.problems(RubricFactory(**rubric)))


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
    assert list(rubrics.problems(rubric)) == ["It has no criteria."]


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
        publish_rubric(rubric=rubric, by=staff, at=clock.now())
    assert len(caught.value.errors[""]) == 2
    rubric.refresh_from_db()
    assert rubric.state == RubricState.DRAFT


@pytest.fixture
def published(series, staff):
    rubric = write_rubric(series=series, spec=rubric_spec(), by=staff)
    return publish_rubric(rubric=rubric, by=staff, at=clock.now())


def test_published_digest_is_that_of_the_content(published):
    fresh = Rubric.objects.get(pk=published.pk)
    assert fresh.digest == digest(rubrics.payload(fresh)) != ""
    entry = AuditEntry.objects.get(verb="rubric.published")
    assert entry.data == {"sha256": fresh.digest}


def test_publishing_again_changes_nothing(published, staff):
    again = publish_rubric(rubric=published, by=staff, at=clock.now())
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
        for statement in STATEMENTS[:1] + STATEMENTS[2:4] + STATEMENTS[5:]:
            cursor.execute(statement.replace(" C", " scoring_criterion"))
    rubric.refresh_from_db()
    assert rubric.reviews == 9


def test_publisher_can_be_erased_from_a_published_rubric(published, staff):
    staff.memberships.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_rubric SET published_by_id = NULL")
    published.refresh_from_db()
    assert published.published_by is None


def test_new_draft_replaces_the_draft_but_not_what_is_published(series, staff, published):
    second = write_rubric(series=series, spec=rubric_spec(), by=staff)
    third = write_rubric(series=series, spec=rubric_spec(reviews=5), by=staff)
    assert not Rubric.objects.filter(pk=second.pk).exists()
    assert third.version == 2
    assert current_rubric(series) == published


def test_opened_challenge_keeps_its_rubrics(series, staff):
    series.challenge.state = "opened"
    series.challenge.save()
    with pytest.raises(NotNow):
        write_rubric(series=series, spec=rubric_spec(), by=staff)


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
        publish_rubric(rubric=RubricFactory(series=series), by=stranger, at=clock.now())


def test_checklist_tells_what_the_rubrics_lack(series, staff):
    (line,) = rubrics_are_published(series.challenge)
    assert line.missing == ("there is no rubric",)
    rubric = write_rubric(series=series, spec=rubric_spec({"benefit": 90}), by=staff)
    (line,) = rubrics_are_published(series.challenge)
    assert "90" in line.missing[0]
    rubric = write_rubric(series=series, spec=rubric_spec(), by=staff)
    (line,) = rubrics_are_published(series.challenge)
    assert line.missing == ("it is ready but not published",)
    publish_rubric(rubric=rubric, by=staff, at=clock.now())
    (line,) = rubrics_are_published(series.challenge)
    assert line.ok


def test_missing_languages_are_told():
    criteria = rubric_spec()["criteria"]
    del criteria[1]["levels"][0]["text"]["sv"]
    assert rubrics.missing_languages(RubricFactory(criteria=criteria)) == ["sv"]
