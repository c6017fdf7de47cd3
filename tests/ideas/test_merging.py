"""Merging: proposals of the same thing lead to each other, and each keeps its number."""

import pytest
from django.urls import reverse
from django.utils import translation

from challenges import hosting
from cms.setup import setup_site
from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import merging
from ideas.models import Idea
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, open_series, whole_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return open_series()


@pytest.fixture
def staff(series):
    setup_site()
    hosting.ensure_host(series.challenge.owner)
    return UserFactory(staff_of=series.challenge.owner)


def proposal(series, name, **traits):
    answers = whole_answers(title=f"Otsikko {name}", name=f"Nimi {name}", name_public="yes")
    traits = {"name_public": True} | traits
    return IdeaFactory(series=series, submitted=True, public=True, answers=answers, **traits)


def merged(idea, into, by, reason="Sama asia"):
    return merging.merge(idea=idea, into=into, reason=reason, by=by, at=clock.now())


def test_pages_lead_to_each_other_and_credit_all(client, series, staff):
    one, other = proposal(series, "qzyksi"), proposal(series, "qzkaksi")
    numbers = (one.number, other.number)
    merged(one, other, staff)
    page = client.get(other.get_absolute_url()).content.decode()
    assert one.get_absolute_url().split("/ehdotus/")[1] in page
    assert "Nimi qzyksi" in page
    assert other.reference in client.get(one.get_absolute_url()).content.decode()
    assert (one.number, other.number) == numbers
    outbox.run_now()
    assert Mail.objects.filter(template="idea_merged").count() == 2
    # What is not public is linked from nowhere, and with a blind jury nobody is named.
    series.blind = True
    series.save()
    assert "Nimi qzyksi" not in client.get(other.get_absolute_url()).content.decode()
    Idea.objects.filter(pk=one.pk).update(published_at=None)
    assert "qzyksi" not in client.get(other.get_absolute_url()).content.decode()
    merging.part(idea=Idea.objects.get(pk=one.pk), by=staff, at=clock.now())
    assert merging.originals(other) == []
    told = AuditEntry.objects.filter(verb__in=["idea.merged", "idea.parted"]).order_by("pk")
    assert [row.verb for row in told] == ["idea.merged", "idea.parted"]


def test_what_cannot_be_merged_says_why(series, staff):
    one, other, third = (proposal(series, name) for name in "abc")
    for idea, into, reason in (
        (one, one, "x"),
        (one, other, " "),
        (one, proposal(open_series(), "d"), "x"),
    ):
        with pytest.raises((Invalid, Denied)):
            merged(idea, into, staff, reason)
    with pytest.raises(Denied):
        merged(one, other, UserFactory())
    merged(one, other, staff)
    for idea, into in ((one, third), (third, one), (other, third)):
        with pytest.raises(Invalid):
            merged(Idea.objects.get(pk=idea.pk), Idea.objects.get(pk=into.pk), staff)
    Idea.objects.filter(pk=one.pk).update(state="decided")
    with pytest.raises(NotNow):
        merging.part(idea=Idea.objects.get(pk=one.pk), by=staff, at=clock.now())


def test_staff_merge_and_undo_in_the_back_office(client, series, staff):
    one, other = proposal(series, "a"), proposal(series, "b")
    client.force_login(staff)
    to = reverse("ideas_admin:merge", args=[series.challenge_id, one.number])
    for given in ({}, {"into": "999", "reason": "x"}, {"into": other.number, "reason": ""}):
        assert client.post(to, given).status_code == 400
    assert client.post(to, {"into": other.number, "reason": "Sama"}).status_code == 302
    with translation.override("en"):
        assert other.reference in client.get(to).content.decode()
    assert client.post(to, {"do": "part"}).status_code == 302
    assert client.post(to, {"do": "part"}).status_code == 400
