"""A correction of an open challenge's form is a new version; what was begun keeps its own."""

import copy
import datetime as dt

import pytest
from django.urls import reverse

from accounts.states import Role
from challenges import actions, form_correction, hosting
from challenges.models import Follower
from cms.setup import setup_site
from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas.actions import start_draft
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, citizens_form, member_of, open_series, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return open_series()


@pytest.fixture
def staff(series):
    return member_of(series.challenge.owner, "virkailija@kunta.example", Role.STAFF)


def corrected(series, staff):
    """The definition with one more question, saved as the correction's next version."""
    begun = form_correction.begin(series=series, by=staff, at=clock.now())
    definition = copy.deepcopy(citizens_form())
    definition["steps"][0]["fields"].append(question("more", "short_text"))
    return actions.save_form(series=series, definition=definition, based_on=begun.number, by=staff)


def begin_proposal(series):
    return start_draft(series=series, language="fi", at=clock.now())


def test_what_was_begun_keeps_its_version(series, staff):
    before = begin_proposal(series)
    IdeaFactory(series=series, submitted=True, contact_email="ehdottaja@posti.example")
    corrected(series, staff)
    meanwhile = begin_proposal(series)
    form_correction.publish(series=series, reason="Kysymys puuttui.", by=staff, at=clock.now())
    after = begin_proposal(series)
    assert before.form.number == meanwhile.form.number == 1
    assert after.form == series.form
    assert "more" in after.form.parsed.fields
    assert "more" not in before.form.parsed.fields
    assert after.form.frozen_at
    outbox.run_now()
    [letter] = Mail.objects.filter(template="challenge_notice")
    assert "Kysymys puuttui." in letter.text
    entry = AuditEntry.objects.get(verb="form.corrected")
    assert entry.data["reason"] == "Kysymys puuttui."


def test_followers_are_not_told_that_the_call_was_cancelled(series, staff):
    at, call = clock.now(), series.challenge
    follower = {"email": "seuraaja@posti.example", "asked_at": at, "confirmed_at": at}
    Follower.objects.create(challenge=call, followed=call.uid, language="fi", **follower)
    corrected(series, staff)
    form_correction.publish(series=series, reason="Kysymys puuttui.", by=staff, at=at)
    outbox.run_now()
    assert not Mail.objects.filter(template="follow_news").exists()


def test_correction_needs_a_change_and_a_reason(series, staff):
    with pytest.raises(NotNow):
        form_correction.publish(series=series, reason="x", by=staff, at=clock.now())
    form_correction.begin(series=series, by=staff, at=clock.now())
    with pytest.raises(NotNow):
        form_correction.publish(series=series, reason="x", by=staff, at=clock.now())
    corrected(series, staff)
    with pytest.raises(Invalid):
        form_correction.publish(series=series, reason=" ", by=staff, at=clock.now())


def test_correction_is_dropped(series, staff):
    corrected(series, staff)
    form_correction.drop(series=series, by=staff)
    assert series.newest_form == series.form
    with pytest.raises(NotNow):
        form_correction.drop(series=series, by=staff)


def test_begun_twice_is_begun_once(series, staff):
    first, second = (
        form_correction.begin(series=series, by=staff, at=clock.now()) for _time in range(2)
    )
    assert first == second


def test_nobody_else_and_not_after_the_closing(series, staff):
    with pytest.raises(Denied):
        form_correction.begin(series=series, by=UserFactory(), at=clock.now())
    late = series.challenge.closes_at + dt.timedelta(seconds=1)
    with pytest.raises(NotNow):
        form_correction.begin(series=series, by=staff, at=late)


def test_page_begins_publishes_and_drops(series, staff, client):
    setup_site()
    hosting.ensure_host(series.challenge.owner)
    client.force_login(staff, "django.contrib.auth.backends.ModelBackend")
    editor = reverse("challenges_admin:form", args=[series.challenge_id, series.key])
    correction = reverse("challenges_admin:form_correction", args=[series.challenge_id, series.key])
    assert correction.encode() in client.get(editor).content
    client.post(correction)
    assert series.newest_form.number == 2
    page = client.get(editor).content
    assert b'value="publish"' in page
    refused = client.post(correction, {"do": "publish", "reason": "Sana puuttui."})
    assert refused.status_code == 400
    assert b"Sana puuttui.</textarea>" in refused.content
    assert series.form.number == 1
    client.post(correction, {"do": "drop"})
    assert series.newest_form.number == 1
