"""What a rubric's rules say in words."""

import pytest

from scoring import rubric_checks, rubric_words
from tests.factories.scoring import RubricFactory, rubric_spec

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (None, ""),
        ("no_sheets", "Not ranked: no sheet yet."),
        ("gate_failed:benefit", "more jurors said no than yes to “Benefit (en)”"),
        ("below_minimum:novelty", "the mean on “Novelty (en)” is below its minimum"),
    ],
)
def test_why_a_proposal_is_not_placed_is_told_in_words(reason, words):
    assert words in rubric_words.why_not_placed(RubricFactory(), reason)


def test_missing_languages_are_told():
    criteria = rubric_spec()["criteria"]
    del criteria[1]["levels"][0]["text"]["sv"]
    assert rubric_checks.missing_languages(RubricFactory(criteria=criteria)) == ["sv"]
