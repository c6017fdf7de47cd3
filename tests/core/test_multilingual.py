"""Texts in three languages: what is shown, what is missing, how they are asked for."""

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils import translation
from wagtail.admin.panels import FieldPanel, ObjectList

from core import multilingual
from core.multilingual import MultilingualField, MultilingualFormField, text

ALL = {"fi": "koti", "sv": "hem", "en": "home"}


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        (ALL, "sv", "hem"),
        (ALL, "en-gb", "home"),
        ({"sv": "hem", "en": "home"}, "fi", "hem"),
        ({"en": "home"}, "sv", "home"),
        ({"fi": "", "en": "home"}, "fi", "home"),
        ({"fi": "koti", "en": "home"}, "sv", "koti"),
        ({"se": "ruoktu"}, "fi", "ruoktu"),
        ({}, "fi", ""),
        (None, "fi", ""),
        ("plain", "fi", "plain"),
    ],
)
def test_text_falls_back_in_order(value, language, shown):
    assert text(value, language) == shown


def test_text_is_in_the_current_language():
    with translation.override("sv"):
        assert text(ALL) == "hem"
    with translation.override("en"):
        assert text(ALL) == "home"


def test_lang_names_the_language_only_when_it_is_another():
    with translation.override("sv"):
        assert multilingual.lang(ALL) == ""
        assert multilingual.lang({"fi": "koti"}) == "fi"
        assert multilingual.lang({}) == ""


def test_missing_lists_languages_without_a_text():
    assert multilingual.missing(ALL) == []
    assert multilingual.missing({"fi": "koti", "sv": ""}) == ["sv", "en"]
    assert multilingual.missing(None) == ["fi", "sv", "en"]


def test_clean_strips_and_leaves_out_the_empty():
    assert multilingual.clean({"sv": " hem ", "fi": "", "en": "  "}) == {"sv": "hem"}


@pytest.mark.parametrize("value", [[], "koti", {"xx": "?"}, {"fi": 3}, {"fi": None}, 5])
def test_clean_refuses_another_shape(value):
    with pytest.raises(ValidationError):
        multilingual.clean(value)


def a_form(data=None, **kwargs):
    class Form(forms.Form):
        name = MultilingualFormField(**kwargs)

    return Form(data, initial={"name": ALL})


def test_form_has_one_labelled_input_per_language():
    html = str(a_form()["name"])
    for place, (code, word) in enumerate(ALL.items()):
        assert f'name="name_{code}"' in html
        assert f'lang="{code}"' in html
        assert f'value="{word}"' in html
        assert f'for="id_name_{place}"' in html
        assert f'id="id_name_{place}"' in html


def test_form_with_many_lines_has_text_areas():
    assert str(a_form(multiline=True)["name"]).count("<textarea") == 3


def test_form_gives_the_dictionary():
    form = a_form({"name_fi": " koti ", "name_sv": "", "name_en": "home"})
    assert form.is_valid()
    assert form.cleaned_data["name"] == {"fi": "koti", "en": "home"}
    assert form.has_changed()


def test_form_asks_for_one_language_at_least():
    form = a_form({"name_fi": "", "name_sv": " ", "name_en": ""})
    assert form.errors["name"] == [forms.Field.default_error_messages["required"]]
    assert a_form({"name_sv": "hem"}).is_valid()
    assert a_form({}, required=False).is_valid()


def test_form_keeps_what_was_typed_when_it_is_too_long():
    form = a_form({"name_fi": "x" * 11}, max_length=10)
    assert not form.is_valid()
    assert 'value="xxxxxxxxxxx"' in str(form["name"])


def test_form_that_is_unchanged_says_so():
    assert not a_form({f"name_{code}": word for code, word in ALL.items()}).has_changed()


def test_model_field_cleans_and_asks():
    field = MultilingualField("name")
    assert field.clean({"fi": " koti ", "sv": ""}, None) == {"fi": "koti"}
    with pytest.raises(ValidationError):
        field.clean({}, None)
    with pytest.raises(ValidationError):
        field.clean({"fi": 1}, None)
    assert MultilingualField("name", blank=True).clean({}, None) == {}


def test_model_field_makes_the_form_field():
    field = MultilingualField("name", multiline=True, max_length=5, blank=True)
    made = field.formfield()
    assert isinstance(made, MultilingualFormField)
    assert not made.required
    assert isinstance(made.widget.widgets[0], forms.Textarea)
    assert field.clone().multiline
    with pytest.raises(ValidationError):
        made.clean(["sixsix", "", ""])


def test_model_field_migration_is_plain():
    _name, path, args, kwargs = MultilingualField(multiline=True).deconstruct()
    assert path == "core.multilingual.MultilingualField"
    assert args == []
    assert kwargs == {"default": dict}


def test_field_works_in_a_wagtail_panel():
    model = apps.get_model("challenges.Theme")
    panel = ObjectList([FieldPanel("name")]).bind_to_model(model)
    form_class = panel.get_form_class()
    theme = model(name={"fi": "koti"})
    form = form_class({"name_fi": "talo", "name_sv": "hus", "name_en": ""}, instance=theme)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == {"fi": "talo", "sv": "hus"}
    bound = panel.get_bound_panel(instance=theme, request=RequestFactory().get("/"), form=form)
    html = bound.render_form_content()
    assert html.count("<input") == 3
    assert 'value="hus"' in html
