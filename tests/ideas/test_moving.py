"""Proposals move between series of a challenge, with a reason, and back again."""

import pytest

from accounts.actions import grant_role
from accounts.states import Role
from challenges import hosting
from challenges.states import SeriesKind
from cms.setup import setup_site
from core import clock, outbox
from core.errors import Denied, Invalid
from core.models import AuditEntry, Mail
from ideas import moving, registry
from tests.factories.accounts import UserFactory
from tests.factories.challenges import FormVersionFactory, SeriesFactory
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def idea():
    made = IdeaFactory(series=open_series(closed=True), submitted=True)
    made.challenge.refresh_from_db()
    return made


@pytest.fixture
def other(idea):
    made = SeriesFactory(challenge=idea.challenge, key="muut", name={"fi": "Muut"}, order=9)
    FormVersionFactory(series=made, frozen=True)
    return made


@pytest.fixture
def staff(idea):
    setup_site()
    hosting.ensure_host(idea.challenge.owner)
    person = UserFactory()
    grant_role(organisation=idea.challenge.owner, user=person, role=Role.STAFF, by=None)
    return person


def moved(ideas, to, staff, **more):
    given = {"reason": "Kuuluu asukkaille.", "at": clock.now()} | more
    return moving.move(ideas=ideas, to=to, by=staff, **given)


def test_number_and_text_stay_and_the_proposer_is_told(idea, other, staff):
    before = (idea.number, idea.reference, idea.current_version_id, idea.form_id)
    assert moved([idea], other, staff) == [idea]
    idea.refresh_from_db()
    assert idea.series == other
    assert (idea.number, idea.reference, idea.current_version_id, idea.form_id) == before
    assert AuditEntry.objects.get(verb="idea.moved").data["reason"] == "Kuuluu asukkaille."
    outbox.run_now()
    letter = Mail.objects.get(template="idea_moved")
    assert letter.to == idea.contact_email
    assert "Kuuluu asukkaille." in letter.text


def test_what_cannot_move_stays_and_says_why(idea, other, staff, monkeypatch):
    decided = IdeaFactory(series=idea.series, decided=True)
    companies = SeriesFactory(
        challenge=idea.challenge, key="yritykset", kind=SeriesKind.ORGANISATIONS
    )
    elsewhere = open_series()
    assert [bool(one.obstacle) for one in moving.prospects([idea, decided], other)] == [False, True]
    for to in (companies, elsewhere, idea.series):
        assert moving.prospects([idea], to)[0].obstacle
    assert moved([idea, decided], other, staff) == [idea]
    decided.refresh_from_db()
    assert decided.series != other
    idea.refresh_from_db()
    monkeypatch.setattr(registry, "with_jury", lambda ideas: frozenset(one.pk for one in ideas))
    with pytest.raises(Invalid) as refusal:
        moved([idea], decided.series, staff)
    assert set(refusal.value.errors) == {"ideas"}


def test_only_staff_move_and_only_with_a_reason(idea, other, staff):
    with pytest.raises(Denied):
        moved([idea], other, UserFactory())
    with pytest.raises(Invalid):
        moved([idea], other, staff, reason=" ")
    idea.refresh_from_db()
    assert idea.series != other
