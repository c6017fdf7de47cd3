"""Kinds of questions, conditions, and what a question is evidence for."""

import pytest
from django.test import Client
from django.utils import translation

from challenges.definition import BadDefinition, Definition
from challenges.question_forms import QuestionForm
from core import clock
from core.errors import Invalid
from ideas import actions, answers, reader
from ideas.choices import all_options
from ideas.models import Idea
from scoring.models import Criterion, Rubric
from scoring.states import RubricState
from tests.factories.ideas import open_series, organisations_form, question
from tests.ideas.making import add, proposal, submit

pytestmark = pytest.mark.django_db
KINDS = ("date", "place", "business_id", "team", "consent")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def form_of_kinds(**more):
    raw = organisations_form()
    raw["steps"][0]["fields"] += [question(kind, kind, **more) for kind in KINDS]
    return raw


def cleaned(kind, value, **more):
    definition = Definition.parse(form_of_kinds(**more))
    field = definition.fields[kind]
    options = all_options(definition, open_series().challenge)
    return answers.clean(field, value, options.get(kind, {}))


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("date", "31.5.2027", "2027-05-31"),
        ("date", " 1. 2. 2027 ", "2027-02-01"),
        ("date", "2027-05-31", "2027-05-31"),
        ("place", "Mikkeli", "Mikkeli"),
        ("business_id", "1234567-1", "1234567-1"),
        ("business_id", "12345671", "1234567-1"),
        ("business_id", " 1234567–1 ", "1234567-1"),
        ("team", "Aino Esimerkki\r\n\r\n  Onni Malli ", "Aino Esimerkki\nOnni Malli"),
        ("consent", "on", "yes"),
        ("consent", True, "yes"),
        ("consent", "", None),
        ("consent", False, None),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_one_shape(kind, typed, kept):
    assert cleaned(kind, typed) == kept
    if kept:
        assert cleaned(kind, kept) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        *(
            ("date", one)
            for one in ("31.2.2027", "huomenna", "1.1.0001", "5/31/2027", "٣١.٥.٢٠٢٧x")
        ),
        *(("place", one) for one in ("Atlantis", "<script>")),
        *(("business_id", one) for one in ("1234567-2", "1234567", "y-tunnus", "١٢٣٤٥٦٧-١")),
        ("team", "\n".join(f"Henkilö {n}" for n in range(21))),
        ("team", "x" * 2001),
    ],
)
def test_what_will_not_do_is_said_in_words(kind, typed):
    with pytest.raises(answers.ValidationError) as refusal:
        cleaned(kind, typed)
    assert all(refusal.value.messages)


@pytest.mark.parametrize("kind", KINDS)
def test_required_ones_say_what_is_wanted(kind):
    with pytest.raises(answers.ValidationError) as refusal:
        cleaned(kind, "", required=True)
    assert refusal.value.code == "required"


def test_they_are_read_in_words():
    idea, person = proposal(definition=form_of_kinds())
    typed = {
        "date": "31.5.2027",
        "place": "Mikkeli",
        "business_id": "1234567-1",
        "team": "Aino Esimerkki\nOnni Malli",
        "consent": "on",
    }
    idea = actions.save_draft(
        idea=idea, answers=typed, revision=idea.revision, at=clock.now(), by=person
    )
    idea = submit(idea, person)
    rows = {row.key: row for row in reader.rows(idea, reader.Audience.STAFF)}
    assert rows["date"].value == "31.5.2027"
    assert rows["consent"].value == "Yes"
    assert rows["team"].values == ("Aino Esimerkki", "Onni Malli")
    with translation.override("sv"):
        rows = {row.key: row for row in reader.rows(idea, reader.Audience.STAFF)}
        assert rows["place"].value == "S:t Michel"


def test_the_page_asks_them_without_scripts():
    idea, person = proposal(definition=form_of_kinds())
    client = Client()
    client.force_login(person)
    page = f"/en/oma/ehdotus/{idea.uid}/solution/"
    shown = client.get(page)
    sent = {"revision": idea.revision, "asked": shown.context["asked"], "title": "Otsikko"}
    sent |= {"problem": "Ongelma on tämä.", "date": "huomenna", "consent": "on"}
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert "is not a date" in refused.content.decode()
    assert 'value="huomenna"' in refused.content.decode()
    idea.refresh_from_db()
    assert idea.answers["consent"] == "yes"
    # Taken back: the box sends nothing, the name of the question does.
    sent |= {"date": "31.5.2027", "revision": idea.revision}
    del sent["consent"]
    assert client.post(page, sent).status_code == 302
    idea.refresh_from_db()
    assert "consent" not in idea.answers


# Conditions ------------------------------------------------------------------------------------
def conditional(**more):
    """The second step's file and note are asked of those only who have a pilot."""
    raw = organisations_form()
    options = [{"value": v, "label": {"fi": v.title()}} for v in ("pilot", "idea")]
    raw["steps"][0]["fields"].append(question("stage", "choice", options=options))
    step = raw["steps"][1]
    step["fields"] = [
        question("note", "short_text", required=True),
        question("proof", "file", accept=["pdf"], required=True),
    ]
    for one in step["fields"]:
        one["ask_if"] = {"question": "stage", "is": "pilot", **more}
    return raw


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"question": "nothing"}, "no earlier step"),
        ({"question": "note"}, "no earlier step"),
        ({"is": "dream"}, "does not have"),
        ({"question": "title"}, "does not have"),
    ],
)
def test_condition_must_be_one_that_can_come_true(more, words):
    with pytest.raises(BadDefinition, match=words):
        Definition.parse(conditional(**more))


