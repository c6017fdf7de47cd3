"""A form tried out by staff: the real pages, and no trace of it."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from challenges import hosting
from challenges.models import FormVersion
from cms.setup import setup_site
from ideas.models import Idea
from tests.factories.accounts import UserFactory
from tests.factories.ideas import (
    citizens_form,
    open_series,
    organisations_series,
    question,
)
from tests.ideas.making import read

pytestmark = pytest.mark.django_db
KEPT = ("django_session", "wagtailusers_userprofile")  # of whoever is signed in


def rows():
    return {
        model._meta.db_table: model.objects.count()
        for model in apps.get_models()
        if model._meta.managed and model._meta.db_table not in KEPT
    }


def staff_of(series):
    setup_site()
    hosting.ensure_host(series.challenge.owner)
    person = UserFactory(staff_of=series.challenge.owner)
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def page(series, name):
    return reverse("ideas_admin:trial_page", args=[series.challenge_id, series.key, name])


def frame(series):
    return reverse("ideas_admin:trial", args=[series.challenge_id, series.key])


@pytest.fixture(params=[open_series, organisations_series])
def series(request):
    return request.param()


def test_whole_trial_leaves_no_trace(series):
    client = staff_of(series)
    client.get("/admin/")
    before = rows()
    form = FormVersion.objects.filter(series=series).order_by("-number")[0]
    assert client.get(frame(series)).status_code == 200
    client.get(page(series, "-start"), follow=True)
    client.post(frame(series), {"examples": "1"})
    for step in form.parsed.steps:
        assert client.get(page(series, step.key)).status_code == 200
    review = client.get(page(series, "-review"))
    assert review.status_code == 200
    receipt = client.post(page(series, "-submit"))
    assert b"receipt" in receipt.content
    for reader in ("-juror", "-press"):
        assert client.get(page(series, reader)).status_code == 200
    assert rows() == before
    assert Idea.objects.count() == 0


def test_errors_are_told_as_in_earnest_and_what_was_typed_stays():
    series = open_series()
    client = staff_of(series)
    step = series.form.parsed.steps[0]
    refused = client.post(page(series, step.key), {"asked": [field.key for field in step.fields]})
    assert refused.status_code == 422
    assert b"error-summary" in refused.content
    client.post(frame(series), {"examples": "1"})
    field = next(field for field in step.fields if field.type in {"short_text", "long_text"})
    client.post(page(series, step.key), {field.key: "Omin sanoin", "asked": field.key})
    assert "Omin sanoin" in read(client.get(page(series, step.key))).decode()
    client.post(frame(series))
    assert "Omin sanoin" not in read(client.get(page(series, step.key))).decode()


def test_autosave_says_that_nothing_is_kept():
    series = open_series()
    step = series.form.parsed.steps[0]
    answer = staff_of(series).post(
        page(series, step.key), {step.fields[0].key: "x"}, headers={"X-Autosave": "1"}
    )
    assert answer.status_code == 200
    assert answer.json()["saved"]


def test_reader_sees_what_is_theirs():
    form = citizens_form()
    form["steps"][0]["fields"].append(question("inner", "short_text", visibility="jury"))
    series = open_series(definition=form)
    client = staff_of(series)
    typed = {"inner": "qzvainjury", "asked": "inner"}
    client.post(page(series, form["steps"][0]["key"]), typed)
    juror = read(client.get(page(series, "-juror"))).decode()
    press = read(client.get(page(series, "-press"))).decode()
    assert "qzvainjury" in juror
    assert "qzvainjury" not in press
    assert "ehdottaja@talkoot.example" not in press


def test_unknown_page_and_foreign_staff():
    series = open_series()
    assert staff_of(series).get(page(series, "ei-ole")).status_code == 404
    assert staff_of(series).get(page(series, "-ei-ole")).status_code == 404
    other = staff_of(organisations_series())
    assert other.get(page(series, "-press")).status_code == 404
