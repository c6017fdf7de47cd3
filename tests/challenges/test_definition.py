"""Definitions of forms are checked as a whole; changes to them make new ones."""

import copy

import pytest

from challenges import form_editing, recipes
from challenges.definition import BadDefinition, Definition
from core.canonical import digest


def whole():
    return copy.deepcopy(recipes.load("mikkeli").series[0].form)


@pytest.mark.parametrize("raw", [None, [], {}, {"steps": []}, {"steps": "x"}, {"steps": [1]}])
def test_what_is_no_definition_is_refused(raw):
    with pytest.raises(BadDefinition):
        Definition.parse(raw)


@pytest.mark.parametrize("key", ["citizens", "organisations"])
def test_recipes_forms_are_good(key):
    series = next(one for one in recipes.load("mikkeli").series if one.key == key)
    definition = Definition.parse(series.form)
    assert {"title", "theme", "municipality", "contact_email"} <= set(definition.purposes)


def broken(change):
    raw = whole()
    change(raw)
    with pytest.raises(BadDefinition) as caught:
        Definition.parse(raw)
    return caught.value.problems


def field(raw, key):
    return form_editing.find_question(raw, key)[1]


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: field(raw, "title").update(purpose=None),
        lambda raw: field(raw, "title").update(purpose="nonsense"),
        lambda raw: field(raw, "title").update(type="nonsense"),
        lambda raw: field(raw, "problem").update(key="title"),
        lambda raw: field(raw, "problem").update(key="Not a key"),
        lambda raw: field(raw, "problem").update(label={}),
        lambda raw: field(raw, "problem").update(visibility="nobody"),
        lambda raw: field(raw, "problem").update(min=9, max=3),
        lambda raw: field(raw, "problem").update(purpose="title"),
        lambda raw: field(raw, "who").update(options=[]),
        lambda raw: field(raw, "who").update(options=[{"value": "a"}, {"value": "a"}]),
        lambda raw: field(raw, "theme").update(options_from="nowhere"),
        lambda raw: field(raw, "picture").update(accept=["exe"]),
        lambda raw: field(raw, "picture").update(max_mb=5000),
        lambda raw: field(raw, "picture").update(max_files=5000),
        lambda raw: raw["steps"][0].update(title={}),
        lambda raw: raw["steps"][0].update(fields=[]),
        lambda raw: raw["steps"][0].update(key="people"),
        lambda raw: raw["steps"][0].update(key=""),
    ],
)
def test_every_fault_is_named(change):
    assert broken(change)


def test_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": [2, {"c": 3, "d": 4}]}) == digest(
        {"b": [2, {"d": 4, "c": 3}], "a": 1}
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: form_editing.move_question(raw, "title", -1),
        lambda raw: form_editing.move_question(raw, "title", 1),
        lambda raw: form_editing.move_step(raw, "people", 1),
        lambda raw: form_editing.remove_step(raw, "proposal"),
        lambda raw: form_editing.remove_question(raw, "who"),
        lambda raw: form_editing.put_step(raw, title={"fi": "Uusi"}, intro={}),
    ],
)
def test_changes_leave_the_original_alone_and_stay_good(change):
    raw = whole()
    before = digest(raw)
    changed = change(raw)
    assert digest(raw) == before
    assert digest(changed) != before
    Definition.parse(changed)


def test_first_cannot_rise_and_last_cannot_sink():
    raw = whole()
    last = raw["steps"][-1]
    assert form_editing.move_question(raw, raw["steps"][0]["fields"][0]["key"], -1) == raw
    assert form_editing.move_question(raw, last["fields"][-1]["key"], 1) == raw
    assert form_editing.move_step(raw, last["key"], 1) == raw


def test_question_moves_to_the_step_that_was_chosen():
    raw = whole()
    question = dict(field(raw, "who"))
    moved = form_editing.put_question(raw, step="you", question=question, key="who")
    assert Definition.parse(moved).fields["who"].step == "you"


def test_unknown_recipe_is_refused():
    with pytest.raises(recipes.BadRecipe):
        recipes.load("../secrets")
