"""Recipes of one's own: saved, exported, imported, copied; what a file may not bring in."""

import datetime as dt
import html
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actions import grant_role
from accounts.states import Role
from challenges import actions, completeness, recipe_book, recipes, timetable
from challenges.models import Challenge, FormVersion, SavedRecipe
from core import clock
from core.clock import local
from core.errors import Denied, Invalid
from tests.challenges.test_challenge_admin import challenge, host, own_checks_only  # noqa: F401
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(host):  # noqa: F811
    person = UserFactory()
    grant_role(organisation=host, user=person, role=Role.STAFF, by=None)
    return person


def again(recipe, challenge, staff):  # noqa: F811
    opening = local(challenge.opens_at).date()
    return actions.create_from_recipe(
        recipe=recipe, owner=challenge.owner, opens_on=opening, title={"fi": "Toinen"}, by=staff
    )


def what(challenge):  # noqa: F811
    """All that a recipe carries, as data."""
    found = recipe_book.data_of(Challenge.objects.get(pk=challenge.pk))
    return {key: value for key, value in found.items() if key != "name"}


def plain(data):
    return html.unescape(json.dumps(data, sort_keys=True))


def test_a_challenge_made_of_its_own_recipe_is_the_same(challenge, staff):  # noqa: F811
    recipe = recipe_book.chosen(staff, f"challenge-{challenge.pk}")
    made = again(recipe, challenge, staff)
    assert what(made) == what(challenge)
    assert timetable.of(made) == timetable.of(challenge)
    texts = {page.locale.language_code: completeness.newest(page) for page in made.pages.all()}
    assert texts["fi"].rules
    assert len(texts["sv"].faq) == len(texts["fi"].faq) > 0
    assert made.series.get(key="citizens").rubrics.get().criteria.count() > 3


def test_a_saved_recipe_goes_out_and_comes_in_as_a_file(challenge, staff, host):  # noqa: F811
    at = clock.now()
    saved = recipe_book.save_as_recipe(challenge=challenge, name="Talven malli", by=staff, at=at)
    came = recipe_book.import_recipe(
        owner=host, content=recipe_book.as_file(saved.data), by=staff, at=at
    )
    # Marks may be written otherwise in HTML, «'» as «&#x27;»; they are the same words.
    assert plain(came.data) == plain(saved.data)
    assert Challenge.objects.count() == 1  # the trial left nothing
    labels = dict(recipe_book.choices(staff))
    assert labels[f"saved-{came.pk}"] == "Talven malli"
    made = again(recipe_book.chosen(staff, f"saved-{came.pk}"), challenge, staff)
    assert plain(what(made)) == plain(what(challenge))


def test_another_host_s_recipes_are_not_there(challenge, staff):  # noqa: F811
    saved = recipe_book.save_as_recipe(challenge=challenge, name="x", by=staff, at=clock.now())
    stranger = UserFactory()
    for choice in (f"saved-{saved.pk}", f"challenge-{challenge.pk}"):
        with pytest.raises(Denied):
            recipe_book.chosen(stranger, choice)
    with pytest.raises(Denied):
        recipe_book.forget_recipe(recipe=saved, by=stranger)
    with pytest.raises(Denied):
        recipe_book.save_as_recipe(challenge=challenge, name="x", by=stranger, at=clock.now())