def test_what_everybody_must_answer_has_no_condition():
    raw = conditional()
    raw["steps"][2]["fields"][0]["ask_if"] = {"question": "stage", "is": "pilot"}
    with pytest.raises(BadDefinition, match="needed of everybody"):
        Definition.parse(raw)


def test_question_that_is_not_asked_is_neither_shown_nor_required():
    idea, person = proposal(definition=conditional())
    client = Client()
    client.force_login(person)
    assert client.get(f"/en/oma/ehdotus/{idea.uid}/files/").status_code == 404
    tasks = client.get(f"/en/oma/ehdotus/{idea.uid}/-osat/").content.decode()
    assert "/files/" not in tasks
    assert submit(idea, person).current_version is not None


def test_question_that_is_asked_is_required():
    idea, person = proposal(definition=conditional())
    idea = actions.save_draft(
        idea=idea, answers={"stage": "pilot"}, revision=idea.revision, at=clock.now(), by=person
    )
    client = Client()
    client.force_login(person)
    assert client.get(f"/en/oma/ehdotus/{idea.uid}/files/").status_code == 200
    with pytest.raises(Invalid) as refusal:
        actions.submit_idea(idea=idea, at=clock.now(), by=person)
    assert set(refusal.value.errors) == {"note", "proof"}


def test_answer_to_what_is_no_longer_asked_is_not_handed_in_but_the_draft_keeps_it():
    idea, person = proposal(definition=conditional())
    for typed in ({"stage": "pilot"}, {"note": "Kokeilu Kuopiossa"}, {"stage": "idea"}):
        idea = actions.save_draft(
            idea=idea, answers=typed, revision=idea.revision, at=clock.now(), by=person
        )
    assert idea.answers["note"] == "Kokeilu Kuopiossa"
    idea = submit(idea, person)
    assert "note" not in idea.current_version.payload["answers"]
    for audience in reader.Audience:
        assert "Kuopiossa" not in repr(reader.rows(idea, audience))


def test_file_of_a_question_that_is_no_longer_asked_is_shown_to_nobody():
    idea, person = proposal(definition=conditional())
    idea = actions.save_draft(
        idea=idea, answers={"stage": "pilot", "note": "x"}, revision=idea.revision,
        at=clock.now(), by=person,
    )  # fmt: skip
    one = add(idea, person, "todiste.pdf", key="proof")
    idea = actions.save_draft(
        idea=idea, answers={"stage": "idea"}, revision=idea.revision, at=clock.now(), by=person
    )
    idea = submit(idea, person)
    assert not reader.sees_file(idea, reader.Audience.STAFF, one)


def test_conditions_hang_together():
    raw = conditional()
    raw["steps"][1]["fields"][0] |= {"type": "choices", "options": [
        {"value": v, "label": {"fi": v}} for v in ("a", "b")
    ]}  # fmt: skip
    raw["steps"][2]["fields"].append(
        question("more", "short_text", ask_if={"question": "note", "is": "a"})
    )
    definition = Definition.parse(raw)
    keys = lambda given: {f.key for f in definition.asked(given)}  # noqa: E731
    assert "more" not in keys({"stage": "idea", "note": ["a"]})
    assert "more" in keys({"stage": "pilot", "note": ["a", "b"]})
    assert "more" not in keys({"stage": "pilot", "note": ["b"]})


# The editor ------------------------------------------------------------------------------------
def test_editor_keeps_every_attribute():
    raw = conditional()
    old = raw["steps"][1]["fields"][0] | {"criterion": "impact"}
    form = QuestionForm.of(raw, old, "files", criteria=[("impact", "Vaikuttavuus")])
    data = {
        name: value for name, value in form.initial.items() if isinstance(value, str | int | bool)
    }
    data |= {"label_fi": "Kysymys", "step": "files", "visibility": "public"}
    sent = QuestionForm.of(raw, old, "files", data, [("impact", "Vaikuttavuus")])
    assert sent.is_valid(), sent.errors
    assert sent.question["ask_if"] == {"question": "stage", "is": "pilot"}
    assert sent.question["criterion"] == "impact"


def test_published_criterion_is_told_beside_its_question():
    raw = organisations_form()
    raw["steps"][0]["fields"][1]["criterion"] = "impact"
    idea, person = proposal(definition=raw)
    rubric = Rubric.objects.create(series=idea.series)
    Criterion.objects.create(
        rubric=rubric, key="impact", name={"fi": "Vaikuttavuus", "en": "Impact"}, weight=25
    )
    client = Client()
    client.force_login(person)
    page = f"/en/oma/ehdotus/{idea.uid}/solution/"
    assert "Evidence for" not in client.get(page).content.decode()
    Rubric.objects.filter(pk=rubric.pk).update(state=RubricState.PUBLISHED)
    assert "Evidence for: Impact, weight 25 %." in client.get(page).content.decode()
    assert Idea.objects.get().state == "draft"
