"""The rubric's pages in the back office: written, proposed by one, published by another."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from challenges import hosting
from cms.setup import setup_site
from core import outbox
from core.models import Mail
from scoring import rubric_checks, rubric_library
from scoring.models import Criterion, Rubric
from tests.factories.accounts import UserFactory
from tests.factories.challenges import SeriesFactory
from tests.factories.ideas import open_series
from tests.factories.scoring import RubricFactory, rubric_spec, threshold_spec

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    """Of a challenge being prepared, with a draft rubric."""
    setup_site()
    series = open_series()
    series.challenge.state = "preparing"
    series.challenge.save()
    hosting.ensure_host(series.challenge.owner)
    RubricFactory(series=series)
    return series


@pytest.fixture
def office(client, series):
    return enter(client, series)


def enter(client, series):
    """A new person of the host's staff, in English."""
    person = UserFactory(staff_of=series.challenge.owner)
    UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": "en"})
    client.force_login(person)
    client.person = person
    return client


def url(name, series, *more):
    return reverse(f"scoring_admin:{name}", args=[series.challenge.pk, series.key, *more])


def shown(office, series, query="") -> dict[str, object]:
    """What a browser would send of the forms as they are shown."""
    page = office.get(url("rubric", series) + query)
    assert page.status_code == 200
    context = page.context
    sent: dict[str, object] = {}
    several = [context["form"], context["ties"], context["reason"]]
    for form in [*several, *context["stages"], *context["criterion_forms"]]:
        for bound in form:
            value = bound.value()
            if value is False or value is None:
                continue
            sent[bound.html_name] = value if isinstance(value, list) else str(value)
    return sent


def text_of(response) -> str:
    return response.content.decode()


def test_rubrics_page_tells_what_lacks(office, series):
    html = text_of(office.get(reverse("scoring_admin:rubrics", args=[series.challenge.pk])))
    assert "Benefit (en)" in html
    assert url("publish", series) in html


def test_saving_what_was_shown_changes_nothing(office, series):
    before = rubric_before = Rubric.objects.get()
    content = [(c.key, c.weight, c.name, c.low, c.high) for c in before.criteria.all()]
    assert office.post(url("rubric", series), shown(office, series)).status_code == 302
    after = Rubric.objects.get()
    assert [(c.key, c.weight, c.name, c.low, c.high) for c in after.criteria.all()] == content
    assert after.tie_chain == rubric_before.tie_chain
    assert after.rounds == []


def test_rubric_is_proposed_by_one_and_published_by_another(client, office, series):
    data = shown(office, series) | {"c0-weight": "40"}
    assert office.post(url("rubric", series), data).status_code == 302
    html = text_of(office.get(url("rubric", series)))
    assert "The weights add up to 90, they must be exactly 100." in html
    response = office.post(url("publish", series), follow=True)
    assert "The weights add up to 90" in text_of(response)
    assert Rubric.objects.get().state == "draft"
    office.post(url("rubric", series), shown(office, series) | {"c1-weight": "40"})
    response = office.post(url("publish", series), follow=True)
    assert Rubric.objects.get().state == "proposed"
    html = text_of(office.get(url("publish", series)))
    assert "a second person must publish it" in html
    assert "Approve and publish" not in html
    office.post(url("publish", series))
    assert Rubric.objects.get().state == "proposed"
    enter(client, series)
    assert "Approve and publish" in text_of(client.get(url("publish", series)))
    client.post(url("publish", series))
    rubric = Rubric.objects.get()
    assert rubric.state == "published"
    assert rubric.digest in text_of(client.get(url("rubric", series)))


def test_lonely_person_is_told_what_to_do(office, series):
    html = text_of(office.get(url("publish", series)))
    assert f"Nobody else works in the back office of {series.challenge.owner.name}" in html
    UserFactory(staff_of=series.challenge.owner)
    assert "Nobody else works" not in text_of(office.get(url("publish", series)))


def test_second_person_is_sent_a_letter(office, series):
    second = UserFactory(staff_of=series.challenge.owner)
    office.post(url("publish", series))
    outbox.run_now()
    assert [mail.to for mail in Mail.objects.all()] == [second.email]