def test_no_script_comes_with_a_file(challenge, staff, host):  # noqa: F811
    data = recipe_book.data_of(challenge)
    bad = '<p>Hei <script>alert(1)</script><img src=x onerror="alert(2)"><b>tärkeä</b></p>'
    data["page"]["rules"]["fi"] = bad
    data["page"]["faq"][0]["answer"]["fi"] = bad
    saved = recipe_book.import_recipe(
        owner=host, content=recipe_book.as_file(data), by=staff, at=clock.now()
    )
    kept = json.dumps(saved.data["page"], ensure_ascii=False)
    assert "<script" not in kept
    assert "onerror" not in kept
    assert "tärkeä" in kept


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("phases"),
        lambda data: data.update(visibility="kaikille"),
        lambda data: data.update(phases=[]),
        lambda data: data["series"][0].update(kind="koirat"),
        lambda data: data["forms"][data["series"][0]["key"]].update(steps=[]),
        lambda data: data["rubrics"].clear(),
        lambda data: data["rubrics"][data["series"][0]["key"]].update(criteria=[{"key": "x"}]),
        lambda data: data.update(page={}),
        lambda data: data["page"].update(rules="sana"),
        lambda data: data.update(series=5),
        lambda data: data.update(name={}),
        lambda data: data["themes"].append({"key": "x"}),
        lambda data: data.update(talkoot_recipe=99),
    ],
)
def test_a_broken_file_is_refused_in_words_and_leaves_nothing(challenge, staff, host, spoil):  # noqa: F811
    data = recipe_book.data_of(challenge)
    spoil(data)
    with pytest.raises(Invalid) as refusal:
        recipe_book.import_recipe(
            owner=host, content=recipe_book.as_file(data), by=staff, at=clock.now()
        )
    assert any(words for many in refusal.value.errors.values() for words in many)
    assert Challenge.objects.count() == 1
    assert not SavedRecipe.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'"x"', b"[" * 100_000, b"{}"])
def test_what_is_no_recipe_is_refused(staff, host, content):  # noqa: F811
    with pytest.raises(Invalid):
        recipe_book.import_recipe(owner=host, content=content, by=staff, at=clock.now())


def test_the_pages_do_it(client, challenge, staff, host):  # noqa: F811
    client.force_login(staff)
    save = reverse("challenges_admin:recipe_save", args=[challenge.pk])
    assert client.get(save).status_code == 200
    client.post(save, {"name": "Oma malli"})
    saved = SavedRecipe.objects.get()
    file = client.get(reverse("challenges_admin:recipe_file", args=[saved.pk]))
    assert json.loads(file.content)["name"] == {"fi": "Oma malli"}
    upload = SimpleUploadedFile("r.json", file.content)
    page = reverse("challenges_admin:recipe_import")
    client.post(page, {"owner": host.pk, "file": upload})
    assert SavedRecipe.objects.count() == 2
    new = reverse("challenges_admin:new")
    assert "Oma malli" in client.get(new).content.decode()
    answer = client.post(
        new,
        {
            "owner": host.pk,
            "recipe": f"saved-{saved.pk}",
            "title_fi": "Toinen talvi",
            "title_0": "Toinen talvi",
            "opens_on": (local(clock.now()).date() + dt.timedelta(days=10)).isoformat(),
            "contact_email": "talvi@mikkeli.example",
        },
    )
    assert answer.status_code == 302
    assert Challenge.objects.count() == 2
    client.post(reverse("challenges_admin:recipe_forget", args=[saved.pk]))
    assert SavedRecipe.objects.count() == 1


def test_the_house_s_recipes_parse_as_before():
    assert [one.key for one in recipes.available()] == ["mikkeli"]
    with pytest.raises(recipes.BadRecipe):
        recipes.load("../mikkeli")


def test_a_recipe_takes_the_form_in_force_not_an_unfinished_correction(challenge):  # noqa: F811
    before = recipe_book.data_of(challenge)["forms"]["citizens"]
    series = challenge.series.get(key="citizens")
    form = series.newest_form
    form.frozen_at = clock.now()
    form.save()
    Challenge.objects.filter(pk=challenge.pk).update(state="opened", opened_at=clock.now())
    opened = Challenge.objects.get(pk=challenge.pk)
    unfinished = {**form.definition, "steps": form.definition["steps"][:1]}
    FormVersion.objects.create(series=series, number=form.number + 1, definition=unfinished)
    assert recipe_book.data_of(opened)["forms"]["citizens"] == before
    assert recipe_book.data_of(challenge)["forms"]["citizens"] == unfinished  # while preparing
