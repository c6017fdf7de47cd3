"""Public pages of a published rubric: what it says, its seal, what a correction changed."""

import hashlib

import pytest
from django.urls import reverse

from core import clock
from scoring.actions.rubric import correct_rubric, write_rubric
from scoring.actions.rubric_publishing import publish_by_two
from tests.factories.accounts import UserFactory
from tests.factories.ideas import open_series
from tests.factories.scoring import (
    RubricFactory,
    gate_spec,
    info_spec,
    rubric_spec,
    threshold_spec,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    """Open for proposals; its rubric has criteria of all four kinds."""
    series = open_series()
    criteria = [
        *rubric_spec({"novelty": 40})["criteria"],
        *(threshold_spec("benefit", 60), gate_spec(), info_spec()),
    ]
    RubricFactory(series=series, criteria=criteria, published=True)
    return series


def get(client, name, series, *more):
    return client.get(reverse(f"scoring:{name}", args=[series.challenge.slug, series.key, *more]))


def corrected(series):
    by, second = (UserFactory(staff_of=series.challenge.owner) for _ in range(2))
    correct_rubric(series=series, by=by)
    spec = rubric_spec({"benefit": 50, "novelty": 50}, reason={"en": "A slip of the pen."})
    rubric = write_rubric(series=series, spec=spec, by=by)
    return publish_by_two(rubric=rubric, by=by, second=second, at=clock.now())


def test_page_tells_kinds_minimum_rules_and_the_seal(client, series):
    html = get(client, "rubric", series).content.decode()
    rubric = series.rubrics.get()
    assert rubric.digest in html
    assert "A proposal whose mean is lower than 3 is not ranked." in html
    assert "when more jurors answer no than yes" in html
    assert "benefit taso 5 (en)" in html


def test_seal_is_that_of_the_file(client, series):
    response = get(client, "rubric_file", series, 1)
    assert hashlib.sha256(response.content).hexdigest() == series.rubrics.get().digest


def test_correction_has_its_page_and_the_old_version_stays_readable(client, series):
    assert get(client, "rubric_changes", series, 1).status_code == 404
    assert get(client, "rubric_version", series, 2).status_code == 404
    new = corrected(series)
    assert new.digest in get(client, "rubric", series).content.decode()
    html = get(client, "rubric_changes", series, 2).content.decode()
    assert "A slip of the pen." in html
    assert "Benefit (en): weight, %" in html
    assert (
        "This version has been replaced."
        in get(client, "rubric_version", series, 1).content.decode()
    )


@pytest.mark.parametrize("state", ["preparing"])
def test_nothing_is_told_before_the_challenge_is_public(client, series, state):
    series.challenge.state = state
    series.challenge.save()
    for name, more in (("rubric", ()), ("rubric_version", (1,)), ("rubric_file", (1,))):
        assert get(client, name, series, *more).status_code == 404


def test_draft_of_a_correction_is_not_public(client, series):
    correct_rubric(series=series, by=UserFactory(staff_of=series.challenge.owner))
    assert get(client, "rubric_version", series, 2).status_code == 404