def test_proposal_is_returned_with_words_that_the_first_one_reads(client, office, series):
    office.post(url("publish", series))
    enter(client, series)
    assert client.post(url("publish", series), {"do": "return"}).status_code == 400
    assert Rubric.objects.get().state == "proposed"
    client.post(url("publish", series), {"do": "return", "reason": "Taso 3 on epäselvä."})
    assert Rubric.objects.get().state == "draft"
    assert "Taso 3 on epäselvä." in text_of(client.get(url("rubric", series)))


def test_proposed_rubric_is_not_edited(office, series):
    data = shown(office, series)
    office.post(url("publish", series))
    office.post(url("rubric", series), data | {"c0-weight": "1"})
    assert Rubric.objects.get().criteria.get(key="benefit").weight == 50


def test_every_missing_language_is_named_at_its_field(office, series):
    level = Criterion.objects.get(key="benefit").levels.get(value=2)
    level.description = {"fi": "Vain suomeksi", "en": "Only"}
    level.save()
    page = office.get(url("rubric", series))
    groups = page.context["criterion_forms"][0].groups
    assert groups["name"][1] == []
    assert [lacks for value, _label, _fields, lacks in groups["levels"] if value == 2] == [
        ["svenska"]
    ]
    assert "svenska" in text_of(page)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"c0-weight": "49,9"}, "The weights add up to 99.9"),
        ({"c0-question_fi": "", "c0-question_sv": "", "c0-question_en": ""}, "is not described"),
        ({"c0-level_3_fi": "Sama", "c0-level_2_fi": "Sama"} | {
            f"c0-level_{n}_{code}": "" for n in (2, 3) for code in ("sv", "en")
        }, "levels 2 and 3 are described in the same words"),
        ({"reviews": "7"}, "7 jurors are to read each proposal"),
        ({"s0-kind": "final", "s1-kind": "screening"}, "the final can only come last"),
        ({"profile": "formal"}, "A formal competition is anonymous"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_on_the_edit_page_after_saving(office, series, change, words):
    response = office.post(url("rubric", series), shown(office, series) | change, follow=True)
    assert response.status_code == 200
    assert words in text_of(response)


@pytest.mark.parametrize(
    "change",
    [
        {"c0-weight": "101"},
        {"c0-weight": "-1"},
        {"c0-weight": "abc"},
        {"reviews": "0"},
        {"c0-low": "4", "c0-high": "3"},
        {"c0-high": "99999"},
        {"c0-kind": "puzzle"},
        {"c1-name_fi": "", "c1-name_sv": "", "c1-name_en": ""},
        {"s0-kind": "screening", "s0-carried": "101"},
    ],
)
def test_wrong_rubric_comes_back_with_what_was_typed(office, series, change):
    data = shown(office, series) | {"c0-name_fi": "Säilyvä nimi"} | change
    response = office.post(url("rubric", series), data)
    assert response.status_code == 400
    html = text_of(response)
    assert "Säilyvä nimi" in html
    assert "Nothing was saved yet" in html
    assert not Criterion.objects.filter(name__fi="Säilyvä nimi").exists()


def test_words_of_levels_stay_in_the_form_of_a_scale_that_does_not_rise(office, series):
    data = shown(office, series) | {"c0-low": "5", "c0-level_4_sv": "Säilyvä taso"}
    response = office.post(url("rubric", series), data)
    assert response.status_code == 400
    assert "Levels must rise" in text_of(response)
    assert "Säilyvä taso" in text_of(response)


def test_nothing_is_written_of_a_form_without_criteria_in_it(office, series):
    office.post(url("rubric", series), {"reviews": "3"})
    assert Criterion.objects.count() == 3


def test_criterion_is_added_moved_and_removed(office, series):
    data = shown(office, series) | {"add": "gate"}
    response = office.post(url("rubric", series), data)
    assert response["Location"].endswith("?add=gate#new")
    data = shown(office, series, "?add=gate")
    assert data["c3-kind"] == "gate"
    data |= {"c3-name_fi": "Kuuluu aiheeseen", "c3-question_fi": "Kuuluuko?", "c3-place": "1"}
    data |= {"c0-place": "2", "c2-remove": "on", "c2-weight": "roskaa"}
    assert office.post(url("rubric", series), data).status_code == 302
    kept = Rubric.objects.get().criteria.values_list("key", "kind", "weight")
    assert [(key, kind) for key, kind, _w in kept] == [
        ("kuuluu-aiheeseen", "gate"), ("benefit", "scale"), ("feasibility", "scale")
    ]  # fmt: skip
    assert kept[0][2] == 0


def test_empty_new_criterion_is_left_out(office, series):
    office.post(url("rubric", series), shown(office, series, "?add=scale"))
    assert Criterion.objects.count() == 3


def test_policies_ties_and_rounds_are_kept(office, series):
    data = shown(office, series) | {
        "comment_rule": "optional", "comment_levels": ["1", "5"], "blind": "on",
        "show_others": "after_own", "show_entrants": "position", "calibration": "off",
        "internal_comment_rule": "required", "tie_1": "novelty", "tie_2": "lowest", "tie_3": "",
        "s0-kind": "screening", "s0-reviews": "2", "s0-by": "best", "s0-value": "10",
        "s1-kind": "final", "s1-reviews": "3", "s1-by": "all", "s1-carried": "50", "s1-live": "on",
    }  # fmt: skip
    assert office.post(url("rubric", series), data).status_code == 302
    rubric = Rubric.objects.get()
    assert (rubric.comment_levels, rubric.blind, rubric.calibration) == ([1, 5], True, "off")
    assert [step.get("key") or step["by"] for step in rubric.tie_chain] == [
        "novelty", "lowest", "lot",
    ]  # fmt: skip
    assert [row["kind"] for row in rubric.rounds] == ["screening", "final"]
    assert rubric.rounds[1] == {
        "kind": "final", "reviews": 3, "advance": {"by": "all", "value": 0},
        "carry_over": "0.5", "live": True,
    }  # fmt: skip
    assert list(rubric_checks.problems(rubric)) == []
    again = shown(office, series)
    assert (again["s1-carried"], again["tie_2"]) == ("50", "lowest")


def test_scale_and_minimum_stay_when_edited(office, series):
    Rubric.objects.all().delete()
    one = threshold_spec("benefit", 100) | {"low": 0, "high": 6}
    one["levels"] = [{"value": n, "text": {"fi": f"Taso {n}"}} for n in range(7)]
    RubricFactory(series=series, criteria=[one])
    data = shown(office, series)
    assert {"c0-level_0_fi", "c0-level_6_fi"} <= set(data)
    office.post(url("rubric", series), data)
    criterion = Rubric.objects.get().criteria.get()
    assert (criterion.low, criterion.high, criterion.minimum) == (0, 6, 3)


@pytest.mark.parametrize("entry", rubric_library.entries(), ids=lambda entry: entry.key)
def test_rubric_of_the_library_is_whole_in_three_languages(office, series, entry):
    response = office.post(url("rubric_start", series), {"source": f"library:{entry.key}"})
    assert response.status_code == 302
    rubric = Rubric.objects.get()
    rubric.series.challenge.visibility = "titles"  # which a formal one asks for
    assert list(rubric_checks.problems(rubric)) == []
    assert rubric_checks.missing_languages(rubric) == []


def test_library_has_the_three_that_were_promised():
    keys = {entry.key for entry in rubric_library.entries()}
    assert {"mikkeli-organisations", "mikkeli-citizens", "service_design", "grants"} <= keys


def test_rubric_is_started_from_ones_own_earlier_challenge_only(office, series):
    own = SeriesFactory(challenge__owner=series.challenge.owner)
    theirs = RubricFactory()
    mine = RubricFactory(
        series=own, criteria=rubric_spec({"benefit": 60, "novelty": 40})["criteria"]
    )
    page = office.get(url("rubric_start", series))
    assert [one.pk for one in page.context["own"]] == [mine.pk]
    office.post(url("rubric_start", series), {"source": f"own:{theirs.pk}"})
    assert series.rubrics.get().criteria.count() == 3
    office.post(url("rubric_start", series), {"source": f"own:{mine.pk}"})
    assert [int(c.weight) for c in series.rubrics.get().criteria.all()] == [60, 40]


@pytest.mark.parametrize("eyes", ["juror", "entrant"])
def test_draft_is_seen_as_a_juror_and_as_an_entrant(office, series, eyes):
    html = text_of(office.get(url("rubric_preview", series, eyes)))
    assert "Benefit (en)" in html
    assert "benefit taso 5 (en)" in html
