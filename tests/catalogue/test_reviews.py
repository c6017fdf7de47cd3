"""«Is this still true?»: asked yearly, answered by a press."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.actions import end_membership
from accounts.models import Membership
from catalogue import reviews
from catalogue.models import Review, Solution
from challenges import hosting
from cms.setup import setup_site
from core import clock, daily, outbox
from core.models import AuditEntry, DayBegun, Mail, OutboxRow
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import SolutionFactory
from tests.factories.challenges import HostFactory

pytestmark = pytest.mark.django_db
AT = clock.now()
TODAY = clock.local(AT).date()


def ago(days):
    return TODAY - dt.timedelta(days=days)


@pytest.fixture
def host():
    return HostFactory()


def link_of(letter, n=0):
    return re.findall(r"http\S+/ratkaisun-tarkistus/\S+", letter.text)[n].removeprefix(
        settings.SITE_URL
    )


def test_one_letter_lists_all_that_is_due(host):
    person = UserFactory(staff_of=host)
    for days in (364, 365, 800):
        SolutionFactory(owner=host, title=f"Ikä {days}", reviewed_on=ago(days), contact_email="")
    SolutionFactory(owner=host, title="Luonnos", hidden=True, reviewed_on=ago(500))
    SolutionFactory(owner=host, title="Poistunut", readiness="retired", reviewed_on=ago(500))
    assert reviews.ask(at=AT) == 1
    letter = Mail.objects.get()
    assert letter.to == person.email
    assert re.findall(r"– (.*)", letter.text) == ["Ikä 800", "Ikä 365"]


def test_contact_gets_a_letter_of_its_own_but_not_when_it_is_staff(host):
    person = UserFactory(staff_of=host)
    SolutionFactory(owner=host, reviewed_on=ago(400), contact_email=person.email.upper())
    SolutionFactory(owner=host, reviewed_on=ago(400), contact_email="kirjaamo@kunta.example")
    assert reviews.ask(at=AT) == 2
    assert set(Mail.objects.values_list("to", flat=True)) == {
        person.email,
        "kirjaamo@kunta.example",
    }


def test_asked_once_a_year_and_reminded_once(host):
    UserFactory(staff_of=host)
    SolutionFactory(owner=host, reviewed_on=ago(400), contact_email="")
    days = {}
    for day in range(0, 760, 5):
        if sent := reviews.ask(at=AT + dt.timedelta(days=day)):
            days[day] = sent
    assert days == {0: 1, 30: 1, 365: 1, 395: 1, 730: 1}
    subjects = list(Mail.objects.order_by("pk").values_list("template", flat=True))
    assert subjects == ["review_asked"] * 5


def test_asking_costs_the_same_for_one_and_for_many(host):
    UserFactory(staff_of=host)
    counts = []
    for number in (1, 6):
        for _ in range(number):
            SolutionFactory(owner=host, reviewed_on=ago(400))
        with CaptureQueriesContext(connection) as caught:
            reviews.ask(at=AT)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def asked(host, **more):
    person = UserFactory(staff_of=host)
    solution = SolutionFactory(owner=host, reviewed_on=ago(400), contact_email="", **more)
    solution.save_revision()
    reviews.ask(at=AT)
    return person, solution, link_of(Mail.objects.get())


def test_opening_the_link_changes_nothing_and_a_press_dates_it(client, host):
    person, solution, link = asked(host)
    before = OutboxRow.objects.count()
    html = client.get(link).content.decode()
    assert solution.problem in html
    solution.refresh_from_db()
    assert solution.reviewed_on == ago(400)
    assert (OutboxRow.objects.count(), Review.objects.get().answer) == (before, "")
    assert client.post(link, {"answer": "true"}).status_code == 200
    solution.refresh_from_db()
    today = clock.local(clock.now()).date()  # the run may have begun yesterday
    assert solution.reviewed_on == today
    assert solution.get_latest_revision_as_object().reviewed_on == today
    assert Review.objects.get().answered_by == person
    assert AuditEntry.objects.get(verb="solution.reviewed").by == person
    assert OutboxRow.objects.filter(event="solution.changed").exists()
    assert client.post(link, {"answer": "withdrawn"}).status_code == 409
    assert reviews.ask(at=AT + dt.timedelta(days=360)) == 0


def test_answer_needs_the_page_s_own_form(host):
    _person, _solution, link = asked(host)
    assert Client(enforce_csrf_checks=True).post(link, {"answer": "true"}).status_code == 403
    assert not Review.objects.get().answer


def test_withdrawn_is_told_to_the_staff_and_changes_no_page(client, host):
    person, solution, link = asked(host)
    client.post(link, {"answer": "withdrawn"})
    letter = Mail.objects.get(template="review_withdrawn")
    assert letter.to == person.email
    assert f"/{solution.pk}/" in letter.text
    solution.refresh_from_db()
    assert solution.live
    assert solution.reviewed_on == ago(400)


def test_odd_answers_and_links(client, host):
    _person, solution, link = asked(host)
    assert client.post(link, {"answer": "ehkä"}).status_code == 409
    for wrong in (link[:-2] + "/", link.replace("-", "x"), link.replace(".1.", ".2.")):
        assert client.get(wrong).status_code == 404, wrong
    Solution.objects.filter(pk=solution.pk).update(live=False)
    assert client.get(link).status_code == 404


def test_link_ends_with_the_person_s_work_for_the_owner(client, host):
    person, _solution, link = asked(host)
    end_membership(membership=Membership.objects.get(user=person), by=UserFactory(owner=True))
    assert client.get(link).status_code == 404
    assert client.post(link, {"answer": "true"}).status_code == 404


def test_contact_s_link_ends_with_the_address(client, host):
    solution = SolutionFactory(owner=host, reviewed_on=ago(400))
    reviews.ask(at=AT)
    link = link_of(Mail.objects.get())
    assert client.get(link).status_code == 200
    Solution.objects.filter(pk=solution.pk).update(contact_email="uusi@kunta.example")
    assert client.get(link).status_code == 404


def test_day_begins_once_and_asks(host):
    UserFactory(staff_of=host)
    SolutionFactory(owner=host, reviewed_on=ago(400), contact_email="")
    morning = clock.local(AT).replace(hour=8)
    daily._begun = None
    assert not daily.begin(at=morning.replace(hour=6))
    assert daily.begin(at=morning)
    daily._begun = None  # another process
    assert not daily.begin(at=morning)
    daily._begun = None
    outbox.run_now()
    assert DayBegun.objects.get().day == TODAY
    assert Mail.objects.count() == 1


def test_first_page_of_the_back_office_lists_ones_own(client, host):
    setup_site()
    hosting.ensure_host(host)
    client.force_login(UserFactory(staff_of=host))
    due = SolutionFactory(owner=host, title="Erääntynyt", reviewed_on=ago(400))
    SolutionFactory(owner=host, title="Vanhentunut", reviewed_on=ago(500))
    SolutionFactory(owner=host, title="Tuore", reviewed_on=ago(10))
    SolutionFactory(title="Naapurin", reviewed_on=ago(500))
    with translation.override("fi"):
        html = client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("wagtailsnippets_catalogue_solution:edit", args=[due.pk]) in html
    assert "Vanhentunut" in html
    assert html.count("näkyy lukijoille vanhentuneena") == 1
    assert "Tuore" not in html
    assert "Naapurin" not in html
