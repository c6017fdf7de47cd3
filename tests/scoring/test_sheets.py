"""Score sheets: what is kept, what is refused, what they add up to."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.canonical import digest
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry
from scoring import rubrics
from scoring.actions import sheets
from scoring.models import Assignment, Score, ScoreSheet, SheetVersion
from scoring.models.sheet import VersionIsKept
from tests.factories.accounts import UserFactory
from tests.factories.scoring import World, criterion_spec
from tests.scoring.recount import assert_sums

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = World.make(ideas=2, jurors=2, assigned=True)
    made.declare_all()
    return made


@pytest.fixture
def mine(world):
    return world.assignments()[0]


def save(one, revision=None, **changes):
    return sheets.save_sheet(
        assignment=one, changes=changes, by=one.juror.user, at=clock.now(), revision=revision
    )


def submit(one):
    return sheets.submit_sheet(assignment=one, by=one.juror.user, at=clock.now())


def values(one):
    return dict(Score.objects.filter(sheet__assignment=one).values_list("criterion__key", "value"))


def test_one_change_leaves_the_rest_as_it_is(mine):
    save(mine, benefit="5", comment="Hyvä alku")
    saved = save(mine, novelty=2)
    assert values(mine) == {"benefit": 5, "novelty": 2}
    assert mine.sheet.comment == "Hyvä alku"
    assert (saved.scored, saved.of, saved.revision) == (2, 3, 2)


def test_value_can_be_changed_and_taken_back(mine):
    save(mine, benefit=5, novelty=1)
    save(mine, benefit=3, novelty=None)
    assert values(mine) == {"benefit": 3}
    assert ScoreSheet.objects.get().scored == 1


def test_total_is_weighed_over_what_is_scored(mine):
    assert save(mine, comment="Vasta luin").total is None
    assert save(mine, benefit=5).total == 100
    assert save(mine, feasibility=1).total == Decimal("62.5")


def test_older_window_is_told_and_shown_what_is_stored(mine):
    first = save(mine, benefit=5, comment="Ensimmäinen")
    with pytest.raises(sheets.StaleSheet) as caught:
        save(mine, revision=first.revision - 1, comment="Toinen")
    assert caught.value.stored.comment == "Ensimmäinen"
    assert caught.value.stored.revision == first.revision
    save(mine, revision=first.revision, comment="Toinen")


def test_revision_from_nowhere_does_not_break(mine):
    with pytest.raises(sheets.StaleSheet):
        save(mine, revision=99, comment="Outo")


@pytest.mark.parametrize(
    "value", [0, 6, "6", "1.5", "viisi", "-1", True, 4.0, [4], {"a": 1}, "9" * 6000, "na", "٣ "]
)
def test_value_out_of_the_scale_is_refused_with_words(mine, value):
    with pytest.raises(Invalid) as caught:
        save(mine, benefit=value, comment="Teksti")
    assert caught.value.errors == {"benefit": ["Choose a level from 1 to 5."]}
    assert not ScoreSheet.objects.exists()


def test_unknown_criterion_is_refused(mine):
    with pytest.raises(Invalid) as caught:
        save(mine, price=5)
    assert "price" in caught.value.errors


def test_texts_are_limited_and_cleaned(mine):
    with pytest.raises(Invalid) as caught:
        save(mine, comment="x" * 4001)
    assert caught.value.errors == {"comment": ["Shorten the text to 4000 characters."]}
    save(mine, comment="a\x00b\ud800c")
    assert ScoreSheet.objects.get().comment == "ab?c"


def test_incomplete_sheet_is_not_submitted_and_says_what_lacks(mine):
    save(mine, benefit=5)
    with pytest.raises(Invalid) as caught:
        submit(mine)
    assert caught.value.errors == {
        "feasibility": ["Choose a level: Feasibility (en)."],
        "novelty": ["Choose a level: Novelty (en)."],
    }
    assert ScoreSheet.objects.get().state == "draft"


def test_empty_sheet_is_not_submitted(mine):
    with pytest.raises(Invalid):
        submit(mine)


def test_submitted_sheet_is_locked_and_hashed(world, mine):
    sheet = world.score(mine, benefit=5, feasibility=4, novelty=3, comment="Perustelu")
    again = submit(mine)
    assert (again.pk, again.revision) == (sheet.pk, sheet.revision)
    with pytest.raises(NotNow, match="locked"):
        save(mine, benefit=1)
    fresh = ScoreSheet.objects.get(pk=sheet.pk)
    scores = {score.criterion_id: score for score in fresh.scores.all()}
    payload = sheets.sheet_payload(fresh, rubrics.criteria(world.rubric), scores)
    assert fresh.digest == digest(payload)
    assert payload["scores"] == {"benefit": 5, "feasibility": 4, "novelty": 3}
    assert AuditEntry.objects.get(verb="sheet.submitted").data == {
        "sha256": fresh.digest,
        "version": 1,
    }
    version = fresh.versions.get()
    assert (version.number, version.payload, version.digest) == (1, payload, fresh.digest)
    assert_sums()


def test_version_of_a_sheet_is_never_changed(world, mine):
    version = world.score(mine, all=3).versions.get()
    with pytest.raises(VersionIsKept):
        version.save()
    with pytest.raises(VersionIsKept):
        version.delete()
    with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
        SheetVersion.objects.update(digest="0" * 64)


def test_required_comment_is_asked_at_its_field():
    world = World.make(ideas=1, jurors=2, assigned=True, rubric={"comment_rule": "required"})
    world.declare_all()
    with pytest.raises(Invalid) as caught:
        world.score(world.assignments()[0], all=3, comment="  ")
    assert set(caught.value.errors) == {"comment"}


def test_cannot_say_is_left_out_where_the_rubric_allows_it():
    world = World.make(ideas=1, jurors=2, assigned=True, rubric={"not_applicable": "reweight"})
    world.declare_all()
    first, second = world.assignments()
    sheet = world.score(first, benefit=5, feasibility="na", novelty=1)
    assert sheet.total == Decimal("71.428571429")  # 50 of the 70 that were scored
    with pytest.raises(Invalid) as caught:
        world.score(second, all="na")
    assert caught.value.errors == {"": ["Score at least one criterion."]}


def test_closed_round_refuses_and_keeps_what_was_written(world, mine):
    save(mine, benefit=5, comment="Kesken")
    world.close()
    fresh = world.assignments()[0]
    with pytest.raises(NotNow, match="What was saved before is kept"):
        save(fresh, benefit=1)
    with pytest.raises(NotNow):
        submit(fresh)
    assert values(mine) == {"benefit": 5}


def test_window_opened_before_closing_is_refused_too(world, mine):
    world.close()
    with pytest.raises(NotNow):
        save(mine, benefit=1)


def test_nobody_scores_for_another(world, mine):
    for person in (UserFactory(), world.staff, world.jurors[1].user):
        if person == mine.juror.user:
            continue
        with pytest.raises(Denied):
            sheets.save_sheet(assignment=mine, changes={"benefit": 1}, by=person, at=clock.now())
        with pytest.raises(Denied):
            sheets.submit_sheet(assignment=mine, by=person, at=clock.now())


def test_proposal_taken_away_in_another_window_is_refused(world, mine):
    save(mine, benefit=5)
    Assignment.objects.filter(pk=mine.pk).update(state="recused")
    with pytest.raises(Denied):
        save(mine, benefit=1)
    with pytest.raises(Denied):
        submit(mine)


def test_database_holds_the_limits(world, mine):
    save(mine, benefit=5)
    for change in ({"total": 101}, {"state": "submitted"}, {"state": "abstained"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ScoreSheet.objects.update(**change)


def test_saving_costs_few_queries(mine):
    save(mine, benefit=5)
    fresh = Assignment.objects.select_related("juror", "round__rubric", "idea__challenge").get(
        pk=mine.pk
    )
    with CaptureQueriesContext(connection) as caught:
        sheets.save_sheet(
            assignment=fresh,
            changes={"benefit": 4, "comment": "Muutos"},
            by=mine.juror.user,
            at=clock.now(),
            revision=1,
        )
    assert len(caught) <= 9, [query["sql"][:90] for query in caught]


def _percent(parts):
    """Hundredths of a per cent that add up to exactly 100."""
    whole = sum(parts)
    cents = [max(1, 10000 * part // whole) for part in parts]
    cents[0] += 10000 - sum(cents)
    return [Decimal(cent) / 100 for cent in cents]


weights = st.lists(st.integers(1, 9999), min_size=2, max_size=5).map(_percent)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_total_equals_the_fraction_to_nine_decimals(db, data):
    share = data.draw(weights)
    scales = [
        data.draw(st.sampled_from([(1, 5), (0, 4), (0, 10), (1, 7)]), label="scale") for _ in share
    ]
    chosen = [data.draw(st.integers(low, high)) for low, high in scales]
    with transaction.atomic():
        spec = [
            criterion_spec(f"k{n}", weight, low=low, high=high)
            for n, (weight, (low, high)) in enumerate(zip(share, scales, strict=True))
        ]
        world = World.make(
            ideas=1,
            jurors=2,
            assigned=True,
            rubric={"criteria": spec, "tie_chain": [{"by": "lot"}]},
        )
        world.declare_all()
        sheet = world.score(
            world.assignments()[0], **{f"k{n}": value for n, value in enumerate(chosen)}
        )
        exact = sum(
            Fraction(weight) * Fraction(value - low, high - low)
            for weight, value, (low, high) in zip(share, chosen, scales, strict=True)
        )
        oracle = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
            Decimal("1e-9"), ROUND_HALF_EVEN
        )
        assert ScoreSheet.objects.get(pk=sheet.pk).total == oracle
        transaction.set_rollback(True)
