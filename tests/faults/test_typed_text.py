"""What was typed in a form is kept: when the session has ended, when the form's key has expired,
and when something breaks while it is saved. One press then sends it again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from catalogue.models import Reuse
from challenges import hosting
from core import clock
from ideas import links
from ideas.actions import start_draft
from ideas.models import Idea
from scoring.actions.decision import draft_decision
from scoring.models import ScoreSheet, Verdict
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.catalogue import SolutionFactory
from tests.factories.ideas import (
    IdeaFactory,
    company,
    member_of,
    open_series,
    organisation_answers,
    organisations_series,
)
from tests.factories.scoring import World

pytestmark = pytest.mark.django_db
TYPED = "Tätä ei saa hukata: <b>kaksi</b> riviä & yksi «lainaus».\nToinen rivi."


@dataclass
class Form:
    """A page with a form, what a person types in it, and where that is kept in the end."""

    path: str
    typed: dict[str, Any]
    kept: Callable[[], str]
    by: User | None = None
    more: dict[str, Any] = field(default_factory=dict)


def step_of_a_citizen() -> Form:
    idea = IdeaFactory()
    path = f"{links.status_path(idea)}problem/"
    typed = {"problem": TYPED, "title": "Uusi nimi"}
    return Form(path, typed, lambda: Idea.objects.get().answers["problem"])


def first_step_of_a_citizen() -> Form:
    series = open_series()
    path = reverse("ideas:start", args=[series.challenge.slug, series.key])
    typed = {"problem": TYPED, "title": "Uusi nimi"}
    return Form(path, typed, lambda: Idea.objects.get().answers["problem"])


def part_of_a_company() -> Form:
    series, firm = organisations_series(), company()
    person = member_of(firm, "kirjoittaja@reitti.example")
    idea = start_draft(series=series, language="fi", at=clock.now(), by=person, organisation=firm)
    path = reverse("ideas:own_step", args=[idea.uid, "solution"])
    typed = {**organisation_answers(), "problem": TYPED}
    return Form(path, typed, lambda: Idea.objects.get().answers["problem"], person)


def score_sheet() -> Form:
    world = World.make(ideas=1, jurors=2, assigned=True)
    world.declare_all()
    assignment = world.assignments()[0]
    path = reverse("scoring:sheet", args=[assignment.pk])
    typed = {"comment": TYPED, "c-benefit": "4", "go": "stay"}
    return Form(path, typed, lambda: ScoreSheet.objects.get().comment, assignment.juror.user)


def use_of_a_solution() -> Form:
    town = OrganisationFactory(a_municipality=True)
    path = reverse("catalogue:reuse", args=[SolutionFactory().slug])
    typed = {"organisation": town.pk, "stage": "interested", "note": TYPED}
    return Form(path, typed, lambda: Reuse.objects.get().note, UserFactory(staff_of=town))


def decision_of_staff() -> Form:
    world = World.make(assigned=True)
    world.score_all()
    world.close()
    hosting.ensure_host(world.challenge.owner)
    draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    verdict = Verdict.objects.order_by("pk")[0]
    path = reverse("scoring_admin:decision", args=[world.challenge.pk])
    typed = {f"reason-{verdict.pk}": TYPED, "statement": "Kiitos.", "go": "save"}
    return Form(path, typed, lambda: Verdict.objects.get(pk=verdict.pk).reason, world.staff)


FORMS = [
    first_step_of_a_citizen,
    step_of_a_citizen,
    part_of_a_company,
    score_sheet,
    use_of_a_solution,
    decision_of_staff,
]
SIGNED_IN = FORMS[2:]


@pytest.fixture(autouse=True)
def _finnish() -> Iterator[None]:
    with translation.override("fi"):
        yield


@contextmanager
def nothing_can_be_written() -> Iterator[None]:
    """The database refuses to write, as on a full disk: whatever is saved breaks."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("SAVEPOINT before_the_fault")
            cursor.execute("SET TRANSACTION READ ONLY")
        try:
            yield
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA query_only = OFF")
            else:
                cursor.execute("ROLLBACK TO SAVEPOINT before_the_fault")


class Person:
    """Opens the form, types, presses; and presses again in the page that comes back."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.client.defaults["HTTP_ORIGIN"] = "http://testserver"
        self.sign_in()
        page = self.client.get(form.path)
        assert page.status_code == 200
        self.fields = {**fields_of(page, TYPED, whole=False), **form.typed}

    def sign_in(self) -> None:
        if self.form.by is not None:
            backend = "django.contrib.auth.backends.ModelBackend"
            self.client.force_login(self.form.by, backend=backend)

    def press(self) -> Any:
        return self.client.post(self.form.path, self.fields)

    def press_again(self, page: Any) -> Any:
        """What a browser sends from the page that gives the text back."""
        return self.client.post(self.form.path, fields_of(page, TYPED, whole=True))


def fields_of(page: Any, text: str, *, whole: bool) -> dict[str, list[str]]:
    """Fields of the page's form as a browser sends them. `whole`: that which holds the text."""
    soup = BeautifulSoup(page.content, "html.parser")
    for form in soup.select("main form[method=post]") or soup.select("form[method=post]"):
        found: dict[str, list[str]] = {}
        for one in form.select("input[type=hidden][name]"):
            found.setdefault(str(one["name"]), []).append(str(one.get("value", "")))
        for area in form.select("textarea[name]"):
            words = area.get_text().removeprefix("\n")
            found.setdefault(str(area["name"]), []).append(words)
        if not whole or any(text in words for words in found.values()):
            return found
    raise AssertionError(f"what was typed is not in the page:\n{soup.get_text()[:1500]}")


@pytest.mark.parametrize("make", FORMS)
def test_text_is_kept_when_saving_breaks(make):
    person = Person(make())
    with nothing_can_be_written():
        page = person.press()
    assert page.status_code == 500
    assert person.press_again(page).status_code == 302
    assert person.form.kept().replace("\r\n", "\n") == TYPED


@pytest.mark.parametrize("make", FORMS)
def test_text_is_kept_when_the_forms_key_has_expired(make):
    person = Person(make())
    person.client.cookies["csrftoken"] = "x" * 32
    page = person.press()
    assert page.status_code == 403
    assert person.press_again(page).status_code == 302
    assert person.form.kept().replace("\r\n", "\n") == TYPED


@pytest.mark.parametrize("make", SIGNED_IN)
def test_text_is_kept_when_the_session_has_ended(make):
    person = Person(make())
    person.client.session.flush()
    page = person.press()
    assert page.status_code == 401
    person.sign_in()
    assert person.press_again(page).status_code == 302
    assert person.form.kept().replace("\r\n", "\n") == TYPED


def test_autosave_of_a_sheet_tells_when_it_could_not_be_kept():
    person = Person(score_sheet())
    path = f"{person.form.path}tallenna/"
    token = person.client.cookies["csrftoken"].value
    sent = {"revision": 0, "changes": {"comment": TYPED}}
    with nothing_can_be_written():
        refused = person.client.post(
            path, sent, content_type="application/json", headers={"X-CSRFToken": token}
        )
    assert refused.status_code == 500
    kept = person.client.post(
        path, sent, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert kept.status_code == 200
    assert person.form.kept() == TYPED


def test_autosave_of_a_draft_tells_when_it_could_not_be_kept():
    person = Person(step_of_a_citizen())
    with nothing_can_be_written():
        refused = person.client.post(person.form.path, person.fields, headers={"X-Autosave": "1"})
    assert refused.status_code == 500
    kept = person.client.post(person.form.path, person.fields, headers={"X-Autosave": "1"})
    assert kept.json()["revision"] > 1


def test_what_was_posted_from_elsewhere_is_not_given_back():
    person = Person(step_of_a_citizen())
    with nothing_can_be_written():
        page = person.client.post(
            person.form.path, person.fields, headers={"Origin": "https://elsewhere.example"}
        )
    assert page.status_code == 403
    assert "hukata" not in page.content.decode()
